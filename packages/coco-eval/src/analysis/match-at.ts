// COCO's matching at one IoU threshold for objects of all sizes: what operating points, confusions, errors and calibration are made of.

import { CocoEvalError } from '../error.ts';
import { bestFirst } from '../metric/best-first.ts';
import type { Groups } from '../metric/groups.ts';
import { type EvaluationInput, evaluatedCategories, everySize } from './evaluation-input.ts';
import { matchGroups } from './match-groups.ts';

/** Outcomes of all detections. A place is a position in `groups.detections`. */
export interface MatchesAt {
  readonly iouThreshold: number;
  readonly groups: Groups;
  /** Category ids by class; -1 for all together. */
  readonly categoryIds: readonly number[];
  /** A `verdict` by place. */
  readonly verdicts: Uint8Array;
  /** The ground truth that was taken, as its place in the truth columns, or -1; by place. */
  readonly matched: Int32Array;
  /** Class by place. */
  readonly classes: Int32Array;
  /** Place in `params.imageIds`, by place. */
  readonly images: Int32Array;
  /** Scores by place. */
  readonly scores: Float64Array;
  /** Ground truths to find, by class. */
  readonly positives: Float64Array;
}

/**
 * Matches detections with ground truths of their class, best score first, at most the largest `maxDetections` per image and class.
 *
 * @param iouThreshold above 0, at most 1
 * @throws CocoEvalError `INVALID_ARGUMENT` if it is not
 */
export function matchAt(input: EvaluationInput, iouThreshold: number): MatchesAt {
  if (!(iouThreshold > 0 && iouThreshold <= 1)) {
    throw new CocoEvalError('INVALID_ARGUMENT', `An IoU threshold of ${iouThreshold} is out of range.`, {
      value: iouThreshold,
      next: 'Pass a number above 0 and at most 1, as 0.5.',
    });
  }
  const { detections } = input;
  const params = { ...input.params, iouThresholds: [iouThreshold], areaRanges: [everySize(input.params)] };
  const { groups, matches } = matchGroups({ ...input, params }, { keepMatches: true });
  const { verdicts, matched, positives } = matches;
  const classes = new Int32Array(groups.detections.length);
  const images = new Int32Array(groups.detections.length);
  for (let column = 0; column + 1 < groups.classStart.length; column++) {
    const [first = 0, end = 0] = groups.classStart.subarray(column, column + 2);
    for (let group = first; group < end; group++) {
      const [from = 0, to = 0] = groups.detectionStart.subarray(group, group + 2);
      classes.fill(column, from, to);
      images.fill(groups.images[group] as number, from, to);
    }
  }
  return {
    iouThreshold,
    groups,
    categoryIds: evaluatedCategories(params),
    verdicts,
    matched: matched ?? new Int32Array(groups.detections.length).fill(-1),
    classes,
    images,
    scores: Float64Array.from(groups.detections, (index) => detections.scores[index] as number),
    positives,
  };
}

/** Places of one class, or of all classes together, best score first; ties as the metric orders them. */
export function rankPlaces({ groups, scores }: MatchesAt, column?: number): Int32Array {
  if (column === undefined) return bestFirst(Int32Array.from(scores.keys()), scores);
  const [first = 0, end = 0] = groups.classStart.subarray(column, column + 2);
  return groups.ranking.slice(groups.detectionStart[first], groups.detectionStart[end]);
}
