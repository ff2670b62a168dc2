// Several looks at a picture, fused, on real photos with the real weights.

import { readFile } from 'node:fs/promises';
import { cocoWeights } from '@ssdlite/coco-weights';
import sharp from 'sharp';
import {
  addLevel,
  createDetector,
  type DetectOptions,
  Detector,
  fuseSeenViews,
  type NodeDetector,
  readImage,
} from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo, photos } from './photos.ts';

const bikeShop = photo;

let detector: NodeDetector;

beforeAll(async () => {
  detector = await createDetector();
});
afterAll(() => detector.dispose());

test('fast is what detect does without a quality', async () => {
  expect(await detector.detect(photo, { quality: 'fast' })).toEqual(await detector.detect(photo));
});

test.each(['balanced', 'high', 'max'] as const)(
  '%s finds what is clear, in the same place, and boxes stay inside',
  async (quality) => {
    const [clear] = await detector.detect(photo);
    const detections = await detector.detect(photo, {
      quality,
      scoreThreshold: 0.3,
      boxFormat: 'normalised',
    });
    const [first] = await detector.detect(photo, { quality });
    expect(first?.label).toBe(clear?.label);
    expect(Math.abs((first?.box.x ?? -99) - (clear?.box.x ?? 0))).toBeLessThan(15);
    for (const { box } of detections) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(1 + 1e-6);
    }
  },
);

test('A mirrored view is the mirrored picture, its boxes mirrored back', async () => {
  const pixels = await readImage(photo);
  const { width, height, channels } = pixels;
  const data = pixels.data.slice();
  for (let at = 0; at < width * height; at++) {
    const from = at - (at % width) + (width - 1 - (at % width));
    for (let c = 0; c < channels; c++) data[at * channels + c] = pixels.data[from * channels + c] ?? 0;
  }
  const mirrored = await detector.detect({ ...pixels, data }, { quality: { views: [{ size: 300 }] } });
  const flipped = await detector.detect(pixels, { quality: { views: [{ size: 300, flip: true }] } });
  expect(flipped.length).toBeGreaterThan(0);
  expect(flipped.map(({ label }) => label)).toEqual(mirrored.map(({ label }) => label));
  for (const [index, { score, box }] of flipped.entries()) {
    const other = mirrored[index]?.box ?? box;
    expect(score).toBeCloseTo(mirrored[index]?.score ?? -1, 5);
    expect(box.x).toBeCloseTo(width - other.x - other.width, 2);
    expect(box.width).toBeCloseTo(other.width, 2);
    expect(box.y).toBeCloseTo(other.y, 2);
  }
});

