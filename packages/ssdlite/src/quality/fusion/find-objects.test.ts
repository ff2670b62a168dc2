import fc from 'fast-check';
import { expect, test } from 'vitest';
import { iou } from '../../boxes/iou.ts';
import { findObjects } from './find-objects.ts';

/** [ymin, xmin, ymax, xmax] each. */
const list = (...boxes: readonly (readonly [number, number, number, number])[]) =>
  Float32Array.from(boxes.flat());
const options = { overlap: 0.6, mostObjects: 10 };

test('A box that overlaps an earlier one by more than 0.6 is of its object', () => {
  // IoU with the first: 9 / 11, 0.5, 0.
  const { centres, objectOf, overlaps } = findObjects(
    list([0, 0, 10, 10], [0, 1, 10, 11], [0, 0, 10, 5], [20, 20, 30, 30]),
    options,
  );
  expect(centres).toEqual([0, 2, 3]);
  expect([...objectOf]).toEqual([0, 0, 1, 2]);
  expect(overlaps[1]).toBeCloseTo(9 / 11, 6);
});

test('A box joins a later centre that it overlaps more', () => {
  // The second has 7 / 13 with the first, so it is a centre; the third 8 / 12 with the first and 9 / 11 with the second.
  const { centres, objectOf } = findObjects(list([0, 0, 10, 10], [0, 3, 10, 13], [0, 2, 10, 12]), options);
  expect(centres).toEqual([0, 1]);
  expect([...objectOf]).toEqual([0, 1, 1]);
});

test('What is left when there are enough objects joins one or none', () => {
  const { centres, objectOf } = findObjects(list([0, 0, 10, 10], [20, 20, 30, 30], [0, 0, 10, 9]), {
    overlap: 0.6,
    mostObjects: 1,
  });
  expect(centres).toEqual([0]);
  expect([...objectOf]).toEqual([0, -1, 0]);
});

test('A box without area is an object of no boxes', () => {
  expect([...findObjects(list([5, 5, 5, 9]), options).objectOf]).toEqual([-1]);
});

test('It finds what comparing every box with every centre finds', () => {
  const side = fc.integer({ min: 1, max: 12 });
  const box = fc
    .tuple(side, side, side, side)
    .map(([y, x, height, width]) => [y, x, y + height, x + width] as const);
  fc.assert(
    fc.property(fc.array(box, { maxLength: 30 }), (boxes) => {
      const flat = list(...boxes);
      const centres: number[] = [];
      for (const index of boxes.keys()) {
        if (centres.every((centre) => iou(flat, centre, index) <= 0.6)) centres.push(index);
      }
      const found = findObjects(flat, { overlap: 0.6, mostObjects: 100 });
      expect(found.centres).toEqual(centres);
      for (const [index, object] of found.objectOf.entries()) {
        const highest = Math.max(...centres.map((centre) => iou(flat, centre, index)));
        const expected = centres.findIndex((centre) => iou(flat, centre, index) === highest);
        expect(object).toBe(highest >= 0.6 ? expected : -1);
      }
    }),
  );
});
