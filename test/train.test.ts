// A real training on a data set that is drawn here: the loss falls, and the saved file detects alike on every engine.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrateThresholds, detectDataset, type TrainStep, train } from '@ssdlite/train';
import {
  chooseEngine,
  createDetector,
  type Detection,
  encodeDetector,
  readDetectorWeights,
  writeDetectorWeights,
} from 'ssdlite/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawnPictures } from '../packages/train/src/fixtures/drawn-pictures.ts';
import { tfjsNodeDevice, withoutTfjsNode } from '../packages/train/src/fixtures/training-devices.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ssdlite-train-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the last ten of 80 steps must stay under; the first are at 20 and more. */
const lossBound = 4;

test.skipIf(withoutTfjsNode)(
  'Heads learn squares and discs in a minute; the file detects them alike on all engines, with calibrated thresholds',
  { timeout: 400_000 },
  async () => {
    const { engine } = await chooseEngine('onnxruntime-node', {});
    const dataset = drawnPictures({ count: 40, seed: 1 });
    const validation = drawnPictures({ count: 12, seed: 2 });
    const steps: TrainStep[] = [];
    const run = train({
      dataset,
      validation,
      from: await readDetectorWeights(),
      device: await tfjsNodeDevice(),
      engine,
      steps: 80,
      validateEvery: 80,
    });
    for await (const step of run) steps.push(step);
    const last = steps.at(-1) as TrainStep;
    const mean = steps.slice(-10).reduce((sum, { loss }) => sum + loss, 0) / 10;
    expect(mean).toBeLessThan(lossBound);
    expect(steps[0]?.loss).toBeGreaterThan(2 * lossBound);
    expect(last.validation?.AP50).toBeGreaterThan(0.8);

    const candidate = last.training.candidate();
    const thresholds = calibrateThresholds(await detectDataset(candidate, { dataset: validation, engine }));
    expect(thresholds.map(({ id }) => id)).toEqual([1, 2]);
    const { architecture, labels } = candidate;
    const encoded = await encodeDetector(
      candidate.weights,
      {
        name: 'shapes',
        architecture,
        labels,
        metrics: [],
        thresholds: { dataSet: '12 drawn pictures', method: 'highest F1 at IoU 0.5', classes: thresholds },
        notes: [],
      },
      'hybrid',
    );
    await writeDetectorWeights(folder, encoded);
    const pictures = await Promise.all([0, 1, 2, 3].map((index) => validation.sample(index, { epoch: 0 })));
    const found: Detection[][][] = [];
    for (const name of ['onnxruntime-node', 'tfjs-wasm', 'tfjs-node'] as const) {
      const detector = await createDetector({ weights: folder, engine: name });
      const images = pictures.map(({ pixels }) => {
        return { ...pixels, data: Uint8Array.from(pixels.data), channels: 3 } as const;
      });
      found.push(await detector.detectBatch(images, { scoreThreshold: 'calibrated' }));
      await detector.dispose();
    }
    const [reference = []] = found;
    expect(reference.flat().length).toBeGreaterThanOrEqual(3);
    for (const detections of found) expectSame(detections.flat(), reference.flat());
  },
);

function expectSame(actual: readonly Detection[], expected: readonly Detection[]): void {
  expect(actual.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
  for (const [index, { score, box }] of actual.entries()) {
    expect(score).toBeCloseTo(expected[index]?.score ?? Number.NaN, 4);
    for (const side of ['x', 'y', 'width', 'height'] as const) {
      expect(box[side]).toBeCloseTo(expected[index]?.box[side] ?? Number.NaN, 2);
    }
  }
}