test('A batch and a stream take a quality too', async () => {
  const expected = await detector.detect(photos[1] ?? '', { quality: 'balanced' });
  const [, second] = await detector.detectBatch(photos.slice(0, 2), { quality: 'balanced' });
  expect(second?.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
  for await (const { detections } of detector.detectStream([photos[1] ?? ''], { quality: 'balanced' })) {
    expect(detections).toEqual(expected);
  }
});

describe('tiles', () => {
  test('and a region of interest go together', async () => {
    const region = { x: 50, y: 0, width: 300, height: 300 };
    const views = [{ size: 300 }, { tiles: [2, 2], overlap: 0.2 }] as const;
    for (const { box } of await detector.detect(photo, { region, quality: { views }, scoreThreshold: 0.1 })) {
      expect(box.x).toBeGreaterThanOrEqual(50 - 1e-3);
      expect(box.x + box.width).toBeLessThanOrEqual(350 + 1e-3);
    }
  });
});

test('soft-vote is one pass with fused neighbours', async () => {
  const [voted] = await detector.detect(photo, { nms: 'soft-vote' });
  const [plain] = await detector.detect(photo);
  expect(voted?.label).toBe(plain?.label);
  expect(voted?.score).toBeCloseTo(plain?.score ?? -1, 5);
});

test('Options that a quality leaves no room for are refused', async () => {
  await expect(detector.detect(photo, { quality: 'high', nms: 'per-class' })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  await expect(detector.detect(photo, { quality: 'high', letterbox: true })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

test('A picture one pixel high is a list, not an error', async () => {
  const line = { data: new Uint8Array(300 * 3), width: 300, height: 1, channels: 3 } as const;
  expect(Array.isArray(await detector.detect(line, { quality: 'max' }))).toBe(true);
});

test('What the views of a picture saw, fused, is what detect gives', async () => {
  const views = [{ size: 300 }, { size: 428, flip: true }, { tiles: [2, 1], overlap: 0.2 }] as const;
  const sizeWeights = [
    [24, 0.2],
    [96, 1],
  ] as const;
  const look = await detector.look(photo, { views });
  expect(look).toMatchObject({ width: 500, height: 334 });
  expect(look.views.map(({ regions }) => regions.length)).toEqual([1, 1, 2]);
  // 428 x 428 have 2.04 times the pixels of 300 x 300, but cells are whole: 2.00 times the multiply-adds.
  expect(look.cost).toBeCloseTo(3 + 2, 2);
  const fused = fuseSeenViews(look.views, { sizeWeights, maxDetections: 20 });
  const detections = await detector.detect(photo, {
    quality: { views, sizeWeights },
    scoreThreshold: 0,
    maxDetections: 20,
  });
  expect(detections).toHaveLength(20);
  expect(detections.map(({ classId }) => classId)).toEqual([...fused.columns]);
  // A mean over views, as the score of one look that is right as often.
  for (const [index, { score }] of detections.entries()) {
    const mean = fused.scores[index] ?? 0;
    expect(Math.log(score / (1 - score))).toBeCloseTo(1.5 * Math.log(mean / (1 - mean)) + 1.2, 6);
  }
  // Other weights of the sizes fuse otherwise.
  const plain = await detector.detect(photo, { quality: { views }, scoreThreshold: 0, maxDetections: 20 });
  expect(plain.map(({ score }) => score)).not.toEqual(detections.map(({ score }) => score));
});

test("A level in the weights' manifest is a quality by its name", async () => {
  const views = [{ size: 300 }, { size: 428 }];
  const level = { name: 'shop', views, sizeWeights: [[96, 1] as const], cost: 3, metrics: [] };
  const bytes = await readFile(new URL(cocoWeights.weights));
  const own = await createDetector({ weights: { manifest: addLevel(detector.manifest, level), bytes } });
  try {
    const detections = await own.detect(photo, { quality: 'shop' });
    expect(detections.length).toBeGreaterThan(0);
    expect(detections).toEqual(
      await detector.detect(photo, { quality: { views, sizeWeights: level.sizeWeights } }),
    );
    await expect(detector.detect(photo, { quality: 'shop' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      value: 'shop',
    });
  } finally {
    await own.dispose();
  }
});

describe('a call that may stop early', () => {
  const quality = 'high';

  test('tells what was found after each view but the last, and which views it is made of', async () => {
    const partial: { count: number; looked: number; planned: number }[] = [];
    const reports: unknown[] = [];
    const detections = await detector.detect(photo, {
      quality,
      onPartial: ({ detections, looked, planned }) =>
        partial.push({ count: detections.length, looked, planned }),
      onViews: (report) => reports.push(report),
    });
    expect(partial.map(({ looked, planned }) => [looked, planned])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
    ]);
    expect(partial[0]?.count).toBeGreaterThan(0);
    expect(reports).toEqual([{ looked: 4, planned: 4, skipped: 0, complete: true }]);
    expect(detections).toEqual(await detector.detect(photo, { quality }));
  });

  test('that is out of time has the first view, and is marked so', async () => {
    const reports: unknown[] = [];
    const detections = await detector.detect(photo, {
      quality,
      budgetMs: 0.001,
      onViews: (report) => reports.push(report),
    });
    expect(reports).toEqual([{ looked: 1, planned: 4, skipped: 0, complete: false }]);
    expect(detections).toEqual(await detector.detect(photo, { quality: { views: [{ size: 300 }] } }));
  });

  test('that has time enough is complete', async () => {
    const detections = await detector.detect(photo, {
      quality,
      budgetMs: 1e9,
      onViews: ({ complete }) => expect(complete).toBe(true),
    });
    expect(detections).toEqual(await detector.detect(photo, { quality }));
  });

  test('leaves larger views out where nothing is small', async () => {
    // A flat picture has nothing at all.
    const flat = {
      data: new Uint8Array(300 * 200 * 3).fill(128),
      width: 300,
      height: 200,
      channels: 3,
    } as const;
    const reports: unknown[] = [];
    const onViews = (report: unknown) => reports.push(report);
    await detector.detect(flat, { quality, adaptive: true, onViews });
    expect(reports).toEqual([{ looked: 2, planned: 4, skipped: 2, complete: true }]);
  });

  test('ends with ABORTED where its signal says so between views', async () => {
    const controller = new AbortController();
    const looks: number[] = [];
    const call = detector.detect(photo, {
      quality,
      signal: controller.signal,
      onPartial({ looked }) {
        looks.push(looked);
        if (looked === 2) controller.abort();
      },
    });
    await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
    expect(looks).toEqual([1, 2]);
  });

  test('of one pass is told as one', async () => {
    const reports: unknown[] = [];
    await detector.detect(photo, { onViews: (report) => reports.push(report) });
    expect(reports).toEqual([{ looked: 1, planned: 1, skipped: 0, complete: true }]);
  });
});

test.each<[string, DetectOptions, string]>([
  ['a budget of 0', { quality: 'max', budgetMs: 0 }, 'budgetMs is 0'],
  ['a budget of one pass', { budgetMs: 50 }, 'one pass has nothing to leave out'],
  ['adaptive views of one pass', { nms: 'soft-vote', adaptive: true }, 'adaptive is true'],
  ['tiles of no size', { tileSize: 0 }, 'tileSize is 0'],
  ['tiles under 96 pixels', { tileSize: 95.5 }, 'tileSize is 95.5'],
  [
    'tiles within tiles',
    { tileSize: 300, quality: { views: [{ tiles: [2, 2], overlap: 0 }] } },
    'tileSize is 300',
  ],
  [
    'a region outside of the picture',
    { quality: 'max', region: { x: 400, y: 0, width: 200, height: 10 } },
    'region is',
  ],
  [
    "a view's region outside of the picture",
    { quality: { views: [{ size: 300, region: { x: 0, y: 0, width: 501, height: 10 } }] } },
    '500 x 334',
  ],
])('%s is refused with what to do', async (_, options, message) => {
  await expect(detector.detect(photo, options)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(message),
  });
});

test('An engine that is lost between views ends the call with ENGINE_FAILED; what was found until then is known', async () => {
  const { manifest, engine } = detector;
  let runs = 0;
  // An engine of another kind, which sees one thing at 300 x 300, once, and is lost after that.
  const lost = new Detector<string>({
    manifest,
    engine,
    inputLayout: 'nchw',
    readPicture: (path) => readImage(path),
    program: {
      async run() {
        if (++runs > 1) throw new Error('device lost');
        const logits = new Float32Array(1917 * 91).fill(-10);
        logits[1] = 3;
        return { boxes: new Float32Array(1917 * 4), logits };
      },
      async dispose() {},
    },
  });
  const partial: number[] = [];
  const call = lost.detect(photo, {
    quality: { views: [{ size: 300 }, { size: 428 }, { size: 620 }] },
    onPartial: ({ detections }) => partial.push(detections.length),
  });
  await expect(call).rejects.toMatchObject({
    code: 'ENGINE_FAILED',
    message: expect.stringContaining('device lost'),
  });
  expect(partial).toEqual([1]);
});

test('Tiles find each object once: small ones, those across borders of tiles, and one that is larger than a tile', async () => {
  const small = await sharp(bikeShop).toBuffer();
  const large = await sharp(bikeShop).resize(1500).toBuffer();
  const places = [
    [100, 100],
    [700, 420],
    [1250, 100],
    [400, 1500],
  ] as const;
  const scene = await sharp({ create: { width: 3600, height: 2200, channels: 3, background: '#808080' } })
    .composite([
      ...places.map(([left, top]) => ({ input: small, left, top })),
      { input: large, left: 2000, top: 900 },
    ])
    .png()
    .toBuffer();
  // The standing mechanic lies at 102, 64 of the photo and is 173 x 239; on the large copy three times that.
  const expected = [
    ...places.map(([x, y]) => ({ x: x + 102, y: y + 64, width: 173, height: 239 })),
    { x: 2306, y: 1092, width: 519, height: 717 },
  ];
  for (const tileSize of [640, 'auto'] as const) {
    const found = await detector.detect(scene, { tileSize, classes: ['person'], scoreThreshold: 0.4 });
    expect(found).toHaveLength(expected.length);
    for (const one of expected) {
      const near = found.filter(
        ({ box }) => Math.abs(box.x - one.x) < one.width / 4 && Math.abs(box.y - one.y) < one.height / 4,
      );
      expect(near).toHaveLength(1);
      expect(near[0]?.box.height).toBeGreaterThan(one.height * 0.75);
    }
  }
});

test('Tiles of one colour are run once; what is found elsewhere is the same', async () => {
  const photoPixels = await sharp(bikeShop).toBuffer();
  const scene = await sharp({ create: { width: 2400, height: 1600, channels: 3, background: '#808080' } })
    .composite([{ input: photoPixels, left: 100, top: 100 }])
    .png()
    .toBuffer();
  const progress: { stage: string; done: number; total: number; flat: number }[] = [];
  const found = await detector.detect(scene, {
    tileSize: 400,
    scoreThreshold: 0.4,
    classes: ['person'],
    onProgress: (step) => progress.push(step),
  });
  const last = progress.at(-1);
  // 8 x 5 tiles of 400, 4 x 3 of 800, 2 x 1 of 1600, and the whole: the photo reaches into 4, 1, 1 and 1 of them at least.
  expect(last).toMatchObject({ stage: 'look', done: 55, total: 55 });
  expect(last?.flat).toBeGreaterThan(38);
  expect(found[0]?.box.x).toBeGreaterThan(150);
  expect(found[0]?.box.x).toBeLessThan(600);
  // Where nothing is flat: the same scene on noise that hardly shows.
  const noise = Buffer.alloc(2400 * 1600 * 3, 128);
  for (let at = 0; at < noise.length; at += 997) noise[at] = 129;
  const noisy = await sharp(noise, { raw: { width: 2400, height: 1600, channels: 3 } })
    .composite([{ input: photoPixels, left: 100, top: 100 }])
    .png()
    .toBuffer();
  const others = await detector.detect(noisy, { tileSize: 400, scoreThreshold: 0.4, classes: ['person'] });
  expect(found.map(({ box }) => Math.round(box.x / 20))).toEqual(
    others.map(({ box }) => Math.round(box.x / 20)),
  );
});
