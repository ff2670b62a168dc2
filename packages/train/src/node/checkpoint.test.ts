// Checkpoints and weights that are whole at every moment, and logs that can be taken up again.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, foldedWeights, sizeOf } from '@ssdlite/layers';
import { ssdliteMobileNetV2, ssdNetwork } from 'ssdlite';
import { readDetectorWeights } from 'ssdlite/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunConfig } from '../run/run-config.ts';
import { mustContinue } from '../run/run-config.ts';
import { writeBestWeights } from './best-weights.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { RunFolder } from './run-folder.ts';
import { type LogLine, RunLog, readLog } from './run-log.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const checkpoint: Checkpoint = {
  state: {
    step: 12,
    tensors: new Map([
      ['a/kernel', { shape: [1, 1, 1, 2], data: Float32Array.of(0.1, -3) }],
      ['slot/rms/a/kernel', { shape: [1, 1, 1, 2], data: Float32Array.of(1, 1e-30) }],
    ]),
  },
  place: { epoch: 3, next: 17 },
  best: { step: 8, AP: 0.25 },
  seconds: 61.5,
};

test('A checkpoint comes back to the last bit', async () => {
  const path = join(folder, 'last.checkpoint');
  expect(await readCheckpoint(path)).toBeUndefined();
  await writeCheckpoint(path, checkpoint);
  expect(await readCheckpoint(path)).toEqual(checkpoint);
  await writeCheckpoint(path, { ...checkpoint, best: undefined });
  expect((await readCheckpoint(path))?.best).toBeUndefined();
  expect(readdirSync(folder)).toEqual(['last.checkpoint']);
});

test('A write that breaks off leaves the checkpoint before; what is no checkpoint is refused', async () => {
  const path = join(folder, 'last.checkpoint');
  await writeCheckpoint(path, checkpoint);
  // What a killed process leaves: a part beside the file.
  writeFileSync(join(folder, '.last.checkpoint.999.part'), 'cut sh');
  expect(await readCheckpoint(path)).toEqual(checkpoint);
  writeFileSync(path, readFileSync(path).subarray(0, 40));
  await expect(readCheckpoint(path)).rejects.toMatchObject({ code: 'WEIGHTS_DAMAGED' });
  mkdirSync(join(folder, 'full'));
  const unwritable = writeCheckpoint(join(folder, 'full', 'none', 'last.checkpoint'), checkpoint);
  await expect(unwritable).rejects.toMatchObject({ code: 'WRITE_FAILED' });
});

/** Writes checkpoints one after the other, and says so after each, until it is killed. */
const writer = `
  import { writeCheckpoint } from ${JSON.stringify(new URL('../../dist/node/checkpoint.js', import.meta.url).href)};
  const data = new Float32Array(2_000_000).fill(0.5);
  for (let step = 0; ; step++) {
    const state = { step, tensors: new Map([['a/kernel', { shape: [2_000_000], data: data.fill(step) }]]) };
    await writeCheckpoint(process.argv[1], { state, place: { epoch: step, next: 0 }, best: undefined, seconds: step });
    process.stdout.write(step + '\\n');
  }
`;

test('Killed at whatever moment, a process leaves a checkpoint that loads', async () => {
  const path = join(folder, 'last.checkpoint');
  for (const writes of [1, 2, 4]) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', writer, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = 0;
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString().split('\n').length - 1;
      // It is in the midst of the next one.
      if (said >= writes) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const left = await readCheckpoint(path);
    expect(left?.state.step).toBeGreaterThanOrEqual(writes - 1);
    expect(left?.place.epoch).toBe(left?.state.step);
    expect(left?.state.tensors.get('a/kernel')?.data.at(-1)).toBe(left?.state.step);
  }
});

