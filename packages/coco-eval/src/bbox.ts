// @ssdlite/coco-eval/bbox: COCO's metrics of boxes from objects in memory, small enough for any page.

import type { CocoDataset, CocoDetection } from './data/coco-types.ts';
import { DetectionBuilder } from './data/detection-builder.ts';
import type { GroundTruth, Results } from './data/loaded.ts';
import { checkType, isLoaded } from './data/loaded.ts';
import type { ResultColumns } from './data/result-columns.ts';
import { resultsFromObjects } from './data/result-objects.ts';
import { TruthBuilder } from './data/truth-builder.ts';
import { truthsFromObject } from './data/truth-object.ts';
import { CocoEvalError } from './error.ts';
import { type EvaluateOptions, type EvaluationResult, evaluateLoaded } from './evaluate-loaded.ts';
import { boxOverlaps } from './metric/overlaps.ts';

export type {
  CocoAnnotation,
  CocoCategory,
  CocoDataset,
  CocoDetection,
  CocoImage,
} from './data/coco-types.ts';
export type { GroundTruth, Results } from './data/loaded.ts';
export type { ResultColumns } from './data/result-columns.ts';
export type { EvaluationWarning, WarningCode } from './data/warnings.ts';
export { CocoEvalError, type CocoEvalErrorCode } from './error.ts';
export type { EvaluationResult } from './evaluate-loaded.ts';
export type { CategoryResult, EvaluationFigures } from './figures.ts';
export type { Stats } from './metric/summarize.ts';

export interface BoxEvaluateOptions extends Omit<EvaluateOptions, 'type' | 'sigmas'> {
  readonly type?: 'bbox';
}

/**
 * The same as `evaluate` of '@ssdlite/coco-eval' for boxes, from objects or columns: without masks, keypoints and a reader of JSON text.
 *
 * @param groundTruth COCO's annotations as an object, or what `loadGroundTruth` made of them
 * @param detections COCO's results as a list, or as columns; boxes are left, top, width, height in pixels
 * @throws CocoEvalError `INVALID_ARGUMENT`, `INVALID_ANNOTATIONS`, `INVALID_RESULTS`
 */
export function evaluate(
  groundTruth: CocoDataset | GroundTruth,
  detections: readonly CocoDetection[] | ResultColumns | Results,
  options: BoxEvaluateOptions = {},
): EvaluationResult {
  const { type = 'bbox' } = options;
  if (type !== 'bbox') {
    throw new CocoEvalError('INVALID_ARGUMENT', `This entry evaluates boxes, not '${type}'.`, {
      value: type,
      next: "Import from '@ssdlite/coco-eval'.",
    });
  }
  const load = {
    type: 'bbox',
    strict: options.strict ?? false,
    crowdsOptional: options.crowdsOptional ?? false,
  } as const;
  const truths = isLoaded<GroundTruth>(groundTruth, 'truths')
    ? groundTruth
    : truthsFromObject(groundTruth, new TruthBuilder(load));
  checkType(truths, { type: 'bbox', name: 'ground truth' });
  const results = isLoaded<Results>(detections, 'detections')
    ? detections
    : resultsFromObjects(detections, new DetectionBuilder(truths, load));
  checkType(results, { type: 'bbox', name: 'results' });
  return evaluateLoaded({ groundTruth: truths, results }, options, boxOverlaps);
}
