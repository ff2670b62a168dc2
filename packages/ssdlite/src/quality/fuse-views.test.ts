import { describe, expect, test } from 'vitest';
import { fuseViews } from './fuse-views.ts';
import { cocoSizeWeights, sizeWeigher } from './size-weight.ts';
import type { ViewBoxes } from './view-boxes.ts';

/** A view of constant worth with boxes [score, column, ymin, xmin, ymax, xmax]. */
function view(
  boxes: readonly (readonly [number, number, number, number, number, number])[],
  { worth = 1, sees = true }: { worth?: number; sees?: boolean } = {},
): ViewBoxes {
  return {
    count: boxes.length,
    columns: Int32Array.from(boxes, ([, column]) => column),
    scores: Float64Array.from(boxes, ([score]) => score),
    boxes: Float32Array.from(boxes.flatMap(([, , ...corners]) => corners)),
    worthOf: () => worth,
    sees: () => sees,
  };
}

const most = { maxDetections: 100 };
const square = [0, 0, 10, 10] as const;

describe('scores', () => {
  test('of a box that all views find are the mean over the views', () => {
    const { count, scores } = fuseViews([view([[0.9, 1, ...square]]), view([[0.5, 1, ...square]])], most);
    expect(count).toBe(1);
    expect(scores[0]).toBeCloseTo(0.7, 12);
  });

  test('count a view that found nothing as 0', () => {
    expect(fuseViews([view([[0.9, 1, ...square]]), view([])], most).scores[0]).toBeCloseTo(0.45, 12);
  });

  test('weigh views by what they are worth', () => {
    const views = [view([[0.9, 1, ...square]], { worth: 3 }), view([[0.5, 1, ...square]], { worth: 1 })];
    expect(fuseViews(views, most).scores[0]).toBeCloseTo((3 * 0.9 + 0.5) / 4, 12);
  });

  test('do not blame a tiled view for what none of its tiles holds', () => {
    expect(fuseViews([view([[0.9, 1, ...square]]), view([], { sees: false })], most).scores[0]).toBeCloseTo(
      0.9,
      12,
    );
  });

  test('of neighbours that overlap by half fall by exp(-0.25 / 0.6)', () => {
    // The second is the left half of the first: IoU 0.5, so two things.
    const { scores } = fuseViews(
      [
        view([
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
  const { boxes } = fuseViews([view([[0.8, 1, 0, 0, 10, 10]]), view([[0.4, 1, 0, 1, 10, 11]])], most);
  const share = (0.4 * overlap) / (0.8 + 0.4 * overlap);
  expect(boxes[1]).toBeCloseTo(share, 5);
  expect(boxes[3]).toBeCloseTo(10 + share, 5);
});

test('Classes are fused each on its own, and the best of all come first', () => {
  const { columns, scores } = fuseViews(
    [
      view([
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
  expect(fuseViews([view([]), view([])], most).count).toBe(0);
});

describe('what a view is worth', () => {
  const sizeWeight = sizeWeigher(cocoSizeWeights);

  test.each([
    [5, 0.1],
    [24, 0.2],
    [48, 1.5],
    [96, 1],
    [150, 1],
    [2000, 0.05],
  ])('for an object of %i pixels is %f', (size, worth) => {
    expect(sizeWeight(size)).toBeCloseTo(worth, 12);
  });

  test('lies halfway between knots at their geometric mean', () => {
    expect(sizeWeight(Math.sqrt(24 * 48))).toBeCloseTo((0.2 + 1.5) / 2, 12);
  });
});
