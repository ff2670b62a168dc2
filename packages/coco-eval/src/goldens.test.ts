// Everything that pycocotools itself gave for the reference data, to the last bit.

import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { CocoDataset, CocoDetection } from './data/coco-types.ts';
import { evaluate } from './evaluate.ts';
import type { Evaluation } from './evaluation.ts';
import { type PythonParams, toOptions } from './fixtures/python-params.ts';
import { imageMatches } from './image-matches.ts';
import { overlapsOf } from './metric/overlaps-of.ts';
import type { EvaluationType } from './metric/params.ts';
import { prepareEvaluation } from './prepare-evaluation.ts';

const folder = new URL('../../../../shared/goldens/coco-eval/', import.meta.url);
const absent = !existsSync(folder);
if (absent) process.stderr.write(`skipped: the reference data are not at ${folder.pathname}\n`);

interface Golden {
  readonly gt: string;
  readonly dt: string;
  readonly iouType: EvaluationType;
  readonly set: PythonParams;
  readonly stats: readonly number[];
}

const json = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as T;

function array(file: string): Float64Array {
  const bytes = gunzipSync(readFileSync(new URL(`goldens/${file}.f64.gz`, folder)));
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

interface Debug {
  readonly evalImgs: readonly (PythonMatches | null)[];
  readonly ious: readonly { image_id: number; category_id: number; ious: readonly (readonly number[])[] }[];
}

interface PythonMatches {
  readonly image_id: number;
  readonly category_id: number;
  readonly dtIds: readonly number[];
  readonly gtIds: readonly number[];
  readonly dtMatches: readonly (readonly number[])[];
  readonly gtMatches: readonly (readonly number[])[];
  readonly gtIgnore: readonly number[];
  readonly dtIgnore: readonly (readonly number[])[];
}

function debugOf(name: string): Debug {
  const bytes = gunzipSync(readFileSync(new URL(`goldens/${name}.debug.json.gz`, folder)));
  return JSON.parse(bytes.toString()) as Debug;
}

function evaluationOf(name: string): Evaluation {
  const { gt, dt, iouType, set } = json<Golden>(`goldens/${name}.json`);
  return prepareEvaluation(json<CocoDataset>(gt), json<CocoDetection[]>(dt), toOptions(iouType, set));
}

describe.skipIf(absent)('pycocotools on COCO', () => {
  test.for([
    'bbox_default',
    'bbox_arearng_custom',
    'bbox_iouthrs_custom',
    'bbox_maxdets_1_5_20',
    'bbox_recthrs_11',
    'bbox_subset_imgs_cats',
    'bbox_usecats0',
    'kp_default',
    'segm_default',
    'segm_dets_as_bbox',
    'segm_usecats0',
    'segm_with_bbox_key',
  ])('gives the same figures and arrays: %s', (name) => {
    const golden = json<Golden>(`goldens/${name}.json`);
    const { iouType: type } = golden;
    const result = evaluate(
      json<CocoDataset>(golden.gt),
      json<CocoDetection[]>(golden.dt),
      toOptions(type, golden.set),
    );
    for (const [i, figure] of Object.values(result.stats).entries()) {
      expect(Math.abs(figure - (golden.stats[i] ?? Number.NaN))).toBeLessThanOrEqual(1e-12);
    }
    for (const key of ['precision', 'recall', 'scores'] as const) {
      const [mine, theirs] = [result[key], array(`${name}.${key}`)];
      expect(mine.length).toBe(theirs.length);
      // Exponentials may differ in the last bit between platforms.
      const tolerance = type === 'keypoints' ? 1e-12 : 0;
      expect(mine.findIndex((value, i) => Math.abs(value - (theirs[i] as number)) > tolerance)).toBe(-1);
    }
  });

  test.for(['bbox_default', 'bbox_usecats0', 'kp_default', 'segm_default'])(
    'matches the same detections to the same ground truths: %s',
    (name) => {
      const evaluation = evaluationOf(name);
      const debug = debugOf(name);
      const theirs = debug.evalImgs.filter((one) => one !== null);
      expect(theirs.length).toBeGreaterThan(0);
      let compared = 0;
      for (const mine of imageMatches(evaluation)) {
        const { truths } = evaluation;
        const expected = theirs[compared++];
        // Their detections are numbered from 1, and 0 is no match.
        const truthId = (place: number): number => (place < 0 ? 0 : (truths.ids[place] as number));
        expect({
          image_id: mine.imageId,
          category_id: mine.categoryId,
          dtIds: Array.from(mine.detections, (place) => place + 1),
          gtIds: Array.from(mine.truths, truthId),
          dtMatches: mine.detectionMatches.map((row) => Array.from(row, truthId)),
          gtMatches: mine.truthMatches.map((row) => Array.from(row, (place) => place + 1)),
          gtIgnore: Array.from(mine.truthIgnored),
          dtIgnore: mine.detectionIgnored.map((row) => Array.from(row)),
        }).toEqual({
          image_id: expected?.image_id,
          category_id: expected?.category_id,
          dtIds: expected?.dtIds,
          gtIds: expected?.gtIds,
          dtMatches: expected?.dtMatches,
          gtMatches: expected?.gtMatches,
          gtIgnore: expected?.gtIgnore,
          dtIgnore: expected?.dtIgnore,
        });
      }
      expect(compared).toBe(theirs.length);
    },
  );

  test.for(['bbox_default', 'kp_default', 'segm_default'])('finds the same overlaps: %s', (name) => {
    const { truths, detections, groups, params } = evaluationOf(name);
    const overlaps = overlapsOf(truths, detections, params);
    const theirs = new Map(
      debugOf(name).ious.map(({ image_id, category_id, ious }) => [
        `${image_id} ${category_id}`,
        ious.flat(),
      ]),
    );
    let compared = 0;
    for (let k = 0; k < params.categoryIds.length; k++) {
      for (
        let group = groups.classStart[k] as number;
        group < (groups.classStart[k + 1] as number);
        group++
      ) {
        const found = groups.detections.subarray(
          groups.detectionStart[group],
          groups.detectionStart[group + 1],
        );
        const mine = groups.truths.subarray(groups.truthStart[group], groups.truthStart[group + 1]);
        const pairs = overlaps(found, mine);
        const all = Array.from(found, (_, d) => Array.from(mine, (_, g) => pairs.at(d, g))).flat();
        const image = params.imageIds[groups.images[group] as number];
        const expected = theirs.get(`${image} ${params.categoryIds[k]}`) ?? [];
        expect(all.length).toBe(expected.length);
        // Exponentials may differ in the last bit between platforms.
        const tolerance = params.type === 'keypoints' ? 1e-15 : 0;
        expect(all.findIndex((value, i) => Math.abs(value - (expected[i] as number)) > tolerance)).toBe(-1);
        compared += all.length;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });
});
