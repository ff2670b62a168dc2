// The detector's promises to its users, on real photos with the real weights.

import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import {
  createDetector,
  decodeBoxes,
  type NodeDetector,
  nms,
  type Pixels,
  readImage,
  SsdliteError,
  selectCandidates,
  type Timings,
  tfOdBoxCoder,
} from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo, photos } from './photos.ts';

let detector: NodeDetector;
let pixels: Pixels;

beforeAll(async () => {
  detector = await createDetector();
  pixels = await readImage(photo);
});
afterAll(() => detector.dispose());

describe('results', () => {
  test('are sorted by score, inside the picture, and named as COCO names them', async () => {
    const detections = await detector.detect(photo, { scoreThreshold: 0.05 });
    expect(detections.length).toBeGreaterThan(5);
    for (const [index, { score, box, classId, label }] of detections.entries()) {
      expect(score).toBeLessThanOrEqual(detections[index - 1]?.score ?? 1);
      expect(score).toBeGreaterThanOrEqual(0.05);
      expect(detector.labels).toContainEqual({ id: classId, name: label });
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(pixels.width + 1e-9);
      expect(box.y + box.height).toBeLessThanOrEqual(pixels.height + 1e-9);
    }
  });

  test('are the same boxes in every format', async () => {
    const [xywh] = await detector.detect(pixels);
    const [xyxy] = await detector.detect(pixels, { boxFormat: 'xyxy' });
    const [normalised] = await detector.detect(pixels, { boxFormat: 'normalised' });
    const { x = 0, y = 0, width = 0, height = 0 } = xywh?.box ?? {};
    expect(xyxy?.box).toEqual({ x1: x, y1: y, x2: x + width, y2: y + height });
    expect(normalised?.box).toEqual({
      x: x / pixels.width,
      y: y / pixels.height,
      width: width / pixels.width,
      height: height / pixels.height,
    });
  });

  test('of a list of classes are those of the whole, the others left out', async () => {
    const all = await detector.detect(pixels, { scoreThreshold: 0.1 });
    const wanted = all[0]?.label ?? '';
    const allowed = await detector.detect(pixels, { scoreThreshold: 0.1, classes: [wanted] });
    const denied = await detector.detect(pixels, { scoreThreshold: 0.1, excludeClasses: [wanted] });
    expect(allowed).toEqual(all.filter(({ label }) => label === wanted));
    expect(denied).toEqual(all.filter(({ label }) => label !== wanted));
  });

  test('of a region are in pixels of the whole picture and inside the region', async () => {
    const region = { x: 10.5, y: 20, width: pixels.width / 2, height: pixels.height / 2 };
    const detections = await detector.detect(pixels, { region, scoreThreshold: 0.1 });
    expect(detections.length).toBeGreaterThan(0);
    for (const { box } of detections) {
      expect(box.x).toBeGreaterThanOrEqual(region.x);
      expect(box.y).toBeGreaterThanOrEqual(region.y);
      expect(box.x + box.width).toBeLessThanOrEqual(region.x + region.width + 1e-9);
    }
  });

  test('of a region that is the whole picture are those without a region', async () => {
    const region = { x: 0, y: 0, width: pixels.width, height: pixels.height };
    expect(await detector.detect(pixels, { region })).toEqual(await detector.detect(pixels));
  });

  test('of a 1 x 1 and of a very long picture are lists, not errors', async () => {
    const dot = { data: Uint8Array.of(1, 2, 3), width: 1, height: 1, channels: 3 } as const;
    const strip = { data: new Uint8Array(30_000 * 10 * 3), width: 30_000, height: 10, channels: 3 } as const;
    expect(Array.isArray(await detector.detect(dot))).toBe(true);
    expect(Array.isArray(await detector.detect(strip, { letterbox: true }))).toBe(true);
  });
});

test('The raw outputs lead to the same detections by hand', async () => {
  const { boxes, logits, anchors, logitColumns } = await detector.predict(pixels);
  expect([boxes.length, logits.length, anchors.length]).toEqual([1917 * 4, 1917 * 91, 1917 * 4]);
  const thresholds = new Float64Array(logitColumns).fill(0.5);
  thresholds[0] = Number.POSITIVE_INFINITY;
  const candidates = selectCandidates({ boxes, logits }, { anchors, coder: tfOdBoxCoder, thresholds });
  const kept = nms(candidates, { iouThreshold: 0.6, maxDetections: 100, classAgnostic: false });
  const detections = await detector.detect(pixels);
  expect(kept.scores).toEqual(detections.map(({ score }) => score));
  const first = (candidates.anchors[kept.indices[0] ?? 0] ?? 0) * 4;
  const [ymin = 0] = decodeBoxes(boxes, anchors).subarray(first, first + 4);
  expect(Math.max(0, ymin * pixels.height)).toBeCloseTo(detections[0]?.box.y ?? -1, 3);
});

