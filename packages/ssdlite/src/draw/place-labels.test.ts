import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BoxXywh } from '../detection.ts';
import { placeLabels } from './place-labels.ts';

const area = { x: 0, y: 0, width: 200, height: 100 };
const box = (x: number, y: number, width: number, height: number): BoxXywh => ({ x, y, width, height });
/** Places labels of 40 x 10. */
const place = (...boxes: BoxXywh[]) =>
  placeLabels(
    boxes.map((each) => ({ box: each, width: 40, height: 10 })),
    area,
  ).map(({ x, y }) => [x, y]);

test('a label stands on its box, at the left corner', () => {
  expect(place(box(50, 30, 60, 50))).toEqual([[50, 20]]);
});

test('at the top of the picture it moves inside the box', () => {
  expect(place(box(50, 5, 60, 50))).toEqual([[50, 5]]);
});

test('at the right border it is shifted onto the picture', () => {
  expect(place(box(180, 30, 20, 60))).toEqual([[160, 20]]);
});

test('under the top border it stands below a box that is too small to hold it', () => {
  expect(place(box(50, 0, 8, 8))).toEqual([[50, 8]]);
});

test('a second label at the same box takes the other corner', () => {
  expect(place(box(50, 30, 100, 60), box(50, 30, 100, 60))).toEqual([
    [50, 20],
    [110, 20],
  ]);
});

test('labels of boxes that are one stack up and do not cover one another', () => {
  const labels = Array.from({ length: 8 }, () => ({ box: box(50, 40, 45, 45), width: 40, height: 10 }));
  const places = placeLabels(labels, area);
  for (const [i, a] of places.entries()) {
    for (const b of places.slice(i + 1))
      expect(Math.abs(a.y - b.y) >= 10 || Math.abs(a.x - b.x) >= 40).toBe(true);
  }
});

test('a label does not hide a small object if it can stand elsewhere', () => {
  const [large] = place(box(50, 40, 60, 50), box(50, 30, 30, 8));
  expect(large).toEqual([50, 40]); // inside, since the small one lies above
});

test('every label lies on the picture', () => {
  const side = fc.double({ min: 0, max: 60, noNaN: true });
  const label = fc.record({
    box: fc.record({
      x: fc.double({ min: 0, max: 140, noNaN: true }),
      y: side,
      width: side,
      height: fc.double({ min: 0, max: 40, noNaN: true }),
    }),
    width: fc.double({ min: 1, max: 200, noNaN: true }),
    height: fc.double({ min: 1, max: 100, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(label, { maxLength: 12 }), (labels) => {
      for (const { x, y, width, height } of placeLabels(labels, area)) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(200.000001);
        expect(y + height).toBeLessThanOrEqual(100.000001);
      }
    }),
  );
});
