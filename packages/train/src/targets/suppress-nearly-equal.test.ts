import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suppressNearlyEqual } from './suppress-nearly-equal.ts';

const { fround } = Math;

/** Every box against every box that is kept. */
function slow(boxes: Float32Array, order: Int32Array, threshold: number, most: number): number[] {
  const kept: number[] = [];
  for (const box of order) {
    if (kept.length === most) break;
    if (!kept.some((other) => overlap(boxes, box, other) > fround(threshold))) kept.push(box);
  }
  return kept;
}

function overlap(boxes: Float32Array, a: number, b: number): number {
  const [t = 0, l = 0, u = 0, r = 0] = boxes.subarray(a * 4, a * 4 + 4);
  const [T = 0, L = 0, U = 0, R = 0] = boxes.subarray(b * 4, b * 4 + 4);
  const height = fround(Math.min(u, U) - Math.max(t, T));
  const width = fround(Math.min(r, R) - Math.max(l, L));
  if (!(height > 0 && width > 0)) return 0;
  const intersection = fround(height * width);
  const areas = fround(fround(fround(u - t) * fround(r - l)) + fround(fround(U - T) * fround(R - L)));
  return fround(intersection / fround(areas - intersection));
}

test('Suppression among neighbours by area is suppression among all', () => {
  const box = fc.tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 95, max: 105 }),
  );
  fc.assert(
    fc.property(
      fc.array(box, { minLength: 1, maxLength: 60 }),
      fc.constantFrom(0.9, 0.97, 0.99),
      fc.integer({ min: 1, max: 60 }),
      (list, iouThreshold, most) => {
        const boxes = Float32Array.from(
          list.flatMap(([y, x, side]) => [y, x, y + side, x + side]).map((v) => v / 300),
        );
        const order = Int32Array.from(list, (_, index) => (index * 7) % list.length);
        const unique = Int32Array.from(new Set(order));
        expect([...suppressNearlyEqual(boxes, { order: unique, iouThreshold, most })]).toEqual(
          slow(boxes, unique, iouThreshold, most),
        );
      },
    ),
  );
});
