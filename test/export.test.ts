// Exported files, run on the runtimes that they are for, give the numbers that ssdlite itself computes.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createDetector, minusOneToOne, type Prediction, place, preprocess, readImage } from 'ssdlite/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { capturedRun } from '../packages/cli/src/fixtures/captured-run.ts';
import { runTflite } from '../packages/layers/src/fixtures/run-tflite.ts';
import { photo } from './photos.ts';

const folder = mkdtempSync(join(tmpdir(), 'ssdlite-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const image = new Float32Array(300 * 300 * 3);
const shape = [1, 300, 300, 3];
let expected: Prediction;

beforeAll(async () => {
  const pixels = await readImage(photo);
  const { width, height } = pixels;
  const placement = place(
    { x: 0, y: 0, width, height },
    { input: { width: 300, height: 300 }, letterbox: false },
  );
  preprocess(pixels, { placement, layout: 'nhwc', normalization: minusOneToOne, target: image, offset: 0 });
  const detector = await createDetector();
  expected = await detector.predict(photo);
  await detector.dispose();
});

async function exported(file: string, ...options: string[]): Promise<Uint8Array> {
  const { exitCode, stderr } = await capturedRun(['export', '--out', file, ...options], { cwd: folder });
  expect([exitCode, stderr]).toEqual([0, '']);
  return readFileSync(join(folder, file));
}

function worst(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(actual.length).toBe(wanted.length);
  let difference = 0;
  for (let i = 0; i < wanted.length; i++) {
    difference = Math.max(difference, Math.abs((actual[i] ?? Number.NaN) - (wanted[i] ?? Number.NaN)));
  }
  return difference;
}

test('TensorFlow Lite, on LiteRT', async () => {
  const { boxes, logits } = await runTflite(await exported('coco.tflite'), image, shape);
  expect(worst(boxes?.data ?? [], expected.boxes)).toBeLessThan(1e-4);
  expect(worst(logits?.data ?? [], expected.logits)).toBeLessThan(1e-4);
});

test.each([
  ['float32', 1e-4],
  ['float16', 0.05],
])('ONNX with %s weights, on ONNX Runtime', async (encoding, tolerance) => {
  const file = await exported(`coco-${encoding}.onnx`, '--layout', 'nhwc', '--encoding', encoding);
  const session = await InferenceSession.create(file);
  const { boxes, logits } = await session.run({ image: new Tensor('float32', image, shape) });
  await session.release();
  expect(worst(boxes?.data as Float32Array, expected.boxes)).toBeLessThan(tolerance);
  expect(worst(logits?.data as Float32Array, expected.logits)).toBeLessThan(tolerance);
});
