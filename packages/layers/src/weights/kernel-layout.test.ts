import fc from 'fast-check';
import { expect, test } from 'vitest';
import { depthwiseToHwio, depthwiseToOihw, hwioToOihw, oihwToHwio } from './kernel-layout.ts';
import { sizeOf } from './weights.ts';

function counting(shape: readonly number[]) {
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, index) => index) };
}

test('A 1 x 2 kernel from two channels to three moves its axes', () => {
  const { shape, data } = hwioToOihw(counting([1, 2, 2, 3]));
  expect(shape).toEqual([3, 2, 1, 2]);
  expect([...data]).toEqual([0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]);
});

test('A depthwise kernel has its channels first in PyTorch', () => {
  const { shape, data } = depthwiseToOihw(counting([2, 1, 3, 1]));
  expect(shape).toEqual([3, 1, 2, 1]);
  expect([...data]).toEqual([0, 3, 1, 4, 2, 5]);
});

test('Both ways and back give the same kernel', () => {
  const side = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(
      side,
      side,
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 70 }),
      (h, w, i, o) => {
        const kernel = counting([h, w, i, o]);
        expect(oihwToHwio(hwioToOihw(kernel))).toEqual(kernel);
        const depthwise = counting([h, w, i, 1]);
        expect(depthwiseToHwio(depthwiseToOihw(depthwise))).toEqual(depthwise);
      },
    ),
    { numRuns: 30 },
  );
});
