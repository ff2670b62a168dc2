// The contract of an engine: on real photos with the real weights, every engine finds the same boxes.

import * as tf from '@tensorflow/tfjs-core';
import {
  createDetector,
  type Detection,
  type NodeDetector,
  type NodeEngineName,
  readImage,
} from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photos as allPhotos } from './photos.ts';

const photos = allPhotos.slice(0, 4);
const names: NodeEngineName[] = ['onnxruntime-node', 'tfjs-wasm', 'tfjs-node'];

/** What does not load here is skipped, except where it must load. */
const missing = new Set<NodeEngineName>();
try {
  await (await createDetector({ engine: 'tfjs-node' })).dispose();
} catch (error) {
  if (process.env.SSDLITE_TFJS_NODE === 'required') throw error;
  missing.add('tfjs-node');
  process.stderr.write(`engines: tfjs-node is skipped. ${error instanceof Error ? error.message : error}\n`);
}

let reference: Detection[][];

beforeAll(async () => {
  const detector = await createDetector({ engine: 'onnxruntime-node', threads: 1 });
  reference = await detector.detectBatch(photos, { scoreThreshold: 0.2 });
  await detector.dispose();
});

describe.each(names)('%s', (engine) => {
  describe.skipIf(missing.has(engine))('loaded', () => {
    let detector: NodeDetector;

    beforeAll(async () => {
      detector = await createDetector({ engine });
    });
    afterAll(() => detector.dispose());

    test('says that it was asked for', () => {
      expect(detector.engine).toEqual({ name: engine, reason: 'asked for', unavailable: [] });
    });

    test('finds the same boxes, one picture at a time', async () => {
      for (const [index, photo] of photos.entries()) {
        expectSame(await detector.detect(photo, { scoreThreshold: 0.2 }), reference[index]);
      }
    });

    test('finds the same boxes in a batch', async () => {
      const found = await detector.detectBatch(photos, { scoreThreshold: 0.2 });
      for (const [index, detections] of found.entries()) expectSame(detections, reference[index]);
    });

    test('answers calls that overlap, each with its own options', async () => {
      const [all, people, none] = await Promise.all([
        detector.detect(photos[0] ?? '', { scoreThreshold: 0.2 }),
        detector.detect(photos[1] ?? '', { scoreThreshold: 0.2, maxDetections: 1 }),
        detector.detect(photos[2] ?? '', { scoreThreshold: 1 }),
      ]);
      expectSame(all, reference[0]);
      expectSame(people, reference[1]?.slice(0, 1));
      expect(none).toEqual([]);
    });

    test('leaves no tensor behind', async () => {
      const pixels = await readImage(photos[0] ?? '');
      // tfjs-node brings its own copy of TensorFlow.js.
      const optionalPackage: string = '@tensorflow/tfjs-node';
      const { engine: global }: typeof tf = engine === 'tfjs-node' ? await import(optionalPackage) : tf;
      const count = () => [
        // Not `memory()`, which would start a backend if the program has none yet.
        global().state.numTensors,
        ...Object.values(global().registry).map((backend) => backend.numDataIds()),
      ];
      await detector.detect(pixels);
      const before = count();
      for (let run = 0; run < 3; run++) await detector.detect(pixels);
      expect(count()).toEqual(before);
    });
  });
});

test('auto takes the fastest engine, and says why', async () => {
  const detector = await createDetector();
  expect(detector.engine).toEqual({
    name: 'onnxruntime-node',
    reason: 'the fastest engine in Node',
    unavailable: [],
  });
  await detector.dispose();
});

test('An unknown engine is refused with the names of those that exist', async () => {
  await expect(createDetector({ engine: 'cuda' as NodeEngineName })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('onnxruntime-node, tfjs-wasm, tfjs-node'),
  });
});

test.runIf(missing.has('tfjs-node'))('A forced engine that does not load says what to install', async () => {
  await expect(createDetector({ engine: 'tfjs-node' })).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    message: expect.stringContaining('npm install @tensorflow/tfjs-node'),
  });
});

test('The current TensorFlow.js backend of the program is not touched', async () => {
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  const detector = await createDetector({ engine: 'tfjs-wasm' });
  await detector.detect(photos[0] ?? '');
  expect(tf.getBackend()).toBe('cpu');
  await detector.dispose();
});

function expectSame(actual: readonly Detection[], expected: readonly Detection[] | undefined): void {
  expect(actual.map(({ label }) => label)).toEqual(expected?.map(({ label }) => label));
  for (const [index, { score, box }] of actual.entries()) {
    const wanted = expected?.[index];
    expect(Math.abs(score - (wanted?.score ?? Number.NaN))).toBeLessThan(1e-4);
    for (const side of ['x', 'y', 'width', 'height'] as const) {
      expect(Math.abs(box[side] - (wanted?.box[side] ?? Number.NaN))).toBeLessThan(0.05);
    }
  }
}
