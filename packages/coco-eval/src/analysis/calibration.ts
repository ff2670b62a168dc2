// Whether a score of 0.8 is right eight times of ten: reliability curve and expected calibration error (Guo et al. 2017, section 2).

import { CocoEvalError } from '../error.ts';
import { verdict } from '../metric/match.ts';
import type { EvaluationInput } from './evaluation-input.ts';
import { type MatchesAt, matchAt } from './match-at.ts';

/** Detections of similar score. */
export interface CalibrationBin {
  /** Scores above `from` (in the first bin: from 0 on) and up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean score; -1 for an empty bin. */
  readonly confidence: number;
  /** Share of right detections; -1 for an empty bin. */
  readonly precision: number;
}

export interface Calibration {
  readonly iouThreshold: number;
  readonly scoreThreshold: number;
  /** Detections that were looked at. */
  readonly count: number;
  /** Mean of |precision - confidence| over bins, weighted by their detections; -1 without detections. */
  readonly expectedError: number;
  /** The largest |precision - confidence| of a bin; -1 without detections. */
  readonly largestError: number;
  /** Of equal width. */
  readonly bins: readonly CalibrationBin[];
}

export interface CalibrationOptions {
  /** Overlap from which a detection is right. Default 0.5. */
  readonly iouThreshold?: number;
  /** Detections below it are left out; many detectors write hundreds of almost certain negatives. Default 0: all. */
  readonly scoreThreshold?: number;
  /** Default 10. */
  readonly bins?: number;
  /** Only this category. Default: all together. */
  readonly categoryId?: number;
  /** Matches at the IoU threshold, if they are at hand. */
  readonly matches?: MatchesAt;
}

/**
 * Compares scores with the share of detections that are right: true positives of COCO's matching at one IoU threshold. Detections on
 * crowds, which COCO ignores, are left out; those of categories without ground truth are wrong.
 *
 * @throws CocoEvalError `INVALID_ARGUMENT` for a score outside of 0 to 1, which is no probability, or an option out of range
 */
export function calibration(
  input: EvaluationInput,
  {
    iouThreshold = 0.5,
    scoreThreshold = 0,
    bins: binCount = 10,
    categoryId,
    matches = matchAt(input, iouThreshold),
  }: CalibrationOptions = {},
): Calibration {
  if (!(Number.isInteger(binCount) && binCount > 0)) {
    throw new CocoEvalError('INVALID_ARGUMENT', `${binCount} bins cannot be made.`, {
      value: binCount,
      next: 'Pass a whole number above 0, as 10.',
    });
  }
  const counts = new Float64Array(binCount);
  const right = new Float64Array(binCount);
  const sums = new Float64Array(binCount);
  const only = categoryId === undefined ? undefined : matches.categoryIds.indexOf(categoryId);
  for (const [place, score] of matches.scores.entries()) {
    if (!(score >= 0 && score <= 1)) {
      throw new CocoEvalError('INVALID_ARGUMENT', `The score ${score} is no probability.`, {
        value: score,
        next: 'Calibration needs scores from 0 to 1; pass logits through a sigmoid first.',
      });
    }
    if (score < scoreThreshold || matches.verdicts[place] === verdict.ignored) continue;
    if (only !== undefined && matches.classes[place] !== only) continue;
    const bin = Math.max(0, Math.ceil(score * binCount) - 1);
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + score;
    if (matches.verdicts[place] === verdict.truePositive) right[bin] = (right[bin] as number) + 1;
  }
  const bins = Array.from(counts, (count, bin) => ({
    from: bin / binCount,
    to: (bin + 1) / binCount,
    count,
    confidence: count === 0 ? -1 : (sums[bin] as number) / count,
    precision: count === 0 ? -1 : (right[bin] as number) / count,
  }));
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const gap = ({ precision, confidence }: CalibrationBin): number => Math.abs(precision - confidence);
  return {
    iouThreshold: matches.iouThreshold,
    scoreThreshold,
    count: total,
    expectedError: total === 0 ? -1 : bins.reduce((sum, bin) => sum + (bin.count * gap(bin)) / total, 0),
    largestError: total === 0 ? -1 : Math.max(...bins.filter(({ count }) => count > 0).map(gap)),
    bins,
  };
}
