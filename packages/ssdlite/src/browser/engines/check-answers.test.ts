// The self-check of engines: its right answers are what Node computes, and wrong ones are found out.

import { readFile } from 'node:fs/promises';
import { cocoWeights } from '@ssdlite/coco-weights';
import type { Network } from '@ssdlite/layers';
import { beforeAll, expect, test } from 'vitest';
import type { Size } from '../../detect/placement.ts';
import type { Program } from '../../engine.ts';
import { ssdNetwork } from '../../network/ssd-network.ts';
import { onnxRuntimeEngine } from '../../node/engines/onnxruntime.ts';
import { type DetectorWeights, loadDetectorWeights } from '../../weights/load-weights.ts';
import type { Manifest } from '../../weights/manifest.ts';
import { answerOf, checkAnswers } from './check-answers.ts';
import { knownAnswers, testPattern } from './known-answers.ts';

type Outputs = Record<'logits' | 'boxes', Float32Array>;

let loaded: DetectorWeights;
let network: Network;
let right: Outputs;
/** Of the pattern at 64 x 64. */
let rightOfSmall: Outputs;

/** A program that has its answer ready. */
const saying = (outputs: Record<string, Float32Array>): Program => ({
  run: async () => outputs,
  dispose: async () => undefined,
});
const check = (outputs: Record<string, Float32Array>, manifest = loaded.manifest) =>
  checkAnswers(saying(outputs), { ...loaded, manifest, network, inputLayout: 'nhwc' });

beforeAll(async () => {
  const manifest: unknown = JSON.parse(await readFile(cocoWeights.manifest, 'utf8'));
  loaded = await loadDetectorWeights({ manifest, bytes: await readFile(cocoWeights.weights) });
  const { architecture } = loaded.manifest;
  const engine = await onnxRuntimeEngine({});
  network = ssdNetwork(architecture);
  const program = await engine.compile(network, loaded.weights);
  const answer = async (size: Size) =>
    (await program.run(testPattern(size, 'nchw'), { batch: 1, ...size })) as Outputs;
  right = await answer(architecture.inputSize);
  rightOfSmall = await answer({ height: 64, width: 64 });
  await program.dispose();
});

test('The answers to the shipped weights are known, and right to the second decimal', async () => {
  const known = knownAnswers.get(loaded.manifest.weights.sha256);
  const answer = answerOf(right, { step: 71, columns: 91 });
  expect(known?.logits).toHaveLength(27);
  for (const output of ['logits', 'boxes'] as const) {
    for (const [place, value] of answer[output].entries())
      expect(known?.[output][place]).toBeCloseTo(value, 1);
  }
  await expect(check(right)).resolves.toBeUndefined();
});

test('The pattern is the same picture in both layouts, from -1 to 1', () => {
  const size = { height: 4, width: 5 };
  const nhwc = testPattern(size, 'nhwc');
  const nchw = testPattern(size, 'nchw');
  expect(nchw[2 * 20 + 3 * 5 + 4]).toBe(nhwc[(3 * 5 + 4) * 3 + 2]);
  const values = testPattern({ height: 300, width: 300 }, 'nhwc');
  expect([Math.min(...values.slice(0, 9000)), Math.max(...values.slice(0, 9000))]).toEqual([-1, 1]);
});

test.each<[string, (values: Float32Array) => Float32Array, RegExp]>([
  ['zeros', (values) => values.map(() => 0), /all 0/],
  [
    'numbers that are not finite',
    (values) => values.map((value, at) => (at === 500 ? Number.NaN : value)),
    /finite/,
  ],
  ['numbers at wrong places', (values) => values.map((_, at) => values[at + 1] ?? 0), /wrongly/],
  ['numbers that are a little off', (values) => values.map((value) => value + 0.3), /wrongly/],
])('%s are found out', async (_, change, message) => {
  await expect(check({ ...right, logits: change(right.logits) })).rejects.toThrow(message);
  await expect(check({ ...right, boxes: change(right.boxes) })).rejects.toThrow(message);
});

test('Numbers as half floats give them pass', async () => {
  const rounded = (values: Float32Array) => values.map((value) => value * (1 + 2 ** -8));
  await expect(
    check({ logits: rounded(right.logits), boxes: rounded(right.boxes) }),
  ).resolves.toBeUndefined();
});

test('At another size the known weights have other answers, and are compared with plain loops too', async () => {
  const { manifest } = loaded;
  const architecture = { ...manifest.architecture, inputSize: { height: 300, width: 320 } };
  const changed: Outputs = { ...right, logits: right.logits.map((value) => value + 1) };
  const program: Program = {
    run: async (_, { width }) => (width === 64 ? rightOfSmall : changed),
    dispose: async () => undefined,
  };
  const model = { ...loaded, network, manifest: { ...manifest, architecture }, inputLayout: 'nhwc' } as const;
  await expect(checkAnswers(program, model)).resolves.toBeUndefined();
});

test('Weights that nobody knows are compared with plain loops', async () => {
  const { manifest } = loaded;
  const unknown: Manifest = { ...manifest, weights: { ...manifest.weights, sha256: '0'.repeat(64) } };
  const checkUnknown = (change: (value: number) => number) => {
    const changed = (outputs: Outputs) => ({ ...outputs, logits: outputs.logits.map(change) });
    const program: Program = {
      run: async (_, { width }) => changed(width === 64 ? rightOfSmall : right),
      dispose: async () => undefined,
    };
    return checkAnswers(program, { ...loaded, network, manifest: unknown, inputLayout: 'nhwc' });
  };
  await expect(checkUnknown((value) => value)).resolves.toBeUndefined();
  // As half floats give them.
  await expect(checkUnknown((value) => value * (1 + 2 ** -8))).resolves.toBeUndefined();
  await expect(checkUnknown((value) => value + 1)).rejects.toThrow(/wrongly \(logits/);
  await expect(checkUnknown((value) => Math.max(value, -3))).rejects.toThrow(/wrongly \(logits/);
  await expect(checkUnknown(() => -3)).rejects.toThrow('all -3');
});
