import { describe, expect, test } from 'vitest';
import { calibration } from './calibration.ts';
import { toyInput } from './fixtures/toy-evaluation.ts';

const box = (x: number) => [x, 0, 10, 10] as const;
const input = toyInput({
  images: [1],
  categories: [1],
  truths: [
    { image: 1, category: 1, box: box(0) },
    { image: 1, category: 1, box: box(100) },
    { image: 1, category: 1, box: box(300), crowd: true },
  ],
  detections: [
    { image: 1, category: 1, box: box(0), score: 1 },
    { image: 1, category: 1, box: box(100), score: 0.9 },
    { image: 1, category: 1, box: box(200), score: 0.95 },
    { image: 1, category: 1, box: box(300), score: 0.95 },
    { image: 1, category: 1, box: box(400), score: 0.2 },
    { image: 1, category: 1, box: box(500), score: 0 },
  ],
});

describe('calibration', () => {
  test('compares scores with the share that is right', () => {
    const { bins, count, expectedError, largestError } = calibration(input, { bins: 2 });
    expect(bins).toEqual([
      { from: 0, to: 0.5, count: 2, confidence: 0.1, precision: 0 },
      { from: 0.5, to: 1, count: 3, confidence: expect.closeTo(0.95, 12), precision: 2 / 3 },
    ]);
    expect(count).toBe(5);
    expect(largestError).toBeCloseTo(0.95 - 2 / 3, 12);
    expect(expectedError).toBeCloseTo((2 * 0.1 + 3 * (0.95 - 2 / 3)) / 5, 12);
  });

  test('puts a score on a border into the lower bin, and says -1 of empty ones', () => {
    const { bins } = calibration(input, { bins: 10 });
    expect(bins.map((bin) => bin.count)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 1, 2]);
    expect(bins[3]).toMatchObject({ confidence: -1, precision: -1 });
  });

  test('leaves out what is below the score threshold', () => {
    expect(calibration(input, { scoreThreshold: 0.2 }).count).toBe(4);
    expect(calibration(input, { scoreThreshold: 1.5 })).toMatchObject({ count: 0, expectedError: -1 });
  });

  test('refuses scores that are no probabilities', () => {
    const logits = { ...input, detections: { ...input.detections, scores: new Float64Array(6).fill(3.5) } };
    expect(() => calibration(logits)).toThrow(/3\.5 is no probability/);
    expect(() => calibration(input, { bins: 0 })).toThrow(/0 bins/);
  });
});
