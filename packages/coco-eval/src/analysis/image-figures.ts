// AP, AR and counts image by image: which pictures are hard.

import { verdict } from '../metric/match.ts';
import { mean } from '../metric/pairwise-sum.ts';
import { precisionAtRecalls } from './average-precision.ts';
import { type EvaluationInput, everySize, findable } from './evaluation-input.ts';
import { type MatchesAt, matchAt } from './match-at.ts';
import { matchGroups } from './match-groups.ts';

export interface ImageFigures {
  readonly imageId: number;
  /** AP and AR as if the data set were this one image; -1 if it has no ground truth. */
  readonly AP: number;
  readonly AR: number;
  /** Ground truths to find. */
  readonly truths: number;
  /** Counts of detections with at least the score threshold, at the IoU threshold of the matches. */
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly missed: number;
}

export interface ImageFiguresOptions {
  /** For the counts; AP and AR look at all detections. Default: none. */
  readonly scoreThreshold?: number;
  /** For the counts. Default: matches at IoU 0.5. */
  readonly matches?: MatchesAt;
}

/** Figures of every image, in the order of `params.imageIds`. */
export function imageFigures(
  input: EvaluationInput,
  { scoreThreshold = Number.NEGATIVE_INFINITY, matches = matchAt(input, 0.5) }: ImageFiguresOptions = {},
): readonly ImageFigures[] {
  const figures = curvesByImage(input);
  const right = new Float64Array(input.params.imageIds.length);
  const wrong = new Float64Array(input.params.imageIds.length);
  for (const [place, outcome] of matches.verdicts.entries()) {
    if (!((matches.scores[place] as number) >= scoreThreshold)) continue;
    const image = matches.images[place] as number;
    if (outcome === verdict.truePositive) right[image] = (right[image] as number) + 1;
    else if (outcome === verdict.falsePositive) wrong[image] = (wrong[image] as number) + 1;
  }
  return input.params.imageIds.map((imageId, image) => {
    const { precision = [], recall = [], truths = 0 } = figures[image] ?? {};
    return {
      imageId,
      AP: meanOrNone(precision),
      AR: meanOrNone(recall),
      truths,
      truePositives: right[image] as number,
      falsePositives: wrong[image] as number,
      missed: truths - (right[image] as number),
    };
  });
}

interface ImageCurves {
  /** AP and recall of each class with ground truth at each IoU threshold. */
  readonly precision: number[];
  readonly recall: number[];
  truths: number;
}

function curvesByImage(input: EvaluationInput): readonly ImageCurves[] {
  const range = everySize(input.params);
  const params = { ...input.params, areaRanges: [range] };
  const { imageIds, iouThresholds, recallThresholds } = params;
  const {
    groups,
    matches: { verdicts },
  } = matchGroups({ ...input, params }, { keepMatches: false });
  const counts = findable(input, range);
  const images = imageIds.map((): ImageCurves => ({ precision: [], recall: [], truths: 0 }));
  for (const [group, image] of groups.images.entries()) {
    const own = groups.truths.subarray(groups.truthStart[group], groups.truthStart[group + 1]);
    const positives = own.filter(counts).length;
    const figures = images[image];
    if (positives === 0 || !figures) continue;
    figures.truths += positives;
    const [from = 0, to = 0] = groups.detectionStart.subarray(group, group + 2);
    for (let t = 0; t < iouThresholds.length; t++) {
      const plane = t * groups.detections.length;
      const outcomes = verdicts.subarray(plane + from, plane + to);
      figures.precision.push(mean(precisionAtRecalls({ outcomes, positives, recallThresholds })));
      figures.recall.push(outcomes.filter((outcome) => outcome === verdict.truePositive).length / positives);
    }
  }
  return images;
}

function meanOrNone(values: readonly number[]): number {
  return values.length === 0 ? -1 : mean(values);
}
