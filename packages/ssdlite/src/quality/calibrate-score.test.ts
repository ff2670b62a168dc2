import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calibrateScore, uncalibrateScore } from './calibrate-score.ts';

test('A mean of 0.31 over several views is 0.5, that of one view is itself', () => {
  // The logit of 0.31 is -0.8.
  expect(calibrateScore(1 / (1 + Math.exp(0.8)), 4)).toBeCloseTo(0.5, 12);
  expect(calibrateScore(0.31, 1)).toBe(0.31);
});

test('Nothing and certainty stay, and so does what is not wanted', () => {
  expect([0, 1].map((score) => calibrateScore(score, 5))).toEqual([0, 1]);
  expect(uncalibrateScore(Number.POSITIVE_INFINITY, 5)).toBe(Number.POSITIVE_INFINITY);
});

test('One is the inverse of the other, and keeps the order', () => {
  const score = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(score, score, fc.integer({ min: 1, max: 9 }), (a, b, views) => {
      expect(uncalibrateScore(calibrateScore(a, views), views)).toBeCloseTo(a, 9);
      if (a < b) expect(calibrateScore(a, views)).toBeLessThanOrEqual(calibrateScore(b, views));
    }),
  );
});
