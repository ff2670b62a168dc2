import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accumulate } from '../metric/accumulate.ts';
import { makeGroups } from '../metric/groups.ts';
import { matchAll } from '../metric/match.ts';
import { overlapsOf } from '../metric/overlaps-of.ts';
import { summarize } from '../metric/summarize.ts';
import type { EvaluationInput } from './evaluation-input.ts';
import { anyToy, toyInput } from './fixtures/toy-evaluation.ts';
import { imageFigures } from './image-figures.ts';

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

describe('imageFigures', () => {
  test('counts what was found, invented and missed on each image', () => {
    const figures = imageFigures(
      toyInput({
        images: [1, 2, 3],
        categories: [1],
        truths: [
          { image: 1, category: 1, box: [0, 0, 10, 10] },
          { image: 1, category: 1, box: [20, 0, 10, 10] },
          { image: 2, category: 1, box: [0, 0, 10, 10], crowd: true },
        ],
        detections: [
          { image: 1, category: 1, box: [0, 0, 10, 10], score: 0.9 },
          { image: 1, category: 1, box: [50, 0, 10, 10], score: 0.8 },
          { image: 3, category: 1, box: [50, 0, 10, 10], score: 0.2 },
        ],
      }),
      { scoreThreshold: 0.5 },
    );
    expect(figures[0]).toMatchObject({
      imageId: 1,
      truths: 2,
      truePositives: 1,
      falsePositives: 1,
      missed: 1,
      AR: 0.5,
    });
    // Recalls 0 to 0.50 have precision 1, the other fifty none.
    expect(figures[0]?.AP).toBeCloseTo(51 / 101, 12);
    expect(figures[1]).toEqual({
      imageId: 2,
      AP: -1,
      AR: -1,
      truths: 0,
      truePositives: 0,
      falsePositives: 0,
      missed: 0,
    });
    expect(figures[2]).toMatchObject({ falsePositives: 0 });
  });

  test('gives the AP and AR that an evaluation of the one image gives', () => {
    fc.assert(
      fc.property(anyToy, (toy) => {
        for (const { imageId, AP, AR } of imageFigures(toyInput(toy))) {
          const alone = stats(toyInput(toy, { imageIds: [imageId] }));
          expect(AP).toBeCloseTo(alone.AP ?? Number.NaN, 12);
          expect(AR).toBeCloseTo(alone.AR100 ?? Number.NaN, 12);
        }
      }),
      { numRuns: 50 },
    );
  });
});
