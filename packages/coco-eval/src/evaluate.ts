// The front door: ground truth and detections in, COCO's figures out.

import type { EvaluationWarning } from './data/warnings.ts';
import {
  type Evaluation,
  type EvaluationOptions,
  type GroundTruthInput,
  loadInputs,
  prepareEvaluation,
  type ResultsInput,
} from './evaluation.ts';
import { type ImageMatches, imageMatches } from './image-matches.ts';
import type { EvaluationParams } from './metric/params.ts';
import { type Stats, summarize } from './metric/summarize.ts';

export interface EvaluateOptions extends Omit<EvaluationOptions, 'corrected'> {
  /** Whether the result has `matches`. Default false. */
  readonly keepMatches?: boolean;
  /** Whether the result has `corrected`: the figures without pycocotools' oddities, which the README lists. Default false. */
  readonly corrected?: boolean;
}

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

export interface EvaluationResult extends EvaluationFigures {
  /** T, R, K, A, M. */
  readonly counts: readonly [number, number, number, number, number];
  readonly params: EvaluationParams;
  readonly warnings: readonly EvaluationWarning[];
  /** Without pycocotools' oddities, if asked for. */
  readonly corrected?: EvaluationFigures;
  /** Which detection took which ground truth, if asked for; made as they are read. */
  readonly matches?: Iterable<ImageMatches>;
}

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
  const { keepMatches = false, corrected = false } = options;
  const inputs = loadInputs(groundTruth, detections, options);
  const prepare = (more: { readonly keepMatches: boolean; readonly corrected: boolean }): Evaluation =>
    prepareEvaluation(inputs.groundTruth, inputs.results, { ...options, ...more });
  const evaluation = prepare({ keepMatches, corrected: false });
  return {
    ...figuresOf(evaluation),
    counts: evaluation.result.counts,
    params: evaluation.params,
    warnings: evaluation.warnings,
    ...(corrected && { corrected: figuresOf(prepare({ keepMatches: false, corrected: true })) }),
    ...(keepMatches && { matches: { [Symbol.iterator]: () => imageMatches(evaluation) } }),
  };
}

/** The figures of an evaluation that is made already. */
export function figuresOf({ result, params, groups, matches, categories }: Evaluation): EvaluationFigures {
  const detectionsOf = (k: number): number => {
    const [first = 0, end = 0] = groups.classStart.subarray(k, k + 2);
    return (groups.detectionStart[end] as number) - (groups.detectionStart[first] as number);
  };
  return {
    stats: summarize(result, params),
    perCategory: (params.useCategories ? categories : []).map(({ id, name = String(id) }, k) => ({
      id,
      name,
      stats: summarize(result, params, k),
      truths: matches.positives[k] as number,
      detections: detectionsOf(k),
    })),
    precision: result.precision,
    recall: result.recall,
    scores: result.scores,
  };
}
