// LVIS's figures (lvis-api, eval.py): COCO's metric by LVIS's rules, with an AP for rare, common and frequent categories.

import { type EvaluationFigures, figuresBy } from '../figures.ts';
import { accumulate, type PrecisionRecall } from '../metric/accumulate.ts';
import type { Groups } from '../metric/groups.ts';
import type { Matches } from '../metric/match.ts';
import { mean } from '../metric/pairwise-sum.ts';
import type { EvaluationParams } from '../metric/params.ts';
import { meanOf, type Stats } from '../metric/summarize.ts';
import { type ByLvisRules, byLvisRules, type LvisInput } from './lvis-rules.ts';
import { matchGroups } from './match-groups.ts';

export interface LvisOptions {
  /** Detections per image, over all categories. Default 300. */
  readonly maxDetections?: number;
}

export interface LvisResult<Input extends LvisInput = LvisInput> {
  /** AP, AP50, AP75, APsmall, APmedium, APlarge, APr, APc, APf, then AR@300 by size: AR300, ARsmall, ARmedium, ARlarge. -1 where there is nothing to measure. */
  readonly stats: Stats;
  readonly perCategory: readonly {
    readonly categoryId: number;
    readonly frequency: string;
    /** Mean over IoU thresholds; -1 without ground truth. */
    readonly AP: number;
    readonly truths: number;
  }[];
  readonly result: PrecisionRecall;
  readonly params: EvaluationParams;
  /** What counts by LVIS's rules and how it was matched: what `analyze` and `evaluationReport` read. */
  readonly evaluation: LvisEvaluation<Input>;
}

/** An `Evaluation` if it was made of what `prepareInput` gives. */
export type LvisEvaluation<Input extends LvisInput = LvisInput> = ByLvisRules<Input> & {
  readonly groups: Groups;
  readonly matches: Matches;
  readonly result: PrecisionRecall;
};

/**
 * LVIS's figures.
 *
 * - Of each image the 300 best detections count, whatever their category.
 * - A detection of a category counts only where it is known whether the category is there: on images that have ground truth of it or list
 *   it in `neg_category_ids`.
 * - Where an image lists a category in `not_exhaustive_category_ids`, detections of it that match nothing are ignored.
 * - There are no crowds: what is marked as one is an object like others.
 * - Ground truths and detections without an area above 0 do not count (lvis.py, get_ann_ids).
 * - Categories are rare (r), common (c) or frequent (f) by the number of training images that have them, with an AP for each group.
 *
 * Everything else is COCO's metric.
 *
 * @throws CocoEvalError `INVALID_ARGUMENT` for keypoints; `INVALID_ANNOTATIONS` if an image or category lacks LVIS's fields
 * @example
 * const { stats, evaluation } = evaluateLvis(prepareInput(groundTruth, detections, { crowdsOptional: true }));
 * stats.APr; // 0.121: rare categories
 * const { errors } = analyze(evaluation);
 */
export function evaluateLvis<Input extends LvisInput>(
  input: Input,
  { maxDetections = 300 }: LvisOptions = {},
): LvisResult<Input> {
  const counted = byLvisRules(input, maxDetections);
  const { params, detections, lvis } = counted;
  const matched = matchGroups(counted, { keepMatches: false });
  const result = accumulate(matched.groups, matched.matches, detections, params);
  const evaluation = { ...counted, ...matched, result };
  const perCategory = params.categoryIds.map((categoryId, category) => ({
    categoryId,
    frequency: lvis.frequencies[category] as string,
    AP: meanOf(result, params, { of: 'precision', maxDetections, category }),
    truths: matched.matches.positives[category] as number,
  }));
  const stats = allStats(
    evaluation,
    perCategory.map(({ AP }) => AP),
  );
  return { stats, perCategory, result, params, evaluation };
}

/** All figures of an evaluation by LVIS's rules; those of a category are without APr, APc and APf. */
export function lvisFigures(evaluation: LvisEvaluation): EvaluationFigures {
  const { params, result } = evaluation;
  const byId = new Map(evaluation.categories.map((category) => [category.id, category]));
  const categories = params.categoryIds.map((id) => byId.get(id) ?? { id });
  const { perCategory, ...arrays } = figuresBy({ ...evaluation, categories }, (category) => {
    const { precision, recall } = statsOf(result, params, category);
    return { ...precision, ...recall };
  });
  const aps = perCategory.map(({ stats: { AP = -1 } }) => AP);
  return { ...arrays, stats: allStats(evaluation, aps), perCategory };
}

/** @param aps AP of each category */
function allStats({ result, params, lvis }: LvisEvaluation, aps: readonly number[]): Stats {
  const group = (letter: string): number => {
    const own = aps.filter((AP, category) => lvis.frequencies[category] === letter && AP >= 0);
    return own.length === 0 ? -1 : mean(own);
  };
  const { precision, recall } = statsOf(result, params);
  return { ...precision, APr: group('r'), APc: group('c'), APf: group('f'), ...recall };
}

/** The figures of all categories or of one: APs and ARs. */
function statsOf(
  result: PrecisionRecall,
  params: EvaluationParams,
  category?: number,
): { readonly precision: Stats; readonly recall: Stats } {
  const [maxDetections] = params.maxDetections;
  const figure = (options: { of: 'precision' | 'recall'; area?: string; iouThreshold?: number }): number =>
    meanOf(result, params, { ...options, maxDetections, ...(category !== undefined && { category }) });
  const sizes = ['small', 'medium', 'large'];
  return {
    precision: Object.fromEntries<number>([
      ['AP', figure({ of: 'precision' })],
      ['AP50', figure({ of: 'precision', iouThreshold: 0.5 })],
      ['AP75', figure({ of: 'precision', iouThreshold: 0.75 })],
      ...sizes.map((area): [string, number] => [`AP${area}`, figure({ of: 'precision', area })]),
    ]),
    recall: Object.fromEntries<number>([
      [`AR${maxDetections}`, figure({ of: 'recall' })],
      ...sizes.map((area): [string, number] => [`AR${area}`, figure({ of: 'recall', area })]),
    ]),
  };
}
