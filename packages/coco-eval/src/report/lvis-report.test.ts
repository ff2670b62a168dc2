// What a report says by LVIS's rules.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyze } from '../analysis/analyze.ts';
import { evaluateLvis } from '../analysis/evaluate-lvis.ts';
import { anyToy } from '../analysis/fixtures/toy-evaluation.ts';
import { prepareInput } from '../prepare-evaluation.ts';
import { evaluationReport } from './evaluation-report.ts';
import { federatedDetections, federatedPets } from './fixtures/federated.ts';

const { evaluation, stats } = evaluateLvis(
  prepareInput(federatedPets, federatedDetections, { crowdsOptional: true }),
);
const report = evaluationReport(evaluation);
const [all, cat, dog] = report.subjects;

describe("the report of an evaluation by LVIS's rules", () => {
  test('has the AP of rare, common and frequent categories beside the others', () => {
    // The cat is found after a wrong one: precision 1/2 at every recall. Dogs are found without a mistake.
    expect(Object.entries(all?.stats ?? {}).map(([name, value]) => [name, Number(value.toFixed(6))])).toEqual(
      [
        ['AP', 0.75],
        ['AP50', 0.75],
        ['AP75', 0.75],
        ['APsmall', 0.5],
        ['APmedium', 1],
        ['APlarge', -1],
        ['APr', 0.5],
        ['APc', -1],
        ['APf', 1],
        ['AR300', 1],
        ['ARsmall', 1],
        ['ARmedium', 1],
        ['ARlarge', -1],
      ],
    );
    expect(all?.stats).toEqual(stats);
  });

  test('has the figures of each category, and how frequent it is', () => {
    expect([cat?.name, cat?.frequency, cat?.truths, cat?.detections]).toEqual(['cat', 'rare', 1, 2]);
    expect([dog?.name, dog?.frequency, dog?.truths, dog?.detections]).toEqual(['dog', 'frequent', 2, 3]);
    expect(Object.keys(cat?.stats ?? {})).toEqual(
      Object.keys(stats).filter((name) => !['APr', 'APc', 'APf'].includes(name)),
    );
    expect([cat?.stats.AP, cat?.stats.APmedium, dog?.stats.AP]).toEqual([
      expect.closeTo(0.5, 12),
      -1,
      expect.closeTo(1, 12),
    ]);
    expect(all?.frequency).toBeUndefined();
  });

  test('counts only what is known to be right or wrong', () => {
    // Not the cat of which nothing is known, nor the dog that may be there.
    expect(report.counts).toEqual({ images: 2, categories: 2, truths: 3, detections: 5 });
    expect([all?.right[0], all?.wrong[0]]).toEqual([3, 1]);
    expect(all?.errors.filter(({ count }) => count > 0)).toEqual([
      { kind: 'background', count: 1, cost: expect.closeTo(0.25, 12) },
    ]);
    expect(report.pictures.map(({ group, name, note }) => [group, name, note])).toEqual([
      ['False positives', 'val2017/one.png', '1 wrong, 0 missed, 2 right'],
    ]);
  });

  test('is without what has no meaning where categories are annotated on some pictures only', () => {
    expect(report.rules).toBe('lvis');
    expect([report.confusions, ...report.subjects.map(({ calibration }) => calibration)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('analyses what its figures are of: the AP that errors are taken from is AP50', () => {
    fc.assert(
      fc.property(
        anyToy.filter(({ detections }) => detections.length > 0),
        fc.infiniteStream(fc.integer({ min: 0, max: 2 })),
        (toy, draws) => {
          const some = (): number[] => toy.categories.filter(() => draws.next().value === 0);
          const input = prepareInput(
            {
              images: toy.images.map((id) => ({
                id,
                neg_category_ids: some(),
                not_exhaustive_category_ids: some(),
              })),
              categories: toy.categories.map((id) => ({ id, frequency: 'f' })),
              annotations: toy.truths.map(({ image, category, box }, place) => ({
                id: place + 1,
                image_id: image,
                category_id: category,
                bbox: box,
                area: box[2] * box[3],
                iscrowd: 0,
              })),
            },
            {
              imageIds: toy.detections.map(({ image }) => image),
              categoryIds: toy.detections.map(({ category }) => category),
              scores: toy.detections.map(({ score }) => score),
              boxes: toy.detections.flatMap(({ box }) => box),
            },
          );
          const made = evaluateLvis(input);
          expect(analyze(made.evaluation).errors.AP).toBeCloseTo(made.stats.AP50 ?? 0, 12);
        },
      ),
      { numRuns: 100 },
    );
  });
});
