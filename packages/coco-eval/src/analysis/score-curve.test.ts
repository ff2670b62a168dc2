import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyToy, toyInput } from './fixtures/toy-evaluation.ts';
import { matchAt } from './match-at.ts';
import { bestF1, operatingPoint, scoreCurves } from './score-curve.ts';

const input = toyInput({
  images: [1],
  categories: [1, 2],
  truths: [
    { image: 1, category: 1, box: [0, 0, 10, 10] },
    { image: 1, category: 1, box: [100, 0, 10, 10] },
  ],
  detections: [
    { image: 1, category: 1, box: [0, 0, 10, 10], score: 0.9 },
    { image: 1, category: 1, box: [50, 0, 10, 10], score: 0.8 },
    { image: 1, category: 1, box: [100, 0, 10, 10], score: 0.8 },
    { image: 1, category: 1, box: [0, 0, 10, 10], score: 0.3 },
    { image: 1, category: 2, box: [0, 0, 10, 10], score: 0.2 },
  ],
});

describe('scoreCurves', () => {
  const { overall, perCategory } = scoreCurves(matchAt(input, 0.5));

  test('counts at every score that occurs', () => {
    expect([...(perCategory[0]?.scores ?? [])]).toEqual([0.9, 0.8, 0.3]);
    expect([...(perCategory[0]?.truePositives ?? [])]).toEqual([1, 2, 2]);
    expect([...(perCategory[0]?.falsePositives ?? [])]).toEqual([0, 1, 2]);
  });

  test('counts detections of a category without ground truth as false positives overall', () => {
    expect([...overall.falsePositives]).toEqual([0, 1, 2, 3]);
    expect(operatingPoint(overall, 0)).toEqual({
      scoreThreshold: 0,
      truePositives: 2,
      falsePositives: 3,
      falseNegatives: 0,
      precision: 2 / 5,
      recall: 1,
      f1: 4 / 7,
    });
  });

  test('keeps detections of exactly the threshold, and none above the best', () => {
    expect(operatingPoint(overall, 0.8).truePositives).toBe(2);
    expect(operatingPoint(overall, 0.81).truePositives).toBe(1);
    expect(operatingPoint(overall, 1)).toMatchObject({ precision: -1, recall: 0, f1: 0, falseNegatives: 2 });
  });

  test('says -1 where nothing can be measured', () => {
    const [, empty] = perCategory;
    expect(empty && operatingPoint(empty, 0)).toMatchObject({ precision: 0, recall: -1, f1: 0 });
    expect(empty && operatingPoint(empty, 0.5)).toMatchObject({ precision: -1, recall: -1, f1: -1 });
  });
});

describe('bestF1', () => {
  test('finds the threshold with the best F1', () => {
    expect(bestF1(scoreCurves(matchAt(input, 0.5)).overall)).toMatchObject({
      scoreThreshold: 0.8,
      f1: 4 / 5,
    });
  });

  test('is at least as good as every threshold one could choose', () => {
    fc.assert(
      fc.property(anyToy, fc.double({ min: 0, max: 1, noNaN: true }), (toy, threshold) => {
        for (const curve of scoreCurves(matchAt(toyInput(toy), 0.5)).perCategory) {
          if (curve.scores.length === 0) continue;
          const best = bestF1(curve);
          const other = operatingPoint(curve, threshold);
          if (other.truePositives + other.falsePositives > 0)
            expect(best.f1).toBeGreaterThanOrEqual(other.f1);
          expect(operatingPoint(curve, best.scoreThreshold)).toEqual(best);
        }
      }),
    );
  });
});
