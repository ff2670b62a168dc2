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
  /** Weighted false positives before each detection, were none matched. */
  before = new Float64Array(1024);
  precision = new Float64Array(1024);

  fit(detections: number, positives: number): void {
    if (this.before.length <= detections) this.before = new Float64Array(2 * detections + 2);
    if (this.precision.length < positives) this.precision = new Float64Array(2 * positives);
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
  const { images, inRange } = own;
  scratch.fit(images.length, positives);
  const { before } = scratch;
  before[0] = 0;
  for (let i = 0; i < images.length; i++) {
    before[i + 1] = (before[i] as number) + (inRange[i] ? (weights[images[i] as number] as number) : 0);
  }
  const { iouThresholds, recallThresholds } = params;
  const curves = {
    precision: new Float64Array(iouThresholds.length * recallThresholds.length),
    recall: new Float64Array(iouThresholds.length),
  };
  for (let t = 0; t < iouThresholds.length; t++) {
    const found = walk(own, { t, weights, scratch });
    curves.recall[t] = found / positives;
    const { precision } = scratch;
    for (let i = found - 2; i >= 0; i--) {
      precision[i] = Math.max(precision[i] as number, precision[i + 1] as number);
    }
    let point = 0;
    for (let r = 0; r < recallThresholds.length; r++) {
      while (point < found && (point + 1) / positives < (recallThresholds[r] as number)) point++;
      if (point === found) break;
      curves.precision[t * recallThresholds.length + r] = precision[point] as number;
    }
  }
  return curves;
}

/** Writes the precision at each true positive into the scratch and returns how many there are. */
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
  for (let e = 0; e < events.length; ) {
    const first = runStart(own, events[e] as number);
    const end = runEnds[first] as number;
    const weight = weights[images[first] as number] as number;
    let wrong = (before[first] as number) - spared;
    for (let copy = 0; copy < weight; copy++) {
      for (let i = first; i < end; i++) {
        const outcome = outcomes[i];
        if (outcome === verdict.falsePositive) wrong++;
        else if (outcome === verdict.truePositive) {
          precision[found] = (found + 1) / (wrong + found + 1 + epsilon);
          found++;
        }
      }
    }
    for (; e < events.length && (events[e] as number) < end; e++) {
      if (inRange[events[e] as number]) spared += weight;
    }
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