test('Timings are told once per picture and add up', async () => {
  const timings: Timings[] = [];
  await detector.detectBatch(photos.slice(0, 3), { onTimings: (time) => timings.push(time) });
  expect(timings).toHaveLength(3);
  for (const { decode, preprocess, inference, postprocess, total } of timings) {
    expect(decode + preprocess + inference + postprocess).toBeCloseTo(total, 6);
    expect(inference).toBeGreaterThan(0);
  }
});

describe('streams', () => {
  test('give every picture in order, as detect does', async () => {
    const results = [];
    for await (const result of detector.detectStream(photos)) results.push(result);
    expect(results.map(({ input, index }) => [input, index])).toEqual(
      photos.map((path, index) => [path, index]),
    );
    expect(results[1]?.detections).toEqual(await detector.detect(photos[1] ?? ''));
    expect(results[0]).toMatchObject({ width: pixels.width, height: pixels.height });
  });

  test('go on after a broken picture if somebody takes its error, else end with it', async () => {
    const errors: unknown[] = [];
    const inputs = [photos[0] ?? '', 'absent.jpg', photos[1] ?? ''];
    const seen = [];
    const onError = (error: unknown, input: unknown, index: number) => errors.push([error, input, index]);
    for await (const { index } of detector.detectStream(inputs, { onError })) seen.push(index);
    expect(seen).toEqual([0, 2]);
    expect(errors).toEqual([[expect.objectContaining({ code: 'IMAGE_NOT_FOUND' }), 'absent.jpg', 1]]);
    const ended = async () => {
      for await (const _ of detector.detectStream(inputs));
    };
    await expect(ended()).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });

  test('end when their signal says so, even if errors are taken', async () => {
    const controller = new AbortController();
    const run = async () => {
      const options = { signal: controller.signal, onError: () => undefined };
      for await (const _ of detector.detectStream(photos, options)) controller.abort();
    };
    await expect(run()).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('errors', () => {
  test('of an aborted signal come before anything is read', async () => {
    const signal = AbortSignal.abort('too late');
    await expect(detector.detect('absent.jpg', { signal })).rejects.toMatchObject({
      code: 'ABORTED',
      cause: 'too late',
    });
  });

  test.each<[string, object, string]>([
    ['a threshold that is no number', { scoreThreshold: Number.NaN }, 'INVALID_ARGUMENT'],
    ['an unknown class', { classes: ['perzon'] }, 'UNKNOWN_CLASS'],
    ['a negative region', { region: { x: -5, y: 0, width: 10, height: 10 } }, 'INVALID_ARGUMENT'],
  ])('of %s have a code and say what to do', async (_, options, code) => {
    const error = await detector.detect(pixels, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SsdliteError);
    expect(error).toMatchObject({ code, next: expect.stringMatching(/\w/) });
  });

  test('of weights that are not there name the place', async () => {
    await expect(createDetector({ weights: 'nowhere/weights.json' })).rejects.toMatchObject({
      code: 'WEIGHTS_NOT_FOUND',
      message: expect.stringContaining('nowhere/weights.json'),
    });
  });
});

describe('dispose', () => {
  test('lets calls under way end, may be called again, and ends all later calls', async () => {
    const mine = await createDetector();
    const underWay = mine.detect(pixels);
    await Promise.all([mine.dispose(), mine.dispose()]);
    expect((await underWay).length).toBeGreaterThan(0);
    await expect(mine.detect(pixels)).rejects.toMatchObject({ code: 'DETECTOR_DISPOSED' });
    await expect(mine.predict(pixels)).rejects.toMatchObject({ code: 'DETECTOR_DISPOSED' });
    await mine.dispose();
  });
});

test('A file URL, bytes and pixels are the same picture as the path', async () => {
  const expected = await detector.detect(photo);
  for (const input of [
    pathToFileURL(photo),
    await readFile(photo),
    pixels,
    new Blob([await readFile(photo)]),
  ]) {
    expect(await detector.detect(input)).toEqual(expected);
  }
});
