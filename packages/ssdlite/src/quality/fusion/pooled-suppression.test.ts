import { expect, test } from 'vitest';
import { madeUpView } from './made-up-views.ts';
import { pooledNms, pooledSoftNms } from './pooled-suppression.ts';

const most = { maxDetections: 100 };
const views = [
  madeUpView([
    [0.5, 1, 0, 0, 10, 10],
    [0.25, 2, 0, 0, 10, 10],
  ]),
  // IoU with the first 9 / 11; the second is the left half of it.
  madeUpView([
    [0.75, 1, 0, 1, 10, 11],
    [0.125, 1, 0, 0, 10, 5],
  ]),
];

test('NMS keeps the best box of an object, whichever view found it, and the other class', () => {
  const { columns, scores, boxes } = pooledNms(views, most);
  expect([...scores]).toEqual([0.75, 0.25, 0.125]);
  expect([...columns]).toEqual([1, 2, 1]);
  expect([...boxes.subarray(0, 4)]).toEqual([0, 1, 10, 11]);
});

test('Soft-NMS keeps all, with less score: 0.5 * exp(-(9 / 11)^2 / 0.5)', () => {
  const { count, scores } = pooledSoftNms(views, most);
  expect(count).toBe(4);
  expect(scores[0]).toBe(0.75);
  expect([...scores].some((score) => Math.abs(score - 0.5 * Math.exp(-((9 / 11) ** 2) / 0.5)) < 1e-6)).toBe(
    true,
  );
});

test('Nothing found is nothing fused', () => {
  expect(pooledNms([madeUpView([])], most).count).toBe(0);
  expect(pooledSoftNms([madeUpView([])], most).count).toBe(0);
});
