import { expect, test } from 'vitest';
import { madeUpView } from './made-up-views.ts';
import { weightedBoxesFusion } from './weighted-boxes-fusion.ts';

const most = { maxDetections: 100 };

test('Boxes of two views become their mean by score', () => {
  const { count, scores, boxes } = weightedBoxesFusion(
    [madeUpView([[0.8, 1, 0, 0, 10, 10]]), madeUpView([[0.4, 1, 0, 1, 10, 11]])],
    most,
  );
  expect(count).toBe(1);
  expect(scores[0]).toBeCloseTo(0.6, 12);
  // (0 * 0.8 + 1 * 0.4) / 1.2
  expect(boxes[1]).toBeCloseTo(1 / 3, 6);
});

test('A box that one of two views found has half of its score', () => {
  expect(
    weightedBoxesFusion([madeUpView([[0.8, 1, 0, 0, 10, 10]]), madeUpView([])], most).scores[0],
  ).toBeCloseTo(0.4, 12);
});

test('More boxes than views count as many as views', () => {
  const view = madeUpView([
    [0.8, 1, 0, 0, 10, 10],
    [0.6, 1, 0, 0, 10, 10],
  ]);
  expect(weightedBoxesFusion([view], most).scores[0]).toBeCloseTo(0.7, 12);
});

test('A box joins the cluster whose mean box it overlaps by more than 0.55, others and other classes do not', () => {
  const { count } = weightedBoxesFusion(
    [
      madeUpView([
        [0.9, 1, 0, 0, 10, 10],
        [0.8, 1, 0, 0, 10, 5],
        [0.7, 2, 0, 0, 10, 10],
      ]),
    ],
    most,
  );
  expect(count).toBe(3);
});