test('New weights take the place of the old ones; whatever is left over, the folder loads', async () => {
  const architecture = { ...ssdliteMobileNetV2, alpha: 0.1, logitColumns: 2, minChannels: 8 };
  const weights = new Map(
    foldedWeights(describe(ssdNetwork(architecture))).map(({ name, shape }) => {
      return [name, { shape, data: new Float32Array(sizeOf(shape)).fill(0.01) }];
    }),
  );
  const facts = { name: 'mine', architecture, labels: [{ id: 1, name: 'cup' }], metrics: [], notes: [] };
  const write = (step: number) => writeBestWeights(folder, { facts, weights, step, encoding: 'float16' });
  await write(5);
  expect(readdirSync(folder).sort()).toEqual(['mine-5.safetensors', 'mine.json']);
  // Killed after the next weights file, before its manifest.
  writeFileSync(join(folder, 'mine-9.safetensors'), 'cut short');
  expect((await readDetectorWeights(folder)).manifest.weights.file).toBe('mine-5.safetensors');
  await write(9);
  expect(readdirSync(folder).sort()).toEqual(['mine-9.safetensors', 'mine.json']);
  expect((await readDetectorWeights(folder)).manifest.weights.file).toBe('mine-9.safetensors');
});

function stepLine(step: number): LogLine {
  const losses = { total: 1, classification: 0.5, localization: 0.3, regularization: 0.2 };
  const more = { learningRate: 0.1, gradientNorm: 1, positives: 3, picturesPerSecond: 2 };
  return { kind: 'step', step, epoch: 0, losses, ...more };
}

test('A log that goes on from step 3 has lost the steps after it, and a line that was cut short', async () => {
  const path = join(folder, 'log.jsonl');
  const log = await RunLog.open(path, 0);
  for (let step = 0; step < 5; step++) await log.add(stepLine(step));
  await log.add({ kind: 'validation', step: 3, stats: { AP: 0.1 }, perClass: {} });
  await log.add({ kind: 'validation', step: 5, stats: { AP: 0.2 }, perClass: {} });
  appendFileSync(path, '{"kind":"step","st');
  expect(await readLog(path)).toHaveLength(7);
  const again = await RunLog.open(path, 3);
  await again.add(stepLine(3));
  const lines = await readLog(path);
  expect(lines.map(({ kind, step }) => `${kind} ${step}`)).toEqual([
    'step 0',
    'step 1',
    'step 2',
    'validation 3',
    'step 3',
  ]);
});

const config: RunConfig = {
  format: 'ssdlite-run/1',
  name: 'mine',
  classes: ['cup', 'spoon'],
  train: { annotations: 'train.json', images: 'photos', pictures: 20, boxes: 40 },
  validation: undefined,
  from: 'coco',
  config: { l2: 1e-4 },
  batchSize: 8,
  steps: 100,
  seed: 0,
  augment: { flip: true, crop: true },
  views: 16,
  validateEvery: 5,
  checkpointEvery: 100,
  sampleEvery: 10,
};

test('A run goes on with what it began with; where things lie may differ', () => {
  mustContinue(config, structuredClone(config));
  mustContinue(config, {
    ...config,
    validateEvery: 7,
    sampleEvery: 0,
    train: { ...config.train, images: 'elsewhere' },
  });
  const other = (change: Partial<RunConfig>) => () => mustContinue(config, { ...config, ...change });
  expect(other({ classes: ['cup', 'fork'] })).toThrow(
    'The run began with classes ["cup","spoon"], and is to go on with ["cup","fork"].',
  );
  expect(other({ classes: ['cup'] })).toThrow(
    expect.objectContaining({ code: 'RUN_MISMATCH', value: 'classes' }),
  );
  expect(other({ train: { ...config.train, pictures: 21 } })).toThrow(
    'The run began with train.pictures 20, and is to go on with 21.',
  );
  expect(other({ config: {} })).toThrow(
    'The run began with config.l2 0.0001, and is to go on with undefined.',
  );
});

test('A folder with a run is not begun anew by mistake, and is named after its folder', async () => {
  const run = new RunFolder(join(folder, 'my run'));
  expect(run.name).toBe('my-run');
  await run.prepare(config, { resume: true });
  await expect(run.prepare(config, { resume: false })).rejects.toMatchObject({ code: 'RUN_MISMATCH' });
  await run.prepare(config, { resume: true });
  await expect(run.prepare({ ...config, batchSize: 4 }, { resume: true })).rejects.toMatchObject({
    value: 'batchSize',
  });
  writeFileSync(run.config, 'no JSON');
  await expect(run.prepare(config, { resume: true })).rejects.toMatchObject({ code: 'RUN_MISMATCH' });
});
