// COCO's AP of one ranking: the mean of the precision envelope at fixed recalls (cocoeval.py, accumulate).

import { verdict } from '../metric/match.ts';
import { mean } from '../metric/pairwise-sum.ts';

/** numpy's `spacing(1)`, as in pycocotools' precision. */
const epsilon = 2 ** -52;

export interface RankingToScore {
  /** A `verdict` per detection, best score first. */
  readonly outcomes: ArrayLike<number>;
  /** Ground truths to find; above 0. */
  readonly positives: number;
  /** Ascending. */
  readonly recallThresholds: readonly number[];
}

/** Precision at each recall: the best of the points that reach it, 0 where none does. */
export function precisionAtRecalls({ outcomes, positives, recallThresholds }: RankingToScore): Float64Array {
  const precision: number[] = [];
  let wrong = 0;
  for (let i = 0; i < outcomes.length; i++) {
    if (outcomes[i] === verdict.falsePositive) wrong++;
    else if (outcomes[i] === verdict.truePositive) {
      const found = precision.length + 1;
      precision.push(found / (wrong + found + epsilon));
    }
  }
  for (let i = precision.length - 2; i >= 0; i--) {
    precision[i] = Math.max(precision[i] as number, precision[i + 1] as number);
  }
  const sampled = new Float64Array(recallThresholds.length);
  let point = 0;
  for (const [r, recall] of recallThresholds.entries()) {
    while (point < precision.length && (point + 1) / positives < recall) point++;
    if (point === precision.length) break;
    sampled[r] = precision[point] as number;
  }
  return sampled;
}

/** AP of one ranking at one IoU threshold; -1 if there is nothing to find. */
export function averagePrecision(ranking: RankingToScore): number {
  return ranking.positives > 0 ? mean(precisionAtRecalls(ranking)) : -1;
}
