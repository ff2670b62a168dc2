// What the caller asks, checked and completed by COCO's defaults.

import type { CocoCategory, CocoImage } from '../data/coco-types.ts';
import { show } from '../data/raw-record.ts';
import type { EvaluationWarning } from '../data/warnings.ts';
import { CocoEvalError } from '../error.ts';
import {
  type AreaRange,
  cocoAreaRanges,
  cocoIouThresholds,
  cocoKeypointSigmas,
  cocoMaxDetections,
  cocoRecallThresholds,
  type EvaluationParams,
  type EvaluationType,
} from './params.ts';

/** What to evaluate; pycocotools' name of each in brackets. */
export interface ParamOptions {
  /** What is compared (`iouType`). Default `bbox`. */
  readonly type?: EvaluationType;
  /** Only these images (`imgIds`). Default: all of the ground truth. */
  readonly imageIds?: readonly number[];
  /** Only these categories (`catIds`). Default: all of the ground truth. */
  readonly categoryIds?: readonly number[];
  /** Overlaps from which a detection is right (`iouThrs`). Default 0.5 to 0.95 by 0.05. */
  readonly iouThresholds?: readonly number[];
  /** Recalls at which precision is taken (`recThrs`). Default 0 to 1 by 0.01. */
  readonly recallThresholds?: readonly number[];
  /**
   * Detections per image and class that count (`maxDets`): the second and third figure of AR's are for the first two, all others for
   * the third. Default 1, 10, 100; keypoints 20.
   */
  readonly maxDetections?: readonly number[];
  /** Size classes (`areaRng`, `areaRngLbl`). Default all, small, medium, large; keypoints have no small. */
  readonly areaRanges?: readonly AreaRange[];
  /** Whether a detection must have the object's class (`useCats`). Default true. */
  readonly useCategories?: boolean;
  /** Standard deviations of the keypoints (`kpt_oks_sigmas`). Default: COCO's 17. */
  readonly sigmas?: readonly number[];
  /** Without pycocotools' oddities. */
  readonly corrected?: boolean;
}

/** @throws CocoEvalError `INVALID_ARGUMENT`, naming the option */
export function makeParams(
  options: ParamOptions,
  {
    images,
    categories,
  }: { readonly images: readonly CocoImage[]; readonly categories: readonly CocoCategory[] },
): EvaluationParams {
  const { type = 'bbox', useCategories = true } = options;
  checkEvaluationType(type);
  const categoryIds = chosenIds(options.categoryIds, { option: 'categoryIds', of: categories });
  return {
    type,
    imageIds: ascending(chosenIds(options.imageIds, { option: 'imageIds', of: images })),
    // Without categories pycocotools keeps their order, by which equal scores are ranked.
    categoryIds: useCategories || !options.categoryIds ? ascending(categoryIds) : categoryIds,
    iouThresholds: shares('iouThresholds', options.iouThresholds ?? cocoIouThresholds),
    recallThresholds: shares('recallThresholds', options.recallThresholds ?? cocoRecallThresholds),
    maxDetections: limits(options.maxDetections ?? cocoMaxDetections(type)),
    areaRanges: ranges(options.areaRanges ?? cocoAreaRanges(type)),
    useCategories,
    sigmas: deviations(options.sigmas ?? cocoKeypointSigmas),
    ...(options.corrected && { corrected: true }),
  };
}

/** @throws CocoEvalError `INVALID_ARGUMENT` */
export function checkEvaluationType(type: EvaluationType): void {
  if (['bbox', 'segm', 'keypoints'].includes(type)) return;
  throw wrong('type', type, "It is 'bbox', 'segm' or 'keypoints'.");
}

