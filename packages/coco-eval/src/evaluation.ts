// Everything between the input and the figures, for those who build on it: sorted objects, matches, precision and recall.

import type { CocoCategory, CocoDataset, CocoDetection, CocoImage } from './data/coco-types.ts';
import type { DetectionColumns, TruthColumns } from './data/columns.ts';
import { type GroundTruth, loadGroundTruth } from './data/ground-truth.ts';
import { loadResults, type Results } from './data/results.ts';
import type { EvaluationWarning } from './data/warnings.ts';
import { accumulate, type PrecisionRecall } from './metric/accumulate.ts';
import { type Groups, makeGroups } from './metric/groups.ts';
import { type Matches, matchAll } from './metric/match.ts';
import {
  type AreaRange,
  cocoAreaRanges,
  cocoIouThresholds,
  cocoKeypointSigmas,
  cocoMaxDetections,
  cocoRecallThresholds,
  type EvaluationParams,
  type EvaluationType,
} from './metric/params.ts';

/** COCO's own objects, or ground truth that was loaded before. */
export type GroundTruthInput = CocoDataset | GroundTruth;

/** COCO's own objects, or results that were loaded before. */
export type ResultsInput = readonly CocoDetection[] | Results;

/**
 * What to evaluate. Names in brackets are pycocotools'.
 */
export interface EvaluationOptions {
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
  /** Detections per image and class that count (`maxDets`). Default 1, 10, 100; keypoints 20. */
  readonly maxDetections?: readonly number[];
  /** Size classes (`areaRng` and `areaRngLbl`). Default all, small, medium, large; keypoints have no small. */
  readonly areaRanges?: readonly AreaRange[];
  /** Whether a detection must have the object's class (`useCats`). Default true. */
  readonly useCategories?: boolean;
  /** Standard deviations of the keypoints (`kpt_oks_sigmas`). Default: COCO's 17. */
  readonly sigmas?: readonly number[];
  /** Throw on the first oddness in the input instead of collecting warnings. Default false. */
  readonly strict?: boolean;
}

/** An evaluation with all that led to it. Classes (K) are `categories`, or one if `params.useCategories` is false. */
export interface Evaluation {
  readonly truths: TruthColumns;
  readonly detections: DetectionColumns;
  readonly groups: Groups;
  readonly matches: Matches;
  readonly result: PrecisionRecall;
  readonly params: EvaluationParams;
  /** Those of `params.categoryIds`, in their order. */
  readonly categories: readonly CocoCategory[];
  /** Those of `params.imageIds`, in their order. */
  readonly images: readonly CocoImage[];
  readonly warnings: readonly EvaluationWarning[];
}

/** How `prepareEvaluation` works. */
export interface PrepareOptions extends EvaluationOptions {
  /** Whether `matches.matched` is kept: which ground truth each detection took. Default true. */
  readonly keepMatches?: boolean;
  /** Without pycocotools' oddities. Default false. */
  readonly corrected?: boolean;
}

/**
 * Loads, sorts, matches and accumulates. `evaluate` makes figures of it.
 *
 * @throws CocoEvalError `INVALID_ARGUMENT`, `INVALID_ANNOTATIONS`, `INVALID_RESULTS`, `INVALID_MASK`
 */
export function prepareEvaluation(
  groundTruth: GroundTruthInput,
  detections: ResultsInput,
  options: PrepareOptions = {},
): Evaluation {
  const { type = 'bbox', strict = false, keepMatches = true, corrected = false } = options;
  const loaded = 'truths' in groundTruth ? groundTruth : loadGroundTruth(groundTruth, { type, strict });
  const results = 'detections' in detections ? detections : loadResults(detections, loaded, { type, strict });
  const params = makeParams(options, loaded);
  const { truths } = loaded;
  const groups = makeGroups(truths, results.detections, params);
  const matches = matchAll(truths, results.detections, groups, { params, keepMatches, corrected });
  const imageOf = new Map(loaded.images.map((image) => [image.id, image]));
  const categoryOf = new Map(loaded.categories.map((category) => [category.id, category]));
  return {
    truths,
    detections: results.detections,
    groups,
    matches,
    result: accumulate(groups, matches, results.detections, params),
    params,
    categories: params.categoryIds.map((id) => categoryOf.get(id) ?? { id }),
    images: params.imageIds.map((id) => imageOf.get(id) ?? { id }),
    warnings: [...loaded.warnings, ...results.warnings],
  };
}

function makeParams(options: EvaluationOptions, { images, categories }: GroundTruth): EvaluationParams {
  const { type = 'bbox' } = options;
  return {
    type,
    imageIds: ascending(options.imageIds ?? images.map(({ id }) => id)),
    categoryIds: ascending(options.categoryIds ?? categories.map(({ id }) => id)),
    iouThresholds: options.iouThresholds ?? cocoIouThresholds,
    recallThresholds: options.recallThresholds ?? cocoRecallThresholds,
    maxDetections: [...(options.maxDetections ?? cocoMaxDetections(type))].sort((a, b) => a - b),
    areaRanges: options.areaRanges ?? cocoAreaRanges(type),
    useCategories: options.useCategories ?? true,
    sigmas: options.sigmas ?? cocoKeypointSigmas,
  };
}

function ascending(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}
