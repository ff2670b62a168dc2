import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { analyze } from '../analysis/analyze.ts';
import { compareResults } from '../analysis/compare-results.ts';
import { vocAp } from '../analysis/voc-ap.ts';
import { figuresOf } from '../figures.ts';
import { toyResults, toyTruth } from '../node/command/fixtures/toy-files.ts';
import { prepareEvaluation } from '../prepare-evaluation.ts';
import { figuresJson } from './figures-json.ts';

function everything(): object {
  const evaluation = prepareEvaluation(toyTruth, toyResults);
  const figures = figuresOf(evaluation);
  return figuresJson({
    evaluation,
    figures,
    analysis: analyze(evaluation, { scoreThreshold: 0.5 }),
    corrected: figures,
    voc: { year: 2012, iouThreshold: 0.5, ...vocAp(evaluation) },
    comparison: compareResults({ a: evaluation, b: evaluation, resamples: 3 }),
    arrays: true,
  });
}

/** Every key at every depth, but those that are names of figures and kinds of errors. */
function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

test('every name in the JSON is described', () => {
  const described = readFileSync(new URL('../../JSON.md', import.meta.url), 'utf8');
  const missing = new Set(keysOf(everything()).filter((key) => !described.includes(`\`${key}\``)));
  expect([...missing]).toEqual([]);
});

test('figures survive the JSON to the last bit', () => {
  const { stats, precision, scores } = figuresOf(prepareEvaluation(toyTruth, toyResults));
  const read = JSON.parse(JSON.stringify(everything()));
  expect(read.stats).toEqual(stats);
  expect(Object.keys(read.stats)).toEqual(
    'AP AP50 AP75 APsmall APmedium APlarge AR1 AR10 AR100 ARsmall ARmedium ARlarge'.split(' '),
  );
  expect(Float64Array.from(read.arrays.precision)).toEqual(precision);
  expect(Float64Array.from(read.arrays.scores)).toEqual(scores);
});

test('figures are those of the toy', () => {
  expect(everything()).toMatchObject({
    counts: { images: 2, categories: 2, annotations: 3, detections: 2, detectionsEvaluated: 2 },
    perCategory: [
      { id: 1, name: 'person', truths: 2, detections: 2, errors: { classification: { count: 1 } } },
      { id: 2, name: 'dog', truths: 1, detections: 0 },
    ],
    perImage: [
      { id: 1, fileName: 'one.jpg', truths: 1, truePositives: 1, falsePositives: 0, missed: 0 },
      { id: 2, fileName: 'two.jpg', truths: 2, truePositives: 0, falsePositives: 1, missed: 2 },
    ],
    operatingPoints: {
      bestF1: { scoreThreshold: 0.9 },
      atThreshold: { scoreThreshold: 0.5, precision: 0.5 },
    },
    // A person found, a person missed; a dog taken for a person.
    confusionMatrix: {
      categoryIds: [1, 2],
      counts: [
        [1, 0, 1],
        [1, 0, 0],
        [0, 0, 0],
      ],
    },
    calibration: { count: 2 },
  });
});
