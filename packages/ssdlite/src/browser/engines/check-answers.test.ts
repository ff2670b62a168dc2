// The self-check of engines: its right answers are what Node computes, and wrong ones are found out.

import { readFile } from 'node:fs/promises';
import { cocoWeights } from '@ssdlite/coco-weights';
import { beforeAll, expect, test } from 'vitest';
import type { Size } from '../../detect/placement.ts';
import type { Program } from '../../engine.ts';
import { ssdNetwork } from '../../network/ssd-network.ts';
import { onnxRuntimeEngine } from '../../node/engines/onnxruntime.ts';
import { type DetectorWeights, loadDetectorWeights } from '../../weights/load-weights.ts';
import { answerOf, checkAnswers } from './check-answers.ts';
import { knownAnswer, smallSide, testPattern } from './known-answers.ts';

type Outputs = Record<'logits' | 'boxes', Float32Array>;

let loaded: DetectorWeights;
let right: Outputs;
let rightOfSmall: Outputs;

/** A program that has its answer ready. */
const saying = (outputs: Record<string, Float32Array>): Program => ({
  run: async () => outputs,
  dispose: async () => undefined,
});
const check = (outputs: Record<string, Float32Array>, manifest = loaded.manifest) =>
  checkAnswers(saying(outputs), { manifest, engine: { inputLayout: 'nhwc' } });
const checkSmall = (outputs: Record<string, Float32Array>) =>
  checkAnswers(saying(outputs), {
    manifest: loaded.manifest,
    engine: { inputLayout: 'nhwc', checkSide: smallSide },
  });

beforeAll(async () => {
  const manifest: unknown = JSON.parse(await readFile(cocoWeights.manifest, 'utf8'));
  loaded = await loadDetectorWeights({ manifest, bytes: await readFile(cocoWeights.weights) });
  const { architecture } = loaded.manifest;
  const engine = await onnxRuntimeEngine({});
  const program = await engine.compile(ssdNetwork(architecture), loaded.weights);
  const answer = async (size: Size) =>
    (await program.run(testPattern(size, 'nchw'), { batch: 1, ...size })) as Outputs;
  right = await answer(architecture.inputSize);
  rightOfSmall = await answer({ height: smallSide, width: smallSide });
  await program.dispose();
});

test.each([
  { side: 300, step: 71, count: 27 },
  { side: smallSide, step: 5, count: 20 },
])(
  'The answers of the shipped weights are known at $side pixels, and right to the second decimal',
  ({ side, step, count }) => {
    const known = knownAnswer(loaded.manifest.weights.sha256, { height: side, width: side });
    const answer = answerOf(side === smallSide ? rightOfSmall : right, { step, columns: 91 });
    expect(known?.logits).toHaveLength(count);
    for (const output of ['logits', 'boxes'] as const) {
      for (const [place, value] of answer[output].entries())
        expect(Math.abs((known?.[output][place] ?? Number.NaN) - value)).toBeLessThan(0.006);
    }
  },
);

test('Right answers pass', async () => {
  await expect(check(right)).resolves.toBeUndefined();
  await expect(checkSmall(rightOfSmall)).resolves.toBeUndefined();
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
    (values) => values.map((value, at) => (at === 300 ? Number.NaN : value)),
    /finite/,
  ],
  ['numbers at wrong places', (values) => values.map((_, at) => values[at + 1] ?? 0), /wrongly/],
  ['numbers that are a little off', (values) => values.map((value) => value + 0.3), /wrongly/],
])('%s are found out', async (_, change, message) => {
  await expect(check({ ...right, logits: change(right.logits) })).rejects.toThrow(message);
  await expect(check({ ...right, boxes: change(right.boxes) })).rejects.toThrow(message);
  const small = rightOfSmall;
  await expect(checkSmall({ ...small, logits: change(small.logits) })).rejects.toThrow(message);
  await expect(checkSmall({ ...small, boxes: change(small.boxes) })).rejects.toThrow(message);
});

test('Numbers as half floats give them pass', async () => {
  const rounded = (values: Float32Array) => values.map((value) => value * (1 + 2 ** -8));
  await expect(
    check({ logits: rounded(right.logits), boxes: rounded(right.boxes) }),
  ).resolves.toBeUndefined();
});

test('Of weights that nobody knows, only what cannot be right is found out', async () => {
  const { manifest } = loaded;
  const unknown = { ...manifest, weights: { ...manifest.weights, sha256: '0'.repeat(64) } };
  await expect(
    check({ ...right, logits: right.logits.map((value) => value + 1) }, unknown),
  ).resolves.toBeUndefined();
  await expect(check({ ...right, logits: right.logits.fill(-3) }, unknown)).rejects.toThrow('all -3');
});
