// What each image adds to every AP, worked out once: the AP of any multiset of images is then a walk through sorted lists.

import { makeGroups } from '../metric/groups.ts';
import { matchAll, verdict } from '../metric/match.ts';
import { type EvaluationInput, findable } from './evaluation-input.ts';

/** One class within one area range. */
export interface ClassContributions {
  /** The image of each ground truth to find, as its place in `params.imageIds`. */
  readonly truthImages: Int32Array;
  /** The image of each detection that can count, best first. */
  readonly images: Int32Array;
  /** 1 for detections that are wrong unless they are matched; 0 for those whose area is outside of the range. */
  readonly inRange: Uint8Array;
  /**
   * For each detection the end of its run: neighbours of one image with one score. In a multiset of images a run is repeated as a whole.
   */
  readonly runEnds: Int32Array;
  /** A `verdict` of each detection, by IoU threshold. */
  readonly outcomes: readonly Uint8Array[];
  /** Those that are more than a plain false positive, by IoU threshold. */
  readonly events: readonly Int32Array[];
}

/** Contributions by area range, then by class, of at most the largest `maxDetections` of an image and class. */
export function imageContributions(input: EvaluationInput): readonly (readonly ClassContributions[])[] {
  const { truths, detections, params, corrected = false } = input;
  const groups = makeGroups(truths, detections, params);
  const { verdicts } = matchAll(truths, detections, groups, { params, keepMatches: false, corrected });
  const count = groups.detections.length;
  const imageOf = new Int32Array(count);
  for (const [group, image] of groups.images.entries()) {
    imageOf.fill(image, groups.detectionStart[group], groups.detectionStart[group + 1]);
  }
  const scoreOf = (place: number): number => detections.scores[groups.detections[place] as number] as number;
  return params.areaRanges.map((range, area) => {
    const counts = findable(input, range);
    const isInside = (place: number): boolean => {
      const size = detections.areas[groups.detections[place] as number] as number;
      return !(size < range.min || size > range.max);
    };
    const outcomeOf = (place: number, t: number): number =>
      verdicts[(area * params.iouThresholds.length + t) * count + place] as number;
    return Array.from({ length: groups.classStart.length - 1 }, (_, column): ClassContributions => {
      const [first = 0, end = 0] = groups.classStart.subarray(column, column + 2);
      const places = groups.ranking
        .subarray(groups.detectionStart[first], groups.detectionStart[end])
        .filter(
          (place) =>
            isInside(place) ||
            params.iouThresholds.some((_threshold, t) => outcomeOf(place, t) !== verdict.ignored),
        );
      const images = places.map((place) => imageOf[place] as number);
      const inRange = Uint8Array.from(places, (place) => (isInside(place) ? 1 : 0));
      const runEnds = new Int32Array(places.length);
      for (let i = places.length - 1; i >= 0; i--) {
        const joined =
          images[i] === images[i + 1] &&
          Object.is(scoreOf(places[i] as number), scoreOf(places[i + 1] as number));
        runEnds[i] = joined ? (runEnds[i + 1] as number) : i + 1;
      }
      const outcomes = params.iouThresholds.map((_threshold, t) =>
        Uint8Array.from(places, (place) => outcomeOf(place, t)),
      );
      const truthImages: number[] = [];
      for (let group = first; group < end; group++) {
        const own = groups.truths.subarray(groups.truthStart[group], groups.truthStart[group + 1]);
        for (const truth of own) if (counts(truth)) truthImages.push(groups.images[group] as number);
      }
      return {
        truthImages: Int32Array.from(truthImages),
        images,
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
