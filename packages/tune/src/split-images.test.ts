import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folds, splitImages } from './split-images.ts';

const ids = (count: number): number[] => Array.from({ length: count }, (_, index) => index * 3 + 5);
const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

test('Every picture is on one side, by the share that was asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 60 }), fc.integer(), (count, seed) => {
      const { tuning, heldOut } = splitImages(ids(count), { holdout: 0.4, seed });
      expect(heldOut).toHaveLength(Math.round(count * 0.4));
      expect(sorted([...tuning, ...heldOut])).toEqual(ids(count));
    }),
  );
});

test('Every picture judges in one fold, and tunes in all others', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 60 }), fc.integer(), (count, seed) => {
      const parts = folds(ids(count), { count: 5, seed });
      expect(sorted(parts.flatMap(({ heldOut }) => heldOut))).toEqual(ids(count));
      for (const { tuning, heldOut } of parts) expect(sorted([...tuning, ...heldOut])).toEqual(ids(count));
    }),
  );
});

test('The seed alone decides', () => {
  const split = (seed: number) => splitImages(ids(30), { holdout: 0.5, seed });
  expect(split(4)).toEqual(split(4));
  expect(split(4)).not.toEqual(split(5));
});
