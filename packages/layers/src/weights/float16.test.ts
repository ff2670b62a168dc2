import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBfloat16, fromFloat16, toFloat16 } from './float16.ts';

const every = Uint16Array.from({ length: 0x1_0000 }, (_, bits) => bits);
const half = (value: number): number => toFloat16(Float32Array.of(value))[0] ?? -1;

describe('float16', () => {
  test.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [1 / 3, 0x3555],
    [65504, 0x7bff],
    [65519.996, 0x7bff],
    [65520, 0x7c00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.0001, 0x0001],
    [3 * 2 ** -25, 0x0002],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 + 2 ** -11 + 2 ** -20, 0x3c01],
    [2 ** -14 - 2 ** -25, 0x0400],
    [2 ** -149, 0x0000],
  ])('writes %d as the IEEE bits, ties to even', (value, bits) => {
    expect(half(value)).toBe(bits);
  });

  test('keeps every half through float32 and back', () => {
    const values = fromFloat16(every);
    const back = toFloat16(values);
    for (const bits of every) {
      const isNotANumber = (bits & 0x7c00) === 0x7c00 && (bits & 0x03ff) !== 0;
      if (isNotANumber) expect(values[bits]).toBeNaN();
      else if (back[bits] !== bits) throw new Error(`${bits} became ${back[bits]}`);
    }
  });

  test('reads every half as the value that its fields say', () => {
    const values = fromFloat16(every);
    for (const bits of every) {
      const sign = bits & 0x8000 ? -1 : 1;
      const exponent = (bits >> 10) & 31;
      const fraction = (bits & 0x03ff) / 1024;
      const value = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
      if (exponent < 31 && !Object.is(values[bits], sign * value))
        throw new Error(`${bits} is ${values[bits]}`);
    }
  });

  test('rounds to the nearest half', () => {
    const values = fromFloat16(every.subarray(0, 0x7c00));
    fc.assert(
      fc.property(fc.float({ min: 0, max: 65504, noNaN: true }), (value) => {
        const bits = half(value);
        const error = Math.abs((values[bits] ?? 0) - value);
        for (const neighbour of [bits - 1, bits + 1]) {
          const other = values[neighbour];
          if (other === undefined) continue;
          const otherError = Math.abs(other - value);
          expect(error < otherError || (error === otherError && bits % 2 === 0)).toBe(true);
        }
      }),
    );
  });

  test('keeps NaN', () => {
    expect(fromFloat16(toFloat16(Float32Array.of(Number.NaN)))[0]).toBeNaN();
  });
});

test('bfloat16 is the upper half of a float32', () => {
  expect([...fromBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x0001))]).toEqual([
    1,
    -2,
    Number.POSITIVE_INFINITY,
    2 ** -133,
  ]);
});
