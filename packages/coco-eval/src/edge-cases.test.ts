// The corners in which ports of pycocotools go wrong, each with what pycocotools itself gave.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CocoDataset, CocoDetection } from './data/coco-types.ts';
import { CocoEvalError } from './error.ts';
import { evaluate } from './evaluate.ts';
import { type PythonParams, toOptions } from './fixtures/python-params.ts';
import type { EvaluationType } from './metric/params.ts';

interface EdgeCase {
  readonly name: string;
  readonly iouType: EvaluationType;
  readonly gt: CocoDataset;
  readonly dt: readonly CocoDetection[];
  readonly set: PythonParams;
  readonly stats?: readonly number[];
  /** `[T][K]`, all sizes, the largest limit. */
  readonly recall_all?: readonly (readonly number[])[];
  readonly error?: string;
}

const cases = (
  JSON.parse(
    readFileSync(new URL('fixtures/pycocotools-edge-cases.json', import.meta.url), 'utf8'),
  ) as readonly EdgeCase[]
).map((one) => (one.name === 'nan_score' ? withNan(one) : one));

/** JSON cannot say NaN; the file has it as text. */
function withNan(one: EdgeCase): EdgeCase {
  return { ...one, dt: one.dt.map((detection) => ({ ...detection, score: Number(detection.score) })) };
}

const named = (name: string): EdgeCase => {
  const found = cases.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};

const run = ({ gt, dt, iouType, set }: EdgeCase, more: { strict?: boolean; corrected?: boolean } = {}) =>
  evaluate(gt, dt, { ...toOptions(iouType, set), ...more });

test.for(cases.filter(({ stats }) => stats))('gives what pycocotools gives: $name', (one) => {
  const { stats, recall, counts } = run(one);
  const [T, , K, A, M] = counts;
  expect(Object.values(stats).length).toBe(one.stats?.length);
  for (const [i, figure] of Object.values(stats).entries()) {
    expect(Math.abs(figure - (one.stats?.[i] as number))).toBeLessThanOrEqual(1e-12);
  }
  const all = Array.from({ length: T }, (_, t) =>
    Array.from({ length: K }, (_, k) => recall[(t * K + k) * A * M + M - 1]),
  );
  if (one.recall_all) expect(all).toEqual(one.recall_all);
});

test.for([
  ['gt_no_iscrowd', 'annotations[0] has no "iscrowd"'],
  ['gt_no_area', 'annotations[0] has no "area"'],
  ['empty_dets', 'The results are an empty list'],
  ['det_unknown_image', 'results[0].image_id is 2, an image that'],
  ['det_no_score', 'results[0] has no "score"'],
  ['det_mixed_first_bbox', 'results[1] has no "bbox"'],
  ['segm_missing_gt_mask', 'annotations[0] has no "segmentation"'],
  ['segm_det_uncompressed', 'results[0].segmentation.counts is'],
  ['segm_det_polygon', 'results[0].segmentation is a list of'],
] as const)('refuses what pycocotools refuses, and names the record: %s', ([name, message]) => {
  const one = named(name);
  expect(one.error).toBeDefined();
  expect(() => run(one)).toThrow(CocoEvalError);
  expect(() => run(one)).toThrow(message);
});

test.for([
  ['gt_id_zero', 'ID_ZERO', 'annotations[0].id is 0.'],
  ['gt_dup_ids', 'DUPLICATE_ID', 'annotations[1].id is 1'],
  ['det_unknown_category', 'UNKNOWN_CATEGORY', 'results[0].category_id is'],
  ['gt_unknown_category', 'UNKNOWN_CATEGORY', 'annotations[0].category_id is 9'],
  ['xyxy_instead_of_xywh', 'CORNER_BOXES', 'results[0].bbox is [300, 200, 350, 250]'],
  ['normalised_boxes', 'NORMALIZED_BOXES', 'results[0].bbox is [0.46, 0.41, 0.07, 0.1]'],
  ['negative_wh', 'NEGATIVE_SIZE', 'results[0].bbox is [110, 110, -100, -100]'],
  ['nan_score', 'NOT_FINITE', 'results[0].score is NaN'],
  ['dup_image_ids', 'DUPLICATE_ID', 'images[1].id is 1'],
  ['segm_size_mismatch', 'MASK_SIZE', 'results[0].segmentation is 10 x 10, its image 10 x 20'],
] as const)(
  'warns of what pycocotools says nothing about; strict refuses it: %s',
  ([name, code, message]) => {
    const { warnings } = run(named(name));
    expect(warnings.map((warning) => warning.code)).toEqual([code]);
    expect(warnings[0]?.message).toContain(message);
    expect(() => run(named(name), { strict: true })).toThrow(message);
  },
);

test('warns of nothing else', () => {
  const odd = new Set(
    'gt_id_zero gt_dup_ids det_unknown_category gt_unknown_category xyxy_instead_of_xywh normalised_boxes negative_wh nan_score dup_image_ids segm_size_mismatch kp_usecats0 kp_maxdets_not20'.split(
      ' ',
    ),
  );
  const quiet = cases.filter(({ name, error }) => !odd.has(name) && error === undefined);
  expect(quiet.filter((one) => run(one).warnings.length > 0).map(({ name }) => name)).toEqual([]);
});

test('corrects an annotation with the id 0: it is matched like any other', () => {
  const { stats, corrected } = run(named('gt_id_zero'), { corrected: true });
  expect(stats.AP50).toBeCloseTo(0.2525, 4);
  expect(corrected?.stats.AP50).toBeCloseTo(1, 12);
});

test('corrects ids that are there twice: each annotation is itself', () => {
  const { stats, corrected } = run(named('gt_dup_ids'), { corrected: true });
  expect(corrected?.stats.AP).toBeGreaterThan(stats.AP as number);
});

test('corrects figures that pycocotools only has for its own parameters', () => {
  expect(run(named('kp_maxdets_not20')).stats.AP).toBe(-1);
  expect(run(named('kp_maxdets_not20'), { corrected: true }).corrected?.stats.AP).toBeGreaterThan(0);
  expect(run(named('kp_usecats0')).stats.AP).toBe(0);
  expect(run(named('kp_usecats0'), { corrected: true }).corrected?.stats.AP).toBeGreaterThan(0);
});

test('keypoints without categories match nothing, whatever the threshold (cocoeval.py:273)', () => {
  const { gt, dt } = named('kp_usecats0');
  const { recall } = evaluate(gt, dt, { type: 'keypoints', useCategories: false, iouThresholds: [0] });
  expect(Math.max(...recall)).toBe(0);
});

test('refuses keypoints that are not as many as their standard deviations (cocoeval.py:229)', () => {
  const object = { image_id: 1, category_id: 1, keypoints: [1, 1, 2, 5, 5, 2] };
  const gt = {
    images: [{ id: 1 }],
    categories: [{ id: 1 }],
    annotations: [{ ...object, id: 1, bbox: [0, 0, 9, 9], area: 81, iscrowd: 0, num_keypoints: 2 }],
  };
  const dt = [{ ...object, score: 1 }];
  expect(() => evaluate(gt, dt, { type: 'keypoints' })).toThrow(
    'annotations have 2 keypoints each, and there are 17',
  );
  const three = [{ ...object, keypoints: [...object.keypoints, 0, 0, 0], score: 1 }];
  expect(() => evaluate(gt, three, { type: 'keypoints', sigmas: [0.1, 0.1] })).toThrow(
    'results have 3 keypoints each',
  );
  expect(evaluate(gt, dt, { type: 'keypoints', sigmas: [0.1, 0.1] }).stats.AP).toBeCloseTo(1, 12);
});
