import { expect, test } from 'vitest';
import { decayScores } from './decay-scores.ts';

test('Overlapping boxes lose score to the best one, and come out in their new order', () => {
  // The second is the left half of the first: IoU 0.5. The third lies apart.
  const boxes = Float32Array.of(0, 0, 10, 10, 0, 0, 10, 5, 50, 50, 60, 60);
  const { scores, boxes: ordered } = decayScores(boxes, Float64Array.of(0.9, 0.8, 0.6), {
    sigma: 0.5,
    most: 10,
  });
  // 0.8 * exp(-0.25 / 0.5) = 0.485
  expect([...scores]).toEqual([0.9, 0.6, 0.8 * Math.exp(-0.5)]);
  expect([...ordered.subarray(4, 8)]).toEqual([50, 50, 60, 60]);
});

test('No more are kept than are asked for', () => {
  const { scores } = decayScores(Float32Array.of(0, 0, 1, 1, 5, 5, 6, 6), Float64Array.of(0.1, 0.2), {
    sigma: 0.5,
    most: 1,
  });
  expect([...scores]).toEqual([0.2]);
});

test('What falls below the least score is left out', () => {
  // 0.8 falls to 0.485, see above.
  const boxes = Float32Array.of(0, 0, 10, 10, 0, 0, 10, 5, 50, 50, 60, 60);
  const options = { sigma: 0.5, most: 10, least: 0.5 };
  expect([...decayScores(boxes, Float64Array.of(0.9, 0.8, 0.6), options).scores]).toEqual([0.9, 0.6]);
});
