import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorCosts } from './error-costs.ts';
import { type ErrorKind, errorKinds, findErrors } from './error-kinds.ts';
import { anyToy, type ToyDetection, type ToyTruth, toyInput } from './fixtures/toy-evaluation.ts';
import { matchAt } from './match-at.ts';

const cat = 1;
const dog = 2;
const one = (truths: readonly ToyTruth[], detections: readonly ToyDetection[]) =>
  toyInput({ images: [1], categories: [cat, dog], truths, detections });

const truth: ToyTruth = { image: 1, category: cat, box: [0, 0, 10, 10] };

describe('findErrors', () => {
  const kindsOf = (truths: readonly ToyTruth[], detections: readonly ToyDetection[]): ErrorKind[] => {
    const input = one(truths, detections);
    return findErrors(input, matchAt(input, 0.5), 0.1).errors.map(({ kind }) => kind);
  };
  const detection = { image: 1, score: 0.5 };

  test.for<[string, ErrorKind, Pick<ToyDetection, 'category' | 'box'>]>([
    ['the wrong category on a well placed box', 'classification', { category: dog, box: [0, 0, 10, 9] }],
    ['a badly placed box', 'localization', { category: cat, box: [0, 0, 10, 4] }],
    ['the wrong category on a badly placed box', 'both', { category: dog, box: [0, 0, 10, 4] }],
    ['a box beside everything', 'background', { category: cat, box: [50, 50, 10, 10] }],
    ['a box that hardly touches', 'background', { category: cat, box: [9, 0, 10, 10] }],
  ])('names %s: %s', ([, kind, wrong]) => {
    expect(kindsOf([truth], [{ ...detection, ...wrong }])).toEqual([kind]);
  });

  test('calls the second detection of an object a duplicate', () => {
    expect(
      kindsOf(
        [truth],
        [
          { ...detection, category: cat, box: truth.box, score: 0.9 },
          { ...detection, category: cat, box: truth.box },
        ],
      ),
    ).toEqual(['duplicate']);
  });

  test('misses an object only if no detection is nearly right about it', () => {
    const input = one(
      [truth, { image: 1, category: cat, box: [100, 0, 10, 10] }],
      [{ ...detection, category: cat, box: [0, 0, 10, 4] }],
    );
    const found = findErrors(input, matchAt(input, 0.5), 0.1);
    expect(found.unmatched).toEqual([0, 1]);
    expect(found.missed).toEqual([1]);
  });
});

describe('errorCosts', () => {
  test('costs the AP that the correction would give', () => {
    const costs = errorCosts(one([truth], [{ image: 1, category: dog, score: 0.9, box: [0, 0, 10, 10] }]));
    expect(costs.AP).toBe(0);
    expect(costs.kinds.classification).toEqual({ count: 1, cost: expect.closeTo(1, 12) });
    expect(costs.kinds.missed).toEqual({ count: 0, cost: 0 });
    expect(costs.falsePositives).toEqual({ count: 1, cost: 0 });
    // The only object is forgiven: there is nothing to gain.
    expect(costs.falseNegatives).toEqual({ count: 1, cost: 0 });
  });

  test('a category that is missed altogether does not count once it is forgiven, unless something was detected of it', () => {
    const dogs = { image: 1, category: dog, box: [100, 0, 10, 10] } as const;
    const found = { ...truth, score: 0.9 };
    const elsewhere = { image: 1, category: dog, box: [300, 0, 10, 10], score: 0.5 } as const;
    expect(errorCosts(one([truth, dogs], [found])).kinds.missed).toEqual({
      count: 1,
      cost: expect.closeTo(0.5, 12),
    });
    expect(errorCosts(one([truth, dogs], [found, elsewhere])).kinds.missed).toEqual({ count: 1, cost: 0 });
  });

  test('corrects only the best of several errors about one object', () => {
    const costs = errorCosts(
      one(
        [truth, { image: 1, category: cat, box: [100, 0, 10, 10] }],
        [
          { image: 1, category: cat, score: 0.9, box: [0, 0, 10, 4] },
          { image: 1, category: cat, score: 0.8, box: [0, 0, 10, 3] },
          { image: 1, category: cat, score: 0.7, box: [100, 0, 10, 10] },
        ],
      ),
    );
    // Before: one of two objects, third in the ranking. After: both, without a false positive.
    expect(costs.AP).toBeCloseTo((51 / 101) * (1 / 3), 12);
    expect(costs.kinds.localization).toEqual({
      count: 2,
      cost: expect.closeTo(1 - (51 / 101) * (1 / 3), 12),
    });
  });

  test('forgives missed objects', () => {
    const costs = errorCosts(
      one(
        [truth, { image: 1, category: cat, box: [100, 0, 10, 10] }],
        [{ image: 1, category: cat, score: 0.9, box: truth.box }],
      ),
    );
    expect(costs.kinds.missed).toEqual({ count: 1, cost: expect.closeTo(1 - 51 / 101, 12) });
    expect(costs.falseNegatives.cost).toBeCloseTo(1 - 51 / 101, 12);
  });

  test('explains every false positive once, and leaves no AP beyond reach', () => {
    fc.assert(
      fc.property(anyToy, (toy) => {
        const costs = errorCosts(toyInput(toy));
        const wrong = errorKinds.filter((kind) => kind !== 'missed');
        expect(wrong.reduce((sum, kind) => sum + costs.kinds[kind].count, 0)).toBe(
          costs.falsePositives.count,
        );
        for (const kind of errorKinds) {
          expect(costs.perCategory.reduce((sum, own) => sum + own.kinds[kind].count, 0)).toBe(
            costs.kinds[kind].count,
          );
          expect(costs.kinds[kind].cost).toBeGreaterThanOrEqual(0);
          if (costs.AP >= 0) expect(costs.AP + costs.kinds[kind].cost).toBeLessThanOrEqual(1);
          if (costs.kinds[kind].count === 0) expect(costs.kinds[kind].cost).toBe(0);
        }
      }),
    );
  });

  test('refuses thresholds that do not fit each other', () => {
    expect(() => errorCosts(one([], []), { backgroundThreshold: 0.6 })).toThrow(/0\.6 does not fit/);
  });
});
