import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeDivisible } from './width.ts';

test.each([
  [1, 8],
  [11.2, 16],
  [12, 16],
  [16, 16],
  [19.9, 24],
  [33.6, 32],
  [1792, 1792],
])('%f channels become %i', (channels, rounded) => {
  expect(makeDivisible(channels)).toBe(rounded);
});

test('Channels are a multiple of 8, never more than a tenth below what was asked for, and grow with it', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 4000, noNaN: true }), (channels) => {
      const rounded = makeDivisible(channels);
      expect(rounded % 8).toBe(0);
      expect(rounded).toBeGreaterThanOrEqual(Math.max(8, 0.9 * channels));
      expect(makeDivisible(channels * 1.01)).toBeGreaterThanOrEqual(rounded);
    }),
  );
});
