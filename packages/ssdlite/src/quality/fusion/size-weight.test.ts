import { expect, test } from 'vitest';
import { cocoSizeWeights, sizeWeigher } from './size-weight.ts';

const sizeWeight = sizeWeigher(cocoSizeWeights);

test.each([
  [5, 0.1],
  [24, 0.2],
  [48, 1.5],
  [96, 1],
  [150, 1],
  [2000, 0.05],
])('A view in which an object has %i pixels is worth %f', (size, worth) => {
  expect(sizeWeight(Math.log2(size))).toBeCloseTo(worth, 12);
});

test('Halfway between two knots is their geometric mean', () => {
  expect(sizeWeight(Math.log2(Math.sqrt(24 * 48)))).toBeCloseTo((0.2 + 1.5) / 2, 12);
});
