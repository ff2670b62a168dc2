// Which detection takes which ground truth, at every threshold and for every size class (cocoeval.py, evaluateImg).

import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import type { Groups } from './groups.ts';
import { type Overlaps, overlapsOf } from './overlaps.ts';
import type { EvaluationParams } from './params.ts';

/** What became of a detection. */
export const verdict = { falsePositive: 0, truePositive: 1, ignored: 2 } as const;

/** The outcome for all detections of all groups. */
export interface Matches {
  /** `[areas, thresholds, detections]`: a `verdict` for each of `groups.detections`. */
  readonly verdicts: Uint8Array;
  /** `[areas, classes]`: ground truths that are not ignored. */
  readonly positives: Float64Array;
  /** `[areas, thresholds, detections]`: place in the truth columns, or -1; only if asked for. */
  readonly matched: Int32Array | undefined;
}

export interface MatchOptions {
  readonly params: EvaluationParams;
  /** Whether `matched` is kept. */
  readonly keepMatches: boolean;
  /** A ground truth with id 0 reads as unmatched in pycocotools; `true` matches it like any other. */
  readonly corrected: boolean;
}

/** Matches all groups. */
export function matchAll(
  truths: TruthColumns,
  detections: DetectionColumns,
  groups: Groups,
  { params, keepMatches, corrected }: MatchOptions,
): Matches {
  const { areaRanges, iouThresholds } = params;
  const count = groups.detections.length;
  const planes = areaRanges.length * iouThresholds.length;
  const classes = groups.classStart.length - 1;
  const matches: Matches = {
    verdicts: new Uint8Array(planes * count),
    positives: new Float64Array(areaRanges.length * classes),
    matched: keepMatches ? new Int32Array(planes * count).fill(-1) : undefined,
  };
  const overlaps = overlapsOf(truths, detections, params);
  const ignoring = new IgnoreRules(truths, params);
  for (let column = 0; column < classes; column++) {
    const [first = 0, end = 0] = groups.classStart.subarray(column, column + 2);
    for (let group = first; group < end; group++) {
      const mine = groups.truths.subarray(groups.truthStart[group], groups.truthStart[group + 1]);
      const from = groups.detectionStart[group] as number;
      const found = groups.detections.subarray(from, groups.detectionStart[group + 1]);
      const pair = overlaps(found, mine);
      for (const [area, range] of areaRanges.entries()) {
        const order = ignoring.order(mine, range);
        const at = area * classes + column;
        matches.positives[at] = (matches.positives[at] as number) + order.real;
        matchGroup(
          { truths, detections, found, order, pair, range, params, corrected },
          (place, t, outcome, truth) => {
            const index = (area * iouThresholds.length + t) * count + from + place;
            matches.verdicts[index] = outcome;
            if (matches.matched) matches.matched[index] = truth;
          },
        );
      }
    }
  }
  return matches;
}

/** Truths of a group: first those that count, then those that are ignored. */
interface TruthOrder {
  /** Places in the group. */
  readonly places: Int32Array;
  /** Places in the columns, in the same order. */
  readonly indices: Int32Array;
  /** How many count. */
  readonly real: number;
}

type AreaBounds = EvaluationParams['areaRanges'][number];

class IgnoreRules {
  readonly #truths: TruthColumns;
  readonly #ignored: Uint8Array;

  constructor(truths: TruthColumns, { type }: EvaluationParams) {
    this.#truths = truths;
    const { crowds, keypointCounts } = truths;
    this.#ignored =
      type === 'keypoints' && keypointCounts
        ? crowds.map((crowd, index) => (crowd || keypointCounts[index] === 0 ? 1 : 0))
        : crowds;
  }

  order(mine: Int32Array, { min, max }: AreaBounds): TruthOrder {
    const { areas } = this.#truths;
    const isReal = (index: number): boolean => {
      const area = areas[index] as number;
      return !this.#ignored[index] && !(area < min || area > max);
    };
    const places = new Int32Array(mine.length);
    let real = 0;
    for (let place = 0; place < mine.length; place++)
      if (isReal(mine[place] as number)) places[real++] = place;
    let next = real;
    for (let place = 0; place < mine.length; place++)
      if (!isReal(mine[place] as number)) places[next++] = place;
    return { places, indices: places.map((place) => mine[place] as number), real };
  }
}

interface GroupToMatch {
  readonly truths: TruthColumns;
  readonly detections: DetectionColumns;
  readonly found: Int32Array;
  readonly order: TruthOrder;
  readonly pair: ReturnType<Overlaps>;
  readonly range: AreaBounds;
  readonly params: EvaluationParams;
  readonly corrected: boolean;
}

type Report = (place: number, threshold: number, outcome: number, truth: number) => void;

function matchGroup(group: GroupToMatch, report: Report): void {
  const { truths, detections, found, order, pair, range, params, corrected } = group;
  const { places, indices, real } = order;
  const outsideOf = (index: number): boolean => {
    const area = detections.areas[index] as number;
    return area < range.min || area > range.max;
  };
  for (const [t, limit] of params.iouThresholds.entries()) {
    const lowest = Math.min(limit, 1 - 1e-10);
    const taken = new Uint8Array(places.length);
    for (let place = 0; place < found.length; place++) {
      const match = pair.best(place) < lowest ? -1 : findMatch(place, lowest, taken);
      const outside = outsideOf(found[place] as number);
      if (match < 0) {
        report(place, t, outside ? verdict.ignored : verdict.falsePositive, -1);
        continue;
      }
      taken[match] = 1;
      const truth = indices[match] as number;
      const unmatched = !corrected && truths.ids[truth] === 0;
      const ignored = match >= real || (unmatched && outside);
      const counted = unmatched ? verdict.falsePositive : verdict.truePositive;
      report(place, t, ignored ? verdict.ignored : counted, truth);
    }
  }

  function findMatch(place: number, lowest: number, taken: Uint8Array): number {
    let best = lowest;
    let match = -1;
    for (let candidate = 0; candidate < places.length; candidate++) {
      // A crowd can be taken many times.
      if (taken[candidate] && !truths.crowds[indices[candidate] as number]) continue;
      // Once matched to one that counts, the ignored ones need not be looked at.
      if (match >= 0 && match < real && candidate >= real) break;
      const overlap = pair.at(place, places[candidate] as number);
      // Of equal overlaps the later ground truth wins.
      if (overlap < best) continue;
      best = overlap;
      match = candidate;
    }
    return match;
  }
}
