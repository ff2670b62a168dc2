// Curves as a page draws them: few points where thousands would look the same, exact counts where a number is read off.

import { operatingPoint, type ScoreCurve } from '../analysis/score-curve.ts';
import { thinPoints } from '../analysis/thin-points.ts';
import type { ReportCurve, ReportSubject } from './report-data.ts';

const steps = 100;

/** Thresholds that a slider stops at: 0 to 1 by hundredths; from the lowest to the highest score where scores are no fractions. */
export function reportThresholds(scores: Float64Array): number[] {
  let [low, high] = [0, 1];
  for (const score of scores) {
    if (!Number.isFinite(score)) continue;
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  return Array.from({ length: steps + 1 }, (_, step) => (low * (steps - step) + high * step) / steps);
}

/** True and false positives from each threshold on: exact, not read off a thinned curve. */
export function countsAt(
  curve: ScoreCurve,
  thresholds: readonly number[],
): Pick<ReportSubject, 'right' | 'wrong'> {
  const points = thresholds.map((threshold) => operatingPoint(curve, threshold));
  return {
    right: points.map(({ truePositives }) => truePositives),
    wrong: points.map(({ falsePositives }) => falsePositives),
  };
}

/** Precision over recall as the threshold falls, rounded to what a screen can show; empty without ground truth. */
export function precisionRecall(
  { truePositives, falsePositives, positives }: ScoreCurve,
  limit: number,
): Omit<ReportCurve, 'iouThreshold'> {
  if (positives === 0) return { recall: [], precision: [] };
  const recall = truePositives.map((right) => right / positives);
  const precision = truePositives.map((right, place) => right / (right + (falsePositives[place] as number)));
  const kept = thinPoints({ x: recall, y: precision, limit });
  const rounded = (values: Float64Array): number[] =>
    kept.map((place) => Math.round((values[place] as number) * 1e4) / 1e4);
  return { recall: rounded(recall), precision: rounded(precision) };
}
