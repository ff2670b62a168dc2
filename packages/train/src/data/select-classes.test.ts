import { expect, test } from 'vitest';
import type { Dataset } from '../sample.ts';
import { selectClasses } from './select-classes.ts';

/** A cup, a fork and a second cup on one picture. */
const table: Dataset = {
  classes: ['cup', 'knife', 'fork'],
  length: 1,
  sample: async (index) => ({
    imageId: index,
    pixels: { data: new Uint8Array(3), height: 1, width: 1 },
    boxes: Float32Array.of(0, 0, 0.5, 0.5, 0.25, 0.25, 1, 1, 0, 0.5, 0.5, 1),
    classes: Int32Array.of(1, 3, 1),
    boxWeights: Float32Array.of(1, 0.5, 0),
  }),
  viewOf: (index, { epoch }) => `${index}/${epoch}`,
};

test('boxes of chosen classes stay, under their new columns', async () => {
  const cutlery = selectClasses(table, ['fork', 'knife']);
  expect(cutlery.classes).toEqual(['fork', 'knife']);
  const sample = await cutlery.sample(0, { epoch: 0 });
  expect([...sample.boxes]).toEqual([0.25, 0.25, 1, 1]);
  expect([...sample.classes]).toEqual([1]);
  expect([...(sample.boxWeights ?? [])]).toEqual([0.5]);
  const cups = await selectClasses(table, ['cup']).sample(0, { epoch: 0 });
  expect([...cups.boxes]).toEqual([0, 0, 0.5, 0.5, 0, 0.5, 0.5, 1]);
  expect([...cups.classes]).toEqual([1, 1]);
});

test('what is asked for in another order comes in that order', async () => {
  const sample = await selectClasses(table, ['fork', 'knife', 'cup']).sample(0, { epoch: 0 });
  expect([...sample.classes]).toEqual([3, 1, 3]);
});

test('the fixed view of a picture stays known', () => {
  expect(selectClasses(table, ['cup']).viewOf?.(0, { epoch: 2 })).toBe('0/2');
});

test('unknown classes, no class and one named twice are refused', () => {
  expect(() => selectClasses(table, ['cups'])).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_CLASS', value: 'cups', next: "Did you mean 'cup'?" }),
  );
  for (const classes of [[], ['cup', 'cup']]) {
    expect(() => selectClasses(table, classes)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  }
});
