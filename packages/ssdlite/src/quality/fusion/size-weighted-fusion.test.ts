import { describe, expect, test } from 'vitest';
import { madeUpView } from './made-up-views.ts';
import { sizeWeightedFusion } from './size-weighted-fusion.ts';

const most = { maxDetections: 100 };
const square = [0, 0, 10, 10] as const;

describe('scores', () => {
  test('of a box that all views find are the mean over the views', () => {
    const { count, scores } = sizeWeightedFusion(
      [madeUpView([[0.9, 1, ...square]]), madeUpView([[0.5, 1, ...square]])],
      most,
    );
    expect(count).toBe(1);
    expect(scores[0]).toBeCloseTo(0.7, 12);
  });

  test('count a view that found nothing as 0', () => {
    expect(
      sizeWeightedFusion([madeUpView([[0.9, 1, ...square]]), madeUpView([])], most).scores[0],
    ).toBeCloseTo(0.45, 12);
  });

  test('weigh views by what they are worth', () => {
    const views = [
      madeUpView([[0.9, 1, ...square]], { worth: 3 }),
      madeUpView([[0.5, 1, ...square]], { worth: 1 }),
    ];
    expect(sizeWeightedFusion(views, most).scores[0]).toBeCloseTo((3 * 0.9 + 0.5) / 4, 12);
  });

  test('do not blame a tiled view for what none of its tiles holds', () => {
    expect(
      sizeWeightedFusion([madeUpView([[0.9, 1, ...square]]), madeUpView([], { sees: false })], most)
        .scores[0],
    ).toBeCloseTo(0.9, 12);
  });

  test('of neighbours that overlap by half fall by exp(-0.25 / 0.6)', () => {
    // The second is the left half of the first: IoU 0.5, so two things.
    const { scores } = sizeWeightedFusion(
      [
        madeUpView([
          [0.9, 1, 0, 0, 10, 10],
          [0.8, 1, 0, 0, 10, 5],
        ]),
      ],
      most,
    );
    expect(scores[0]).toBeCloseTo(0.9, 12);
    expect(scores[1]).toBeCloseTo(0.8 * Math.exp(-0.25 / 0.6), 6);
  });
});

test('The box is the mean of its members, by score and overlap', () => {
  // IoU of [0, 0, 10, 10] and [0, 1, 10, 11] is 90 / 110.
  const overlap = 9 / 11;
  const { boxes } = sizeWeightedFusion(
    [madeUpView([[0.8, 1, 0, 0, 10, 10]]), madeUpView([[0.4, 1, 0, 1, 10, 11]])],
    most,
  );
  const share = (0.4 * overlap) / (0.8 + 0.4 * overlap);
  expect(boxes[1]).toBeCloseTo(share, 5);
  expect(boxes[3]).toBeCloseTo(10 + share, 5);
});

test('Classes are fused each on its own, and the best of all come first', () => {
  const { columns, scores } = sizeWeightedFusion(
    [
      madeUpView([
        [0.3, 2, ...square],
        [0.6, 1, ...square],
      ]),
    ],
    { maxDetections: 1 },
  );
  expect([...columns]).toEqual([1]);
  expect(scores[0]).toBeCloseTo(0.6, 12);
});

test('Nothing found is nothing fused', () => {
  expect(sizeWeightedFusion([madeUpView([]), madeUpView([])], most).count).toBe(0);
});

test('A box belongs to the object that it overlaps most, whichever was found first', () => {
  // IoU of the third with the first is 6 / 14 = 0.43 (not the same object), with the second 9 / 11.
  const { count, scores } = sizeWeightedFusion(
    [
      madeUpView([
        [0.9, 1, 0, 0, 10, 10],
        [0.8, 1, 0, 5, 10, 15],
      ]),
      madeUpView([[0.6, 1, 0, 4, 10, 14]]),
    ],
    most,
  );
  expect(count).toBe(2);
  // Means over two views: (0.8 + 0.6) / 2 and (0.9 + 0) / 2, then they decay by their overlap of 5 / 15 or less.
  expect(scores[0]).toBeCloseTo(0.7, 12);
});

test('Many objects are kept where many are asked for', () => {
  const boxes = Array.from({ length: 1000 }, (_, i) => [0.5, 1, 0, 20 * i, 10, 20 * i + 10] as const);
  expect(sizeWeightedFusion([madeUpView(boxes)], { maxDetections: 1000 }).count).toBe(1000);
});
