// The score threshold of each class at which precision and recall are balanced best: the highest F1 at IoU 0.5.

import { bestF1, matchAt, prepareEvaluation, type ScoreCurve, scoreCurves } from '@ssdlite/coco-eval';
import type { ClassThreshold } from 'ssdlite';
import type { DetectedDataset } from './detect-dataset.ts';

/** Overlap from which a detection is right. */
const iouThreshold = 0.5;

/**
 * Finds each class's threshold. The threshold lies in the middle between the last score that counts and the next lower one.
 *
 * @returns in the order of the categories; classes without objects or detections have none
 * @example
 * const thresholds = calibrateThresholds(await detectDataset(candidate, { dataset: validation, engine }));
 */
export function calibrateThresholds({ truth, detections }: DetectedDataset): ClassThreshold[] {
  const evaluation = prepareEvaluation(truth, detections);
  const { perCategory } = scoreCurves(matchAt(evaluation, iouThreshold));
  return perCategory.flatMap((curve) => {
    if (curve.positives === 0 || curve.scores.length === 0) return [];
    const { scoreThreshold, f1, precision, recall } = bestF1(curve);
    return [{ id: curve.categoryId, scoreThreshold: middle(curve, scoreThreshold), f1, precision, recall }];
  });
}

function middle({ scores }: ScoreCurve, threshold: number): number {
  const lower = scores[scores.indexOf(threshold) + 1] ?? 0;
  return Number(((threshold + lower) / 2).toPrecision(4));
}
