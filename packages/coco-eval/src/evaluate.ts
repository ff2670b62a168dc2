// The front door: ground truth and detections in, COCO's figures out.

import { type EvaluateOptions, type EvaluationResult, evaluateLoaded } from './evaluate-loaded.ts';
import { overlapsOf } from './metric/overlaps-of.ts';
import { type GroundTruthInput, loadInputs, type ResultsInput } from './prepare-evaluation.ts';

/**
 * COCO's metrics of detections, equal to pycocotools' to the last bit.
 *
 * @param groundTruth COCO's annotations as an object, JSON text or UTF-8 bytes, or what `loadGroundTruth` made of them
 * @param detections COCO's results as a list, JSON text or UTF-8 bytes, as columns, or what `loadResults` made of them; boxes are left,
 * top, width, height in pixels
 * @throws CocoEvalError `INVALID_ARGUMENT`, `INVALID_JSON`, `INVALID_ANNOTATIONS`, `INVALID_RESULTS`
 * @example
 * const { stats, perCategory, warnings } = evaluate(groundTruth, detections, { type: 'bbox' });
 * stats.AP; // 0.442
 */
export function evaluate(
  groundTruth: GroundTruthInput,
  detections: ResultsInput,
  options: EvaluateOptions = {},
): EvaluationResult {
  return evaluateLoaded(loadInputs(groundTruth, detections, options), options, overlapsOf);
}
