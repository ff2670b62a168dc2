// The order of a run's pictures, its continuation, and broken pictures in the middle of it.

import { SsdliteError } from '@ssdlite/layers';
import { expect, test } from 'vitest';
import type { Dataset, Sample } from '../sample.ts';
import { type Batch, type BatchesOptions, batches } from './batches.ts';

function sampleOf(index: number, epoch: number): Sample {
  return {
    imageId: index,
    view: `${epoch}`,
    pixels: { data: new Uint8Array(3), height: 1, width: 1 },
    boxes: new Float32Array(0),
    classes: new Int32Array(0),
  };
}

/** Pictures 0 to length - 1; those named cannot be read. */
function numbered(length: number, broken: readonly number[] = []): Dataset {
  return {
    classes: ['cup'],
    length,
    async sample(index, { epoch }) {
      if (!broken.includes(index)) return sampleOf(index, epoch);
      throw new SsdliteError('IMAGE_UNREADABLE', `Picture ${index} is broken.`, { next: 'Mend it.' });
    },
  };
}

async function take(count: number, dataset: Dataset, options: BatchesOptions): Promise<Batch[]> {
  const taken: Batch[] = [];
  for await (const batch of batches(dataset, options)) {
    taken.push(batch);
    if (taken.length === count) break;
  }
  return taken;
}

const ids = (all: readonly Batch[]) => all.flatMap(({ samples }) => samples.map(({ imageId }) => imageId));
const options = { batchSize: 4, seed: 3 };

test('Every epoch has every picture once, in an order of its own; batches go on from one into the next', async () => {
  const order = ids(await take(5, numbered(10), options));
  expect(order).toHaveLength(20);
  const [first, second] = [order.slice(0, 10), order.slice(10)];
  expect(first.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(second.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(second).not.toEqual(first);
  expect(ids(await take(5, numbered(10), options))).toEqual(order);
  expect(ids(await take(5, numbered(10), { ...options, seed: 4 }))).not.toEqual(order);
});

test('From the place after any batch the same batches follow', async () => {
  const dataset = numbered(7, [2]);
  const all = await take(6, dataset, options);
  for (const [index, { place }] of all.slice(0, 5).entries()) {
    const rest = await take(5 - index, dataset, { ...options, from: JSON.parse(JSON.stringify(place)) });
    expect(rest).toEqual(all.slice(index + 1));
  }
});

test('A broken picture is left out, told once, and batches stay full', async () => {
  const told: string[] = [];
  const all = await take(6, numbered(9, [5]), {
    ...options,
    onSkip: ({ index, error }) => told.push(`${index} ${error.code}`),
  });
  expect(all.every(({ samples }) => samples.length === 4)).toBe(true);
  expect(ids(all)).not.toContain(5);
  expect(told).toEqual(['5 IMAGE_UNREADABLE']);
});

test('Too many broken pictures stop the run, and the first is named', async () => {
  const run = take(50, numbered(20, [1, 4, 9, 16]), options);
  await expect(run).rejects.toMatchObject({ code: 'DATASET_INVALID', value: 4 });
  await expect(run).rejects.toThrow(/^4 of 20 pictures cannot be read; the first: Picture \d+ is broken\./);
  await expect(take(9, numbered(2, [0, 1]), options)).rejects.toThrow('2 of 2 pictures cannot be read');
  await expect(take(9, numbered(20, [1, 4, 9]), options)).resolves.toHaveLength(9);
});

test('An error that is no picture’s own ends the run as it is', async () => {
  const failing: Dataset = { ...numbered(5), sample: () => Promise.reject(new TypeError('a bug')) };
  await expect(take(1, failing, options)).rejects.toThrow(TypeError);
});

test('An empty data set and a batch size of 0 are refused; a signal ends the batches', async () => {
  await expect(take(1, numbered(0), options)).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  await expect(take(1, numbered(5), { ...options, batchSize: 0 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  const controller = new AbortController();
  let count = 0;
  for await (const _ of batches(numbered(5), { ...options, signal: controller.signal })) {
    if (++count === 3) controller.abort();
  }
  expect(count).toBe(3);
});
