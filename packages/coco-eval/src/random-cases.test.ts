// A few of the random data sets that bench/compare-pycocotools.mjs makes, with pycocotools' answers: the same bits.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CocoDataset, CocoDetection } from './data/coco-types.ts';
import { figuresOf } from './figures.ts';
import { type PythonParams, toOptions } from './fixtures/python-params.ts';
import { imageMatches } from './image-matches.ts';
import type { EvaluationType } from './metric/params.ts';
import { prepareEvaluation } from './prepare-evaluation.ts';

interface RandomCase {
  readonly type: EvaluationType;
  readonly groundTruth: CocoDataset;
  readonly detections: readonly CocoDetection[];
  readonly set: PythonParams & { readonly sigmas?: readonly number[] };
  readonly stats: readonly number[];
  readonly sha256: Readonly<Record<'precision' | 'recall' | 'scores', string>>;
  readonly matches: readonly {
    readonly dtMatches: readonly (readonly number[])[];
    readonly gtMatches: readonly (readonly number[])[];
    readonly dtIgnore: readonly (readonly number[])[];
  }[];
}

const cases = JSON.parse(
  readFileSync(new URL('fixtures/pycocotools-random.json', import.meta.url), 'utf8'),
) as readonly RandomCase[];

const hash = (values: Float64Array): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

test.for(cases.map((one, place) => [place, one] as const))('random data set %i', ([, one]) => {
  const { sigmas } = one.set;
  const evaluation = prepareEvaluation(one.groundTruth, one.detections, {
    ...toOptions(one.type, one.set),
    ...(sigmas && { sigmas }),
  });
  const { precision, recall, scores, stats } = figuresOf(evaluation);
  expect({ precision: hash(precision), recall: hash(recall), scores: hash(scores) }).toEqual(one.sha256);
  const mine = Object.values(stats);
  expect(mine.length).toBe(one.stats.length);
  for (const [i, value] of one.stats.entries()) expect(mine[i]).toBeCloseTo(value, 12);
  const idOf = (place: number): number => (place < 0 ? 0 : (evaluation.truths.ids[place] as number));
  const matches = Array.from(imageMatches(evaluation), (image) => ({
    dtMatches: image.detectionMatches.map((row) => Array.from(row, idOf)),
    gtMatches: image.truthMatches.map((row) => Array.from(row, (place) => place + 1)),
    dtIgnore: image.detectionIgnored.map((row) => Array.from(row)),
  }));
  expect(matches).toEqual(
    one.matches.map(({ dtMatches, gtMatches, dtIgnore }) => ({ dtMatches, gtMatches, dtIgnore })),
  );
});
