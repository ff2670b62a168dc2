import { expect, test } from 'vitest';
import type { Dataset, Sample } from '../sample.ts';
import { rememberedSamples } from './remembered-samples.ts';

/** Two views in turn; every reading is written down. */
function readings() {
  const read: string[] = [];
  const view = (epoch: number) => `${epoch % 2}`;
  const dataset: Dataset = {
    classes: ['cup'],
    length: 3,
    viewOf: (_, { epoch }) => view(epoch),
    async sample(index, { epoch }): Promise<Sample> {
      read.push(`${index} in ${epoch}`);
      const pixels = { data: new Uint8Array(3), height: 1, width: 1 };
      const boxes = Float32Array.of(0, 0, 1, index + 1);
      return { imageId: index, view: view(epoch), pixels, boxes, classes: Int32Array.of(1) };
    },
  };
  return { dataset, read };
}

test('A view is read until its pixels are needed no more, and keeps its boxes', async () => {
  const { dataset, read } = readings();
  let known = false;
  const remembered = rememberedSamples(dataset, () => known);
  await remembered.sample(1, { epoch: 0 });
  await remembered.sample(1, { epoch: 2 });
  expect(read).toEqual(['1 in 0', '1 in 2']);
  known = true;
  const again = await remembered.sample(1, { epoch: 4 });
  expect(again.boxes).toEqual(Float32Array.of(0, 0, 1, 2));
  expect(again.pixels.data.length).toBe(0);
  // The other view was never seen.
  await remembered.sample(1, { epoch: 5 });
  expect(read).toEqual(['1 in 0', '1 in 2', '1 in 5']);
});

test('Views at random are always read', async () => {
  const { dataset, read } = readings();
  const remembered = rememberedSamples({ ...dataset, viewOf: () => undefined }, () => true);
  for (const epoch of [0, 2, 4]) await remembered.sample(0, { epoch });
  expect(read).toHaveLength(3);
});
