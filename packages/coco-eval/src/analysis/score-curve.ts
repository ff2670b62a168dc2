// Precision, recall and F1 as the score threshold moves, overall and by category; and the threshold with the best F1.

import { verdict } from '../metric/match.ts';
import { type MatchesAt, rankPlaces } from './match-at.ts';

/** Counts at every score that occurs. Entry i counts the detections with a score of at least `scores[i]`. */
export interface ScoreCurve {
  /** Distinct, highest first. */
  readonly scores: Float64Array;
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  /** Ground truths to find. */
  readonly positives: number;
}

export interface ScoreCurves {
  /**
   * Detections of all categories in one ranking (micro average). Those of categories without ground truth count as false positives
   * here, though AP never sees them.
   */
  readonly overall: ScoreCurve;
  readonly perCategory: readonly (ScoreCurve & { readonly categoryId: number })[];
}

/** What remains above a score threshold. */
export interface OperatingPoint {
  readonly scoreThreshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** -1 without detections. */
  readonly precision: number;
  /** -1 without ground truth. */
  readonly recall: number;
  /** 2 TP / (2 TP + FP + FN); -1 with neither ground truth nor detections. */
  readonly f1: number;
}

/** Curves at full resolution. Detections that COCO ignores (on crowds) count nowhere; those without a number as score neither. */
export function scoreCurves(matches: MatchesAt): ScoreCurves {
  return {
    overall: curveOf(
      matches,
      rankPlaces(matches),
      matches.positives.reduce((sum, count) => sum + count, 0),
    ),
    perCategory: matches.categoryIds.map((categoryId, column) => ({
      categoryId,
      ...curveOf(matches, rankPlaces(matches, column), matches.positives[column] as number),
    })),
  };
}

function curveOf({ verdicts, scores }: MatchesAt, places: Int32Array, positives: number): ScoreCurve {
  const distinct: number[] = [];
  const right: number[] = [];
  const wrong: number[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (const place of places) {
    const score = scores[place] as number;
    const outcome = verdicts[place];
    if (Number.isNaN(score)) break;
    if (outcome === verdict.ignored) continue;
    if (outcome === verdict.truePositive) truePositives++;
    else falsePositives++;
    const last = distinct.at(-1) === score ? distinct.length - 1 : distinct.length;
    distinct[last] = score;
    right[last] = truePositives;
    wrong[last] = falsePositives;
  }
  return {
    scores: Float64Array.from(distinct),
    truePositives: Float64Array.from(right),
    falsePositives: Float64Array.from(wrong),
    positives,
  };
}

/** Counts and ratios of the detections with a score of at least `scoreThreshold`. */
export function operatingPoint(curve: ScoreCurve, scoreThreshold: number): OperatingPoint {
  let low = 0;
  let high = curve.scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((curve.scores[middle] as number) >= scoreThreshold) low = middle + 1;
    else high = middle;
  }
  return pointAt(curve, { index: low - 1, scoreThreshold });
}

/**
 * The score threshold whose F1 is highest; of several the highest threshold. Without detections the threshold is Infinity: nothing is
 * better than something.
 */
export function bestF1(curve: ScoreCurve): OperatingPoint {
  let best = pointAt(curve, { index: -1, scoreThreshold: Number.POSITIVE_INFINITY });
  for (const [index, scoreThreshold] of curve.scores.entries()) {
    const point = pointAt(curve, { index, scoreThreshold });
    if (index === 0 || point.f1 > best.f1) best = point;
  }
  return best;
}

/** The point at an entry of a curve; -1 is the point before the first detection. */
function pointAt(
  { truePositives, falsePositives, positives }: ScoreCurve,
  { index, scoreThreshold }: { readonly index: number; readonly scoreThreshold: number },
): OperatingPoint {
  return ratios({
    scoreThreshold,
    truePositives: truePositives[index] ?? 0,
    falsePositives: falsePositives[index] ?? 0,
    positives,
  });
}

/** Precision, recall and F1 from counts. */
export function ratios({
  scoreThreshold,
  truePositives,
  falsePositives,
  positives,
}: Pick<OperatingPoint, 'scoreThreshold' | 'truePositives' | 'falsePositives'> & {
  readonly positives: number;
}): OperatingPoint {
  const found = truePositives + falsePositives;
  return {
    scoreThreshold,
    truePositives,
    falsePositives,
    falseNegatives: positives - truePositives,
    precision: found === 0 ? -1 : truePositives / found,
    recall: positives === 0 ? -1 : truePositives / positives,
    f1: found + positives === 0 ? -1 : (2 * truePositives) / (found + positives),
  };
}
