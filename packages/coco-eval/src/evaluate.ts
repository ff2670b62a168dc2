// The front door: ground truth and detections in, COCO's figures out.

import type { EvaluationWarning } from './data/warnings.ts';
import {
  type Evaluation,
  type EvaluationOptions,
  type GroundTruthInput,
  prepareEvaluation,
  type ResultsInput,
} from './evaluation.ts';
import type { EvaluationParams } from './metric/params.ts';
import { type Stats, summarize } from './metric/summarize.ts';

export interface EvaluateOptions extends EvaluationOptions {
  /** Whether `matches` is kept. Default false. */
  readonly keepMatches?: boolean;
}

/** The figures of one category. */
export interface CategoryResult {
  readonly id: number;
  readonly name: string;
  readonly stats: Stats;
  /** Ground truths that count, without crowds. */
  readonly truths: number;
  readonly detections: number;
}

export interface EvaluationResult {
  readonly stats: Stats;
  readonly perCategory: readonly CategoryResult[];
  /** `[T, R, K, A, M]`. */
  readonly precision: Float64Array;
  /** `[T, K, A, M]`. */
  readonly recall: Float64Array;
  /** `[T, R, K, A, M]`. */
  readonly scores: Float64Array;
  /** T, R, K, A, M. */
  readonly counts: readonly [number, number, number, number, number];
  readonly params: EvaluationParams;
  readonly warnings: readonly EvaluationWarning[];
}

/** COCO's figures. */
export function evaluate(
  groundTruth: GroundTruthInput,
  detections: ResultsInput,
  options: EvaluateOptions = {},
): EvaluationResult {
  return resultOf(
    prepareEvaluation(groundTruth, detections, { ...options, keepMatches: options.keepMatches ?? false }),
  );
}

/** The figures of an evaluation that is made already. */
export function resultOf(evaluation: Evaluation): EvaluationResult {
  const { result, params, groups, matches, warnings } = evaluation;
  const K = groups.classStart.length - 1;
  return {
    stats: summarize(result, params),
    perCategory: evaluation.categories.slice(0, K).map(({ id, name = String(id) }, k) => ({
      id,
      name,
      stats: summarize(result, params, k),
      truths: matches.positives[k] ?? 0,
      detections:
        (groups.detectionStart[groups.classStart[k + 1] ?? 0] ?? 0) -
        (groups.detectionStart[groups.classStart[k] ?? 0] ?? 0),
    })),
    ...result,
    params,
    warnings,
  };
}
