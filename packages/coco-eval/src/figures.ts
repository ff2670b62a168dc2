// COCO's figures of an evaluation, overall and by category.

import type { Evaluation } from './evaluation.ts';
import { type Stats, summarize } from './metric/summarize.ts';

/** The figures of one category. */
export interface CategoryResult {
  readonly id: number;
  /** Its id if it has none. */
  readonly name: string;
  readonly stats: Stats;
  /** Ground truths to find, without crowds. */
  readonly truths: number;
  /** Detections that were looked at. */
  readonly detections: number;
}

/** COCO's figures and the arrays that they are means of. */
export interface EvaluationFigures {
  /**
   * By name, in COCO's order: AP, AP50, AP75, APsmall, APmedium, APlarge, AR1, AR10, AR100, ARsmall, ARmedium, ARlarge; for keypoints AP,
   * AP50, AP75, APmedium, APlarge, AR, AR50, AR75, ARmedium, ARlarge. -1 where there is nothing to measure. Other `maxDetections` give
   * the AR figures their names.
   */
  readonly stats: Stats;
  /** In the order of `params.categoryIds`; empty without categories. */
  readonly perCategory: readonly CategoryResult[];
  /** `[T, R, K, A, M]`, row-major: IoU thresholds, recall thresholds, categories, areas, maximal detections. -1 without ground truth. */
  readonly precision: Float64Array;
  /** `[T, K, A, M]`: the highest recall. */
  readonly recall: Float64Array;
  /** `[T, R, K, A, M]`: the score at which the recall is reached. */
  readonly scores: Float64Array;
}

/** The figures of an evaluation that is made already. */
export function figuresOf(evaluation: Evaluation): EvaluationFigures {
  const { result, params } = evaluation;
  return figuresBy(evaluation, (category) => summarize(result, params, category));
}

/** The same with figures of one's own: of all categories, or of one (its place in `categoryIds`). */
export function figuresBy(
  { result, params, groups, matches, categories }: Omit<Evaluation, 'warnings'>,
  statsOf: (category?: number) => Stats,
): EvaluationFigures {
  const detectionsOf = (k: number): number => {
    const [first = 0, end = 0] = groups.classStart.subarray(k, k + 2);
    return (groups.detectionStart[end] as number) - (groups.detectionStart[first] as number);
  };
  return {
    stats: statsOf(),
    perCategory: (params.useCategories ? categories : []).map(({ id, name = String(id) }, k) => ({
      id,
      name,
      stats: statsOf(k),
      truths: matches.positives[k] as number,
      detections: detectionsOf(k),
    })),
    precision: result.precision,
    recall: result.recall,
    scores: result.scores,
  };
}
