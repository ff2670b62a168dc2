import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Candidates } from './candidates.ts';
import { iou } from './iou.ts';
import { nms } from './nms.ts';
import { softNms } from './soft-nms.ts';

/** Candidates from rows of [score, column, ymin, xmin, ymax, xmax]. */
function candidates(
  rows: readonly (readonly [number, number, number, number, number, number])[],
): Candidates {
  return {
    count: rows.length,
    scores: Float32Array.from(rows, ([score]) => score),
    columns: Int32Array.from(rows, ([, column]) => column),
    anchors: Int32Array.from(rows, (_, index) => index),
    boxes: Float32Array.from(rows.flatMap(([, , ...box]) => box)),
  };
}

const defaults = { iouThreshold: 0.6, maxDetections: 100, classAgnostic: false };

describe('intersection over union', () => {
  test('of a box and its left half is one half', () => {
    expect(iou(Float32Array.of(0, 0, 2, 2, 0, 0, 2, 1), 0, 1)).toBe(0.5);
  });

  test('is 0 for boxes that only touch, and for boxes without area', () => {
    expect(iou(Float32Array.of(0, 0, 1, 1, 0, 1, 1, 2), 0, 1)).toBe(0);
    expect(iou(Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0), 0, 1)).toBe(0);
  });
});

describe('greedy suppression', () => {
  // The second overlaps the first by 8 of 12: IoU 2/3. The third by 6 of 14: IoU 3/7.
  const crowd = candidates([
    [0.5, 1, 0, 0, 10, 10],
    [0.9, 1, 0, 2, 10, 12],
    [0.8, 1, 0, 6, 10, 16],
    [0.7, 2, 0, 0, 10, 10],
  ]);

  test('keeps the best box of each heap, and leaves other classes alone', () => {
    expect(nms(crowd, defaults).indices).toEqual([1, 2, 3]);
  });

  test('over all classes lets a better box of another class suppress', () => {
    expect(nms(crowd, { ...defaults, classAgnostic: true }).indices).toEqual([1, 2]);
  });

  test('drops a box only if its IoU is over the threshold, not if equal', () => {
    const halves = candidates([
      [0.9, 1, 0, 0, 2, 2],
      [0.8, 1, 0, 0, 2, 1],
    ]);
    expect(nms(halves, { ...defaults, iouThreshold: 0.5 }).indices).toEqual([0, 1]);
    expect(nms(halves, { ...defaults, iouThreshold: 0.49 }).indices).toEqual([0]);
  });

  test('ends at maxDetections, counted over all classes', () => {
    expect(nms(crowd, { ...defaults, maxDetections: 2 }).indices).toEqual([1, 2]);
  });

  test('takes the lower number first among equal scores', () => {
    const equal = candidates([
      [0.5, 1, 0, 0, 1, 1],
      [0.5, 1, 5, 5, 6, 6],
      [0.5, 2, 0, 0, 1, 1],
    ]);
    expect(nms(equal, defaults).indices).toEqual([0, 1, 2]);
  });

  test('is what suppressing class by class and sorting after gives', () => {
    const coordinate = fc.integer({ min: 0, max: 8 });
    const side = fc.integer({ min: 0, max: 6 });
    const row = fc
      .tuple(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 3 }),
        coordinate,
        coordinate,
        side,
        side,
      )
      .map(
        ([score, column, y, x, h, w]) =>
          [score / 20, column, y, x, y + h, x + w] as [number, number, number, number, number, number],
      );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.integer({ min: 1, max: 8 }), (rows, maxDetections) => {
        const all = candidates(rows);
        const order = (a: number, b: number): number => (all.scores[b] ?? 0) - (all.scores[a] ?? 0) || a - b;
        const kept: number[] = [];
        for (const column of [1, 2, 3]) {
          const mine: number[] = [];
          const members = rows.map((_, index) => index).filter((index) => all.columns[index] === column);
          for (const index of members.sort(order)) {
            if (mine.every((other) => iou(all.boxes, other, index) <= 0.6)) mine.push(index);
          }
          kept.push(...mine);
        }
        const expected = kept.sort(order).slice(0, maxDetections);
        expect(nms(all, { ...defaults, maxDetections }).indices).toEqual(expected);
      }),
    );
  });
});

describe('soft suppression', () => {
  const halves = candidates([
    [0.9, 1, 0, 0, 2, 2],
    [0.8, 1, 0, 0, 2, 1],
    [0.7, 2, 0, 0, 2, 2],
  ]);
  const options = {
    sigma: 0.5,
    iouThreshold: 0.3,
    thresholds: new Float64Array(3).fill(0.1),
    maxDetections: 100,
  };

  test('by the Gaussian takes exp(-0.25 / 0.5) of a box that overlaps by half', () => {
    const { indices, scores } = softNms(halves, { ...options, decay: 'gaussian' });
    expect(indices).toEqual([0, 2, 1]);
    expect(scores[2]).toBeCloseTo(0.8 * Math.exp(-0.5), 6);
  });

  test('by the line takes half of it, and nothing below the IoU threshold', () => {
    expect(softNms(halves, { ...options, decay: 'linear' }).scores[2]).toBeCloseTo(0.4, 6);
    expect(softNms(halves, { ...options, decay: 'linear', iouThreshold: 0.5 }).scores[1]).toBeCloseTo(0.8, 6);
  });

  test('drops what falls below its class threshold', () => {
    const thresholds = Float64Array.of(0.1, 0.5, 0.1);
    expect(softNms(halves, { ...options, decay: 'gaussian', thresholds }).indices).toEqual([0, 2]);
  });
});
