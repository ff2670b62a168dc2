// COCO's figures of a multiset of images, from contributions that were worked out once.

import { verdict } from '../metric/match.ts';
import { mean } from '../metric/pairwise-sum.ts';
import type { EvaluationParams } from '../metric/params.ts';
import type { Stats } from '../metric/summarize.ts';
import type { EvaluationInput } from './evaluation-input.ts';
import { type ClassContributions, imageContributions } from './image-contributions.ts';

/** numpy's `spacing(1)`, as in pycocotools' precision. */
const epsilon = 2 ** -52;

export interface ResampledFigures {
  /** AP, AP50, AP75, then AP and AR by area range, at the largest `maxDetections`; -1 where there is nothing to measure. */
  readonly stats: Stats;
  /** AP by class, for objects of the first area range; -1 without ground truth. */
  readonly categoryAp: Float64Array;
}

/** Tells figures when each image occurs as often as its weight says: by place in `params.imageIds`, whole numbers from 0. */
export type ResampleFigures = (weights: Int32Array) => ResampledFigures;

/** Works out what images contribute, and gives the function that adds it up. */
export function resampler(input: EvaluationInput): ResampleFigures {
  const { params } = input;
  const contributions = imageContributions(input);
  const scratch = new Scratch();
  return (weights) => {
    const stats: Record<string, number> = {};
    let categoryAp = new Float64Array();
    for (const [area, { label }] of params.areaRanges.entries()) {
      const classes = contributions[area] ?? [];
      const curves = classes.map((own) => classCurves(own, { weights, params, scratch }));
      if (area === 0) categoryAp = Float64Array.from(curves, (own) => (own ? mean(own.precision) : -1));
      Object.assign(stats, areaStats(curves, { label, params }));
    }
    return { stats: inOrder(stats), categoryAp };
  };
}

interface ClassCurves {
  /** `[thresholds, recalls]`. */
  readonly precision: Float64Array;
  /** `[thresholds]`. */
  readonly recall: Float64Array;
}

/** Room for walks, kept between them. */
class Scratch {
  /** For each point the weight of what is before it and in range. */
  before = new Float64Array(1024);
  precision = new Float64Array(1024);

  fit(points: number, positives: number): void {
    if (this.before.length < points) this.before = new Float64Array(2 * points);
    if (this.precision.length <= positives) this.precision = new Float64Array(2 * positives + 1);
  }
}

interface WalkOptions {
  readonly weights: Int32Array;
  readonly params: EvaluationParams;
  readonly scratch: Scratch;
}

/** Precision at all recalls of one class; undefined if the images hold nothing to find. */
function classCurves(
  own: ClassContributions,
  { weights, params, scratch }: WalkOptions,
): ClassCurves | undefined {
  let positives = 0;
  for (const image of own.truthImages) positives += weights[image] as number;
  if (positives === 0) return undefined;
  scratch.fit(own.images.length, positives);
  sumUpWrong(own, weights, scratch.before);
  const { iouThresholds, recallThresholds } = params;
  const curves = {
    precision: new Float64Array(iouThresholds.length * recallThresholds.length),
    recall: new Float64Array(iouThresholds.length),
  };
  const counts = recallThresholds.map((recall) => countToReach(recall, positives));
  for (let t = 0; t < iouThresholds.length; t++) {
    const found = walk(own, { t, weights, scratch });
    curves.recall[t] = found / positives;
    const { precision } = scratch;
    let best = 0;
    let point = found;
    for (let r = counts.length - 1; r >= 0; r--) {
      const count = counts[r] as number;
      if (count > found) continue;
      for (; point >= count; point--) best = Math.max(best, precision[point] as number);
      curves.precision[t * recallThresholds.length + r] = best;
    }
  }
  return curves;
}

/** For each point the weight of all detections before it that are wrong, if no point is right. */
function sumUpWrong(
  { images, inRange, wrongImages, wrongBefore }: ClassContributions,
  weights: Int32Array,
  before: Float64Array,
): void {
  let sum = 0;
  let wrong = 0;
  for (let point = 0; point < images.length; point++) {
    for (const end = wrongBefore[point] as number; wrong < end; wrong++) {
      sum += weights[wrongImages[wrong] as number] as number;
    }
    before[point] = sum;
    sum += (inRange[point] as number) * (weights[images[point] as number] as number);
  }
}

