// Everything that pycocotools itself gave for the reference data, to the last bit.

import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { CocoDataset, CocoDetection } from './data/coco-types.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluationOptions } from './evaluation.ts';
import { cocoAreaRanges, type EvaluationType } from './metric/params.ts';

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

/** Parameters under pycocotools' names. */
interface PythonParams {
  readonly imgIds?: readonly number[];
  readonly catIds?: readonly number[];
  readonly iouThrs?: readonly number[];
  readonly recThrs?: readonly number[];
  readonly maxDets?: readonly number[];
  readonly areaRng?: readonly (readonly [number, number])[];
  readonly areaRngLbl?: readonly string[];
  readonly useCats?: 0 | 1;
}

const json = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as T;

function array(file: string): Float64Array {
  const bytes = gunzipSync(readFileSync(new URL(`goldens/${file}.f64.gz`, folder)));
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function toOptions(type: EvaluationType, set: PythonParams): EvaluationOptions {
  const { imgIds, catIds, iouThrs, recThrs, maxDets, areaRng, areaRngLbl, useCats } = set;
  return {
    type,
    ...(imgIds && { imageIds: imgIds }),
    ...(catIds && { categoryIds: catIds }),
    ...(iouThrs && { iouThresholds: iouThrs }),
    ...(recThrs && { recallThresholds: recThrs }),
    ...(maxDets && { maxDetections: maxDets }),
    ...(areaRng && {
      areaRanges: areaRng.map(([min, max], a) => ({
        label: areaRngLbl?.[a] ?? cocoAreaRanges(type)[a]?.label ?? String(a),
        min,
        max,
      })),
    }),
    useCategories: useCats !== 0,
  };
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
});
