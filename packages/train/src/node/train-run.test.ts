// Real runs of a few steps on real photos: stopped and taken up again, with broken pictures, and to weights that detect.

import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDetector, readImage } from 'ssdlite/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withoutTfjsNode } from '../fixtures/training-devices.ts';
import { readLog } from './run-log.ts';
import { trainRun } from './train-run.ts';
import type { RunEvent, TrainRunOptions } from './train-run-options.ts';

const photos = fileURLToPath(new URL('../../../../examples/photos/', import.meta.url));

/** Without tfjs-node in plain JavaScript, which is slow. */
const engine = withoutTfjsNode ? 'cpu' : 'tfjs-node';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is labelled on the sample photos: boxes in pixels. */
const labels = [
  {
    file: 'bike-shop.jpg',
    boxes: [
      ['person', 102, 64, 173, 239],
      ['bottle', 64, 145, 8, 30],
    ],
  },
  { file: 'cake.jpg', boxes: [['cake', 150, 120, 330, 250]] },
  { file: 'flowers.jpg', boxes: [['vase', 250, 220, 120, 200]] },
  { file: 'vanity.jpg', boxes: [['sink', 200, 200, 200, 100]] },
] as const;

async function labelled(broken: readonly string[] = []) {
  const names = [...new Set(labels.flatMap(({ boxes }) => boxes.map(([name]) => name)))];
  const images = [];
  for (const [index, { file }] of labels.entries()) {
    copyFileSync(join(photos, file), join(folder, file));
    const { width, height } = await readImage(join(folder, file));
    images.push({ id: index + 1, file_name: file, width, height });
  }
  for (const [index, name] of broken.entries()) {
    writeFileSync(join(folder, name), 'no picture');
    images.push({ id: 100 + index, file_name: name, width: 10, height: 10 });
  }
  const annotations = labels.flatMap(({ boxes }, index) =>
    boxes.map(([name, ...bbox]) => ({
      image_id: index + 1,
      category_id: names.indexOf(name) + 1,
      bbox,
      area: 100,
      iscrowd: 0,
    })),
  );
  const path = join(folder, 'labels.json');
  writeFileSync(
    path,
    JSON.stringify({
      images,
      categories: names.map((name, index) => ({ id: index + 1, name })),
      annotations: annotations.map((annotation, id) => ({ ...annotation, id: id + 1 })),
    }),
  );
  return { annotations: path, images: folder };
}

async function run(
  options: TrainRunOptions,
  onEvent: (event: RunEvent) => void = () => {},
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of trainRun({ engine, workers: 1, batchSize: 2, ...options })) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

const kinds = (events: readonly RunEvent[]) => events.map(({ kind }) => kind);

test('A run that was stopped and goes on has the losses of one that never stopped', {
  timeout: 300_000,
}, async () => {
  const data = await labelled();
  const options = {
    train: data,
    validation: data,
    steps: 4,
    validateEvery: 2,
    checkpointEvery: 3,
    sampleEvery: 0,
    seed: 5,
  };
  const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
  const unbroken = await run({ ...options, out: whole });
  expect(kinds(unbroken)).toEqual([
    'started',
    'step',
    'step',
    'validation',
    'step',
    'step',
    'validation',
    'done',
  ]);

  const controller = new AbortController();
  const first = await run({ ...options, out: broken, signal: controller.signal }, (event) => {
    if (event.kind === 'step' && event.step.step === 0) controller.abort();
  });
  expect(first.at(-1)).toEqual({ kind: 'stopped', step: 1 });
  const second = await run({ ...options, out: broken, resume: true });
  expect(second[0]).toMatchObject({ kind: 'started', from: 1 });
  expect(second.at(-1)?.kind).toBe('done');

  const lines = async (out: string) =>
    (await readLog(join(out, 'log.jsonl'))).filter((line) => line.kind === 'step');
  const [expected, actual] = [await lines(whole), await lines(broken)];
  expect(actual.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
  for (const [index, { losses, learningRate }] of expected.entries()) {
    expect(Math.abs((actual[index]?.losses.total ?? 0) / losses.total - 1)).toBeLessThan(1e-6);
    expect(actual[index]?.learningRate).toBe(learningRate);
  }
  expect(existsSync(join(broken, 'report.html'))).toBe(true);
  // A run that is done stays done.
  expect(kinds(await run({ ...options, out: broken, resume: true }))).toEqual(['started', 'done']);
});

test('Without validation the last weights are kept; they detect, and know their classes', {
  timeout: 300_000,
}, async () => {
  const data = await labelled(['broken.jpg']);
  const out = join(folder, 'mine');
  const events = await run({
    out,
    train: data,
    classes: ['sink', 'person'],
    steps: 4,
    sampleEvery: 4,
    licence: 'CC0-1.0',
  });
  expect(kinds(events)).toEqual(expect.arrayContaining(['started', 'skipped', 'samples', 'done']));
  expect(events.find((event) => event.kind === 'skipped')).toMatchObject({
    message: expect.stringContaining('broken.jpg'),
  });
  expect(readdirSync(out).sort()).toEqual([
    'best',
    'config.json',
    'last.checkpoint',
    'log.jsonl',
    'report.html',
    'samples',
    'tensorboard',
  ]);
  expect(readdirSync(join(out, 'samples'))).toEqual(['step-000004.jpg']);
  const report = readFileSync(join(out, 'report.html'), 'utf8');
  expect(report).toContain('There was no validation set');
  expect(report).toContain('broken.jpg');
  const detector = await createDetector({ weights: join(out, 'best') });
  expect(detector.manifest).toMatchObject({
    name: 'mine',
    licence: 'CC0-1.0',
    weights: { encoding: 'hybrid' },
  });
  expect(detector.labels.map(({ name }) => name)).toEqual(['sink', 'person']);
  // The COCO weights know both: a few steps at a low rate do not unlearn them.
  const found = await detector.detect(join(photos, 'bike-shop.jpg'), { scoreThreshold: 0.3 });
  expect(found.map(({ label }) => label)).toContain('person');
  await detector.dispose();
});

test('A learning rate that explodes stops the run, tells what is kept, and leaves a checkpoint that loads', {
  timeout: 300_000,
}, async () => {
  const data = await labelled();
  const out = join(folder, 'hot');
  const config = {
    schedule: { name: 'manual', learningRate: 0.001, changes: [{ step: 2, learningRate: 1e30 }] },
    optimizer: { name: 'sgd' },
  } as const;
  const options = { out, train: data, steps: 8, checkpointEvery: 2, sampleEvery: 0, config };
  await expect(run(options)).rejects.toMatchObject({ code: 'TRAINING_DIVERGED' });
  const resumed = run({ ...options, resume: true });
  await expect(resumed).rejects.toThrow(/The checkpoint of step \d is kept in/);
  await expect(run({ ...options, resume: true, batchSize: 3 })).rejects.toMatchObject({
    code: 'RUN_MISMATCH',
  });
  await expect(run(options)).rejects.toMatchObject({ code: 'RUN_MISMATCH' });
});