/** The fewest right detections that reach a recall; at least 1, as no point is before the first. */
function countToReach(recall: number, positives: number): number {
  let count = Math.max(1, Math.ceil(recall * positives));
  while (count > 1 && (count - 1) / positives >= recall) count--;
  while (count / positives < recall) count++;
  return count;
}

/** Writes the precision at each true positive, from place 1 on, into the scratch and returns how many there are. */
function walk(
  own: ClassContributions,
  { t, weights, scratch }: { readonly t: number; readonly weights: Int32Array; readonly scratch: Scratch },
): number {
  const { images, inRange, runEnds } = own;
  const outcomes = own.outcomes[t] as Uint8Array;
  const events = own.events[t] as Int32Array;
  const { before, precision } = scratch;
  let found = 0;
  /** Weight of what is in range, but not wrong. */
  let spared = 0;
  for (let e = 0; e < events.length; e++) {
    const event = events[e] as number;
    const weight = weights[images[event] as number] as number;
    if (weight === 0) continue;
    if (runEnds[event] === event + 1 && (event === 0 || runEnds[event - 1] === event)) {
      if (outcomes[event] === verdict.truePositive) {
        const wrong = (before[event] as number) - spared;
        for (let copy = 0; copy < weight; copy++) {
          found++;
          precision[found] = found / (wrong + found + epsilon);
        }
      }
      spared += weight * (inRange[event] as number);
      continue;
    }
    const first = runStart(own, event);
    const end = runEnds[first] as number;
    let wrong = (before[first] as number) - spared;
    for (let copy = 0; copy < weight; copy++) {
      for (let i = first; i < end; i++) {
        if (outcomes[i] === verdict.falsePositive) wrong++;
        else if (outcomes[i] === verdict.truePositive) {
          found++;
          precision[found] = found / (wrong + found + epsilon);
        }
      }
    }
    for (; e < events.length && (events[e] as number) < end; e++) {
      spared += weight * (inRange[events[e] as number] as number);
    }
    e--;
  }
  return found;
}

function runStart({ runEnds }: ClassContributions, index: number): number {
  let start = index;
  while (start > 0 && runEnds[start - 1] === runEnds[index]) start--;
  return start;
}

function areaStats(
  curves: readonly (ClassCurves | undefined)[],
  { label, params }: { readonly label: string; readonly params: EvaluationParams },
): Record<string, number> {
  const { iouThresholds, recallThresholds, maxDetections } = params;
  const known = curves.filter((own) => own !== undefined);
  const [T, R, K] = [iouThresholds.length, recallThresholds.length, known.length];
  // In the order of pycocotools' arrays, so that means are equal to the last digit.
  const precision = new Float64Array(T * R * K);
  const recall = new Float64Array(T * K);
  for (const [k, own] of known.entries()) {
    for (let row = 0; row < T * R; row++) precision[row * K + k] = own.precision[row] as number;
    for (let t = 0; t < T; t++) recall[t * K + k] = own.recall[t] as number;
  }
  const meanOrNone = (values: Float64Array): number => (values.length === 0 ? -1 : mean(values));
  const at = (threshold: number): number => {
    const t = iouThresholds.indexOf(threshold);
    return t < 0 ? -1 : meanOrNone(precision.subarray(t * R * K, (t + 1) * R * K));
  };
  if (label !== 'all') return { [`AP${label}`]: meanOrNone(precision), [`AR${label}`]: meanOrNone(recall) };
  const limit = params.type === 'keypoints' ? '' : String(maxDetections.at(-1) ?? '');
  return {
    AP: meanOrNone(precision),
    AP50: at(0.5),
    AP75: at(0.75),
    [`AR${limit}`]: meanOrNone(recall),
  };
}

/** AP before AR. */
function inOrder(stats: Readonly<Record<string, number>>): Stats {
  const entries = Object.entries(stats);
  return Object.fromEntries([
    ...entries.filter(([name]) => name.startsWith('AP')),
    ...entries.filter(([name]) => !name.startsWith('AP')),
  ]);
}