/** Tells of figures that are -1 or 0 only because pycocotools looks for other parameters. */
export function warnOfParams(
  params: EvaluationParams,
  { strict }: { readonly strict: boolean },
): readonly EvaluationWarning[] {
  if (params.corrected) return [];
  const { type, maxDetections, iouThresholds, useCategories } = params;
  const warnings: string[] = [];
  const limit = type === 'keypoints' ? 20 : 100;
  if ((type === 'keypoints' || maxDetections.length > 2) && !maxDetections.includes(limit)) {
    const figures = type === 'keypoints' ? 'Every figure' : 'AP';
    warnings.push(
      `${figures} is -1: as in pycocotools it is for ${limit} detections, and maxDetections has no ${limit}.`,
    );
  }
  for (const threshold of [0.5, 0.75]) {
    const close = iouThresholds.find((one) => one !== threshold && Math.abs(one - threshold) < 1e-9);
    if (close === undefined || iouThresholds.includes(threshold)) continue;
    warnings.push(
      `AP${threshold * 100} is -1: as in pycocotools it is for ${threshold} exactly, and iouThresholds has ${close}.`,
    );
  }
  if (type === 'keypoints' && !useCategories) {
    warnings.push('Every figure is 0: pycocotools compares keypoints only with categories.');
  }
  const [first] = warnings;
  if (strict && first !== undefined) {
    throw new CocoEvalError('INVALID_ARGUMENT', first, {
      value: params,
      next: 'Change it, or take the corrected figures.',
    });
  }
  return warnings.map((message) => ({
    code: 'ODD_PARAMETERS',
    message: `${message} The corrected figures have it.`,
    list: 'parameters',
    count: 1,
    records: [],
  }));
}

function chosenIds(
  chosen: readonly number[] | undefined,
  {
    option,
    of,
  }: { readonly option: 'imageIds' | 'categoryIds'; readonly of: readonly { readonly id: number }[] },
): number[] {
  if (chosen === undefined) return of.map(({ id }) => id);
  if (!Array.isArray(chosen)) throw wrong(option, chosen, 'It is a list of ids.');
  const known = new Set(of.map(({ id }) => id));
  const unknown = chosen.find((id) => !known.has(id));
  if (unknown !== undefined) throw wrong(option, unknown, 'Choose ids that the ground truth lists.');
  return [...new Set(chosen)];
}

function ascending(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

function shares(option: 'iouThresholds' | 'recallThresholds', values: readonly number[]): readonly number[] {
  checkNumbers(option, values);
  const outside = values.find((value) => !(value >= 0 && value <= 1));
  if (outside !== undefined) throw wrong(option, outside, 'Thresholds are from 0 to 1.');
  return values;
}

function limits(values: readonly number[]): readonly number[] {
  checkNumbers('maxDetections', values);
  const outside = values.find((value) => !(Number.isInteger(value) && value > 0));
  if (outside !== undefined)
    throw wrong('maxDetections', outside, 'It is a list of numbers of detections, from 1.');
  if (new Set(values).size < values.length) throw wrong('maxDetections', values, 'Name each number once.');
  return [...values].sort((a, b) => a - b);
}

function ranges(values: readonly AreaRange[]): readonly AreaRange[] {
  const next = 'It is a list of { label, min, max } in square pixels, with labels that differ.';
  if (!Array.isArray(values) || values.length === 0) throw wrong('areaRanges', values, next);
  for (const range of values) {
    const { label, min, max } = (range ?? {}) as Partial<AreaRange>;
    const isRange =
      typeof label === 'string' && typeof min === 'number' && typeof max === 'number' && min <= max;
    if (!isRange) throw wrong('areaRanges', range, next);
  }
  if (new Set(values.map(({ label }) => label)).size < values.length) throw wrong('areaRanges', values, next);
  return values;
}

function deviations(values: readonly number[]): readonly number[] {
  checkNumbers('sigmas', values);
  const outside = values.find((value) => !(value > 0 && value < Number.POSITIVE_INFINITY));
  if (outside !== undefined) throw wrong('sigmas', outside, 'Standard deviations are above 0.');
  return values;
}

function checkNumbers(option: keyof ParamOptions, values: unknown): void {
  if (Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'number'))
    return;
  throw wrong(option, values, 'It is a list of at least one number.');
}

function wrong(option: keyof ParamOptions, value: unknown, next: string): CocoEvalError {
  return new CocoEvalError('INVALID_ARGUMENT', `The option ${option} cannot be ${show(value)}.`, {
    value,
    next,
  });
}
