import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSeen, encodeSeen } from './encode-seen.ts';

const seen = {
  count: 2,
  columns: Int32Array.of(1, 90),
  scores: Float64Array.of(0.9, 0.02),
  boxes: Float32Array.of(1, 2, 3, 4, 5.5, 6, 7, 8),
  regions: [{ x: 0, y: 10, width: 640, height: 480 }],
  magnification: 0.54,
};

test('What a view saw is the same after writing and reading, at any place in memory', () => {
  expect(decodeSeen(encodeSeen(seen))).toEqual(seen);
  const bytes = encodeSeen(seen);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(decodeSeen(shifted.subarray(3))).toEqual(seen);
  const nothing = {
    ...seen,
    count: 0,
    columns: new Int32Array(),
    scores: new Float64Array(),
    boxes: new Float32Array(),
  };
  expect(decodeSeen(encodeSeen(nothing))).toEqual(nothing);
});

test('Bytes that are cut short, longer, or something else are nothing', () => {
  const bytes = encodeSeen(seen);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), (length) => {
      expect(decodeSeen(bytes.subarray(0, length))).toBeUndefined();
    }),
  );
  expect(decodeSeen(Uint8Array.of(...bytes, 0))).toBeUndefined();
  for (const place of [0, 4, 8, 12]) {
    const other = bytes.slice();
    other[place] = (other[place] as number) ^ 0xff;
    expect(decodeSeen(other)).toBeUndefined();
  }
});
