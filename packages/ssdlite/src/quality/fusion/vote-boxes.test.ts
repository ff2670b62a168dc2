import { expect, test } from 'vitest';
import { voteBoxes } from './vote-boxes.ts';

test('A box is the mean of its members by score, overlap and the root of the weight', () => {
  const boxes = voteBoxes(
    {
      count: 3,
      boxes: Float32Array.of(0, 0, 10, 10, 0, 2, 10, 12, 50, 50, 60, 60),
      scores: Float64Array.of(0.8, 0.4, 0.9),
      weights: Float64Array.of(1, 0.25, 1),
    },
    { centres: [0], objectOf: Int32Array.of(0, 0, -1), overlaps: Float64Array.of(1, 0.75, 0) },
  );
  // Weights 0.8 * 1 * 1 and 0.4 * 0.75 * 0.5 = 0.15: the left side is 2 * 0.15 / 0.95.
  expect(boxes).toHaveLength(4);
  expect(boxes[1]).toBeCloseTo(0.3 / 0.95, 5);
  expect(boxes[3]).toBeCloseTo(10 + 0.3 / 0.95, 5);
});
