// What each image adds to every AP, worked out once: the AP of any multiset of images is then a walk through sorted lists.

import { type Groups, makeGroups } from '../metric/groups.ts';
import { matchAll, verdict } from '../metric/match.ts';
import { overlapsOf } from '../metric/overlaps-of.ts';
import { type EvaluationInput, findable } from './evaluation-input.ts';

/**
 * One class within one area range. Most detections are wrong at every threshold: of these only the image is kept. The others are points,
 * and with them all detections of their runs.
 */
export interface ClassContributions {
  /** The image of each ground truth to find, as its place in `params.imageIds`. */
  readonly truthImages: Int32Array;
  /** The image of each detection that is wrong at every threshold, best first; without those after the last point. */
  readonly wrongImages: Int32Array;
  /** How many of these are before each point. */
  readonly wrongBefore: Int32Array;
  /** The image of each point, best first. */
  readonly images: Int32Array;
  /** 1 for points that are wrong unless they are matched; 0 for those whose area is outside of the range. */
  readonly inRange: Uint8Array;
  /** For each point the end of its run: neighbours of one image with one score. In a multiset of images a run is repeated as a whole. */
  readonly runEnds: Int32Array;
  /** A `verdict` of each point, by IoU threshold. */
  readonly outcomes: readonly Uint8Array[];
  /** Points that are right, or ignored though in range, by IoU threshold. */
  readonly events: readonly Int32Array[];
}

/** Contributions by area range, then by class, of at most the largest `maxDetections` of an image and class. */
export function imageContributions(input: EvaluationInput): readonly (readonly ClassContributions[])[] {
  const { truths, detections, params, corrected = false } = input;
  const groups = makeGroups(truths, detections, params);
  const { verdicts, candidates } = matchAll(truths, detections, groups, {
    params,
    overlaps: overlapsOf(truths, detections, params),
    keepMatches: false,
    corrected,
  });
  const imageOf = imagesOf(groups);
  const count = imageOf.length;
  const scores = Float64Array.from(groups.detections, (index) => detections.scores[index] as number);
  const sizes = Float64Array.from(groups.detections, (index) => detections.areas[index] as number);
  return params.areaRanges.map((range, area) => {
    const counts = findable(input, range);
    const planes = params.iouThresholds.map((_, t) =>
      verdicts.subarray(
        (area * params.iouThresholds.length + t) * count,
        (area * params.iouThresholds.length + t + 1) * count,
      ),
    );
    const isInside = (place: number): boolean =>
      !((sizes[place] as number) < range.min || (sizes[place] as number) > range.max);
    const isPoint = (place: number): boolean =>
      candidates[place] === 1 &&
      (isInside(place) || planes.some((plane) => plane[place] !== verdict.ignored));
    return Array.from({ length: groups.classStart.length - 1 }, (_, column): ClassContributions => {
      const [first = 0, end = 0] = groups.classStart.subarray(column, column + 2);
      const ranking = groups.ranking.subarray(groups.detectionStart[first], groups.detectionStart[end]);
      const { points, runEnds, wrongImages, wrongBefore } = split(ranking, {
        imageOf,
        scores,
        isInside,
        isPoint,
      });
      const inRange = Uint8Array.from(points, (place) => (isInside(place) ? 1 : 0));
      const outcomes = planes.map((plane) => Uint8Array.from(points, (place) => plane[place] as number));
      return {
        truthImages: truthImagesOf(groups, { first, end, counts }),
        wrongImages,
        wrongBefore,
        images: Int32Array.from(points, (place) => imageOf[place] as number),
        inRange,
        runEnds,
        outcomes,
        events: outcomes.map((own) =>
          Int32Array.from(own.keys()).filter(
            (i) => own[i] === verdict.truePositive || (own[i] === verdict.ignored && inRange[i] === 1),
          ),
        ),
      };
    });
  });
}

function imagesOf(groups: Groups): Int32Array {
  const images = new Int32Array(groups.detections.length);
  for (const [group, image] of groups.images.entries()) {
    images.fill(image, groups.detectionStart[group], groups.detectionStart[group + 1]);
  }
  return images;
}

function truthImagesOf(
  groups: Groups,
  {
    first,
    end,
    counts,
  }: { readonly first: number; readonly end: number; readonly counts: (truth: number) => boolean },
): Int32Array {
  const images: number[] = [];
  for (let group = first; group < end; group++) {
    const own = groups.truths.subarray(groups.truthStart[group], groups.truthStart[group + 1]);
    for (const truth of own) if (counts(truth)) images.push(groups.images[group] as number);
  }
  return Int32Array.from(images);
}

interface SplitOptions {
  readonly imageOf: Int32Array;
  readonly scores: Float64Array;
  readonly isInside: (place: number) => boolean;
  readonly isPoint: (place: number) => boolean;
}

/** Parts a ranking into points and what is merely wrong, run by run. */
function split(
  ranking: Int32Array,
  { imageOf, scores, isInside, isPoint }: SplitOptions,
): Pick<ClassContributions, 'runEnds' | 'wrongImages' | 'wrongBefore'> & {
  readonly points: readonly number[];
} {
  const points: number[] = [];
  const runEnds: number[] = [];
  const wrongBefore: number[] = [];
  const wrongImages = new Int32Array(ranking.length);
  let wrong = 0;
  for (let start = 0; start < ranking.length; ) {
    const head = ranking[start] as number;
    let end = start + 1;
    while (
      end < ranking.length &&
      imageOf[ranking[end] as number] === imageOf[head] &&
      Object.is(scores[ranking[end] as number], scores[head])
    ) {
      end++;
    }
    const run = ranking.subarray(start, end);
    if (run.some(isPoint)) {
      const runEnd = points.length + run.length;
      for (const place of run) {
        points.push(place);
        runEnds.push(runEnd);
        wrongBefore.push(wrong);
      }
    } else for (const place of run) if (isInside(place)) wrongImages[wrong++] = imageOf[place] as number;
    start = end;
  }
  return {
    points,
    runEnds: Int32Array.from(runEnds),
    wrongBefore: Int32Array.from(wrongBefore),
    wrongImages: wrongImages.slice(0, wrongBefore.at(-1) ?? 0),
  };
}
