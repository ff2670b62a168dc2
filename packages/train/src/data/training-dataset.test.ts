// Samples of labelled pictures: deterministic, at the network's size, in fixed views where asked for.

import { expect, test } from 'vitest';
import type { SamplePixels } from '../sample.ts';
import type { LabelledImage } from './read-annotations.ts';
import { type DatasetConfig, trainingDataset } from './training-dataset.ts';

const size = { height: 20, width: 30 };

function image(id: number): LabelledImage {
  return {
    id,
    fileName: `${id}.jpg`,
    width: 60,
    height: 40,
    boxes: Float32Array.of(0.25, 0.1, 0.75, 0.6),
    classes: Int32Array.of(1),
    boxWeights: Float32Array.of(1),
  };
}

/** Pixels that differ from picture to picture and from place to place. */
function pixelsOf({ id, width, height }: LabelledImage): SamplePixels {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 13 + id * 31) % 256);
  return { data, width, height };
}

function dataset(config: Partial<DatasetConfig> = {}, read = async (each: LabelledImage) => pixelsOf(each)) {
  const annotations = { classes: ['cup'], images: [image(0), image(1), image(2)] };
  return trainingDataset({ annotations, config: { size, ...config }, read });
}

test('Index, epoch and seed decide what a sample is', async () => {
  const first = await dataset().sample(1, { epoch: 4 });
  expect(first).toEqual(await dataset().sample(1, { epoch: 4 }));
  expect(first.pixels).toMatchObject(size);
  expect(first.imageId).toBe(1);
  expect(first.view).toBeUndefined();
  for (const other of [
    await dataset().sample(1, { epoch: 5 }),
    await dataset().sample(2, { epoch: 4 }),
    await dataset({ seed: 1 }).sample(1, { epoch: 4 }),
  ]) {
    expect(other.pixels.data).not.toEqual(first.pixels.data);
  }
});

test('Fixed views come back the same: the picture, its mirror image, and as many at random as asked for', async () => {
  const samples = dataset({ views: 3 });
  const seen = new Map<string, Float32Array | Uint8Array | Uint8ClampedArray>();
  for (let epoch = 0; epoch < 30; epoch++) {
    const { view = '', pixels, boxes } = await samples.sample(0, { epoch });
    const before = seen.get(view);
    if (before) expect(pixels.data).toEqual(before);
    seen.set(view, pixels.data);
    const rounded = [...boxes].map((value) => Math.round(value * 100) / 100);
    if (view === '0') expect(rounded).toEqual([0.25, 0.1, 0.75, 0.6]);
    if (view === '1') expect(rounded).toEqual([0.25, 0.4, 0.75, 0.9]);
  }
  expect([...seen.keys()].sort()).toEqual(['0', '1', '2']);
});

test('A picture of another shape than it was annotated at is left to be skipped', async () => {
  const turned = dataset({}, async (each) => pixelsOf({ ...each, width: 40, height: 60 }));
  await expect(turned.sample(0, { epoch: 0 })).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
  const halved = dataset({ views: 1 }, async (each) => pixelsOf({ ...each, width: 30, height: 20 }));
  expect((await halved.sample(0, { epoch: 0 })).pixels).toMatchObject(size);
});

test('Without a size samples are the pictures as they are, as validation wants them', async () => {
  const { pixels, boxes } = await dataset({ size: undefined }).sample(2, { epoch: 3 });
  expect(pixels).toEqual(pixelsOf(image(2)));
  expect([...boxes].map((value) => Math.round(value * 100) / 100)).toEqual([0.25, 0.1, 0.75, 0.6]);
});

test('Sizes and views are whole numbers', () => {
  expect(() => dataset({ views: 0 })).toThrow("The data set's views is 0.");
  expect(() => dataset({ size: { height: 20.5, width: 3 } })).toThrow("The data set's height is 20.5.");
});
