import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accumulate } from '../metric/accumulate.ts';
import { makeGroups } from '../metric/groups.ts';
import { matchAll } from '../metric/match.ts';
import { overlapsOf } from '../metric/overlaps-of.ts';
import { summarize } from '../metric/summarize.ts';
import { compareResults } from './compare-results.ts';
import type { EvaluationInput } from './evaluation-input.ts';
import { anyToy, type Toy, toyDetections, toyInput } from './fixtures/toy-evaluation.ts';
import { randomIndices } from './random-numbers.ts';
import { resampler } from './resampled-figures.ts';

function stats({ truths, detections, params }: EvaluationInput) {
  const groups = makeGroups(truths, detections, params);
  const matches = matchAll(truths, detections, groups, {
    params,
    overlaps: overlapsOf(truths, detections, params),
    keepMatches: false,
    corrected: false,
  });
  return summarize(accumulate(groups, matches, detections, params), params);
}

/** Every image as often as its weight says, as images of their own. */
function multiply(toy: Toy, weights: readonly number[]): Toy {
  const copies = (image: number): number[] =>
    Array.from({ length: weights[image - 1] ?? 0 }, (_, copy) => image * 10 + copy);
  return {
    categories: toy.categories,
    images: toy.images.flatMap(copies),
    truths: toy.truths.flatMap((truth) => copies(truth.image).map((image) => ({ ...truth, image }))),
    detections: toy.detections.flatMap((one) => copies(one.image).map((image) => ({ ...one, image }))),
  };
}

describe('resampler', () => {
  test('gives what an evaluation of the same images gives, to the last bit', () => {
    fc.assert(
      fc.property(
        anyToy,
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }),
        (toy, weights) => {
          const whole = stats(toyInput(multiply(toy, weights)));
          const figures = resampler(toyInput(toy))(Int32Array.from(weights)).stats;
          expect(Object.keys(figures)).toEqual([
            ...['AP', 'AP50', 'AP75', 'APsmall', 'APmedium', 'APlarge'],
            ...['AR100', 'ARsmall', 'ARmedium', 'ARlarge'],
          ]);
          for (const [name, figure] of Object.entries(figures))
            expect([name, figure]).toEqual([name, whole[name]]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('compareResults', () => {
  const images = Array.from({ length: 40 }, (_, i) => i + 1);
  const toy: Toy = {
    images,
    categories: [1],
    truths: images.map((image) => ({ image, category: 1, box: [0, 0, 50, 50] })),
    detections: images.map((image) => ({
      image,
      category: 1,
      box: [0, 0, 50, image % 2 ? 50 : 20],
      score: image / 100,
    })),
  };
  const a = toyInput(toy);
  const with_ = (detections: Toy['detections']): EvaluationInput => ({
    ...a,
    detections: toyDetections(detections),
  });

  test('sees no difference between equal results', () => {
    const { stats: same } = compareResults({ a, b: a, resamples: 50 });
    expect(same.AP).toMatchObject({
      difference: 0,
      interval: [0, 0],
      standardError: 0,
      pValue: 1,
      resamples: 50,
    });
  });

  test('is sure of a difference that every draw shows', () => {
    const better = with_(toy.detections.map((one) => ({ ...one, box: [0, 0, 50, 50] })));
    const { stats: figures, perCategory } = compareResults({ a, b: better, resamples: 200, seed: 7 });
    expect(figures.AP?.pValue).toBe(0);
    expect(figures.AP?.interval[0]).toBeGreaterThan(0.2);
    expect(figures.AP?.interval[0]).toBeLessThan(figures.AP?.difference ?? 0);
    expect(figures.AP?.difference).toBe((figures.AP?.b ?? 0) - (figures.AP?.a ?? 0));
    expect(perCategory[0]).toEqual({ categoryId: 1, ...figures.AP });
    expect(figures.APsmall).toMatchObject({ a: -1, b: -1, difference: Number.NaN, resamples: 0 });
  });

  test('is not sure of one detection more', () => {
    const hardly = with_(
      toy.detections.map((one) => (one.image === 2 ? { ...one, box: [0, 0, 50, 50] as const } : one)),
    );
    const { AP } = compareResults({ a, b: hardly, resamples: 200 }).stats;
    expect(AP?.difference).toBeGreaterThan(0);
    expect(AP?.pValue).toBeGreaterThan(0.3);
  });

  test('draws the same with the same seed, and something else with another', () => {
    const b = with_(toy.detections.slice(3));
    const run = (seed: number) => compareResults({ a, b, seed, resamples: 20 }).stats.AP?.interval;
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });

  test('refuses results on different ground truths and options out of range', () => {
    const other = toyInput({ ...toy, truths: toy.truths.slice(1) });
    expect(() => compareResults({ a, b: other })).toThrow(/different ground truths/);
    const fewer = { ...a, params: { ...a.params, maxDetections: [1, 10, 20] } };
    expect(() => compareResults({ a, b: fewer })).toThrow(/different parameters/);
    expect(() => compareResults({ a, b: a, resamples: 0 })).toThrow(/0 resamples/);
    expect(() => compareResults({ a, b: a, seed: 0.5 })).toThrow(/seed 0\.5/);
    expect(() => compareResults({ a, b: a, confidence: 1 })).toThrow(/confidence of 1/);
  });
});

test('random indices favour none', () => {
  const draw = randomIndices(1);
  const counts = new Int32Array(7);
  for (let i = 0; i < 70_000; i++) {
    const index = draw(7);
    counts[index] = (counts[index] as number) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(9_600);
  expect(Math.max(...counts)).toBeLessThan(10_400);
});
