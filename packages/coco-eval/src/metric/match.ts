// Which detection takes which ground truth, at every threshold and for every size class (cocoeval.py, evaluateImg).

import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import type { Groups } from './groups.ts';
import type { GroupOverlaps, Overlaps } from './overlaps.ts';
import type { AreaRange, EvaluationParams } from './params.ts';
import { type TruthOrder, TruthOrders } from './truth-order.ts';

/** What became of a detection. */
export const verdict = { falsePositive: 0, truePositive: 1, ignored: 2 } as const;

/** The outcome for all detections of all groups. */
export interface Matches {
  /** `[areas, thresholds, detections]`: a `verdict` for each of `groups.detections`. */
  readonly verdicts: Uint8Array;
  /** `[detections]`: 1 if it overlaps enough for some threshold; else its verdict is the same for all. */
  readonly candidates: Uint8Array;
  /** `[areas, classes]`: ground truths that are not ignored. */
  readonly positives: Float64Array;
  /** `[areas, thresholds, detections]`: place in the truth columns, or -1; only if asked for. */
  readonly matched: Int32Array | undefined;
}

export interface MatchOptions {
  readonly params: EvaluationParams;
  /** By the type of evaluation: `overlapsOf`. */
  readonly overlaps: Overlaps;
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
  options: MatchOptions,
): Matches {
  const { params, overlaps, keepMatches } = options;
  const { areaRanges, iouThresholds } = params;
  const planes = areaRanges.length * iouThresholds.length;
  const classes = groups.classStart.length - 1;
  const matches: Matches = {
    verdicts: unmatchedVerdicts(detections, groups, params),
    candidates: new Uint8Array(groups.detections.length),
    positives: new Float64Array(areaRanges.length * classes),
    matched: keepMatches ? new Int32Array(planes * groups.detections.length).fill(-1) : undefined,
  };
  const matcher = new GroupMatcher({ truths, detections, groups, matches, options });
  const orders = new TruthOrders(truths, params);
  for (let column = 0; column < classes; column++) {
    const end = groups.classStart[column + 1] as number;
    for (let group = groups.classStart[column] as number; group < end; group++) {
      const first = groups.truthStart[group] as number;
      const last = groups.truthStart[group + 1] as number;
      if (first === last) continue;
      const mine = groups.truths.subarray(first, last);
      const from = groups.detectionStart[group] as number;
      const found = groups.detections.subarray(from, groups.detectionStart[group + 1]);
      const pairs = found.length > 0 ? overlaps(found, mine) : undefined;
      for (let a = 0; a < areaRanges.length; a++) {
        const range = areaRanges[a] as AreaRange;
        const order = orders.of(mine, range);
        matches.positives[a * classes + column] =
          (matches.positives[a * classes + column] as number) + order.real;
        if (pairs) matcher.match(found, { plane: a * iouThresholds.length, from, range, order, pairs });
      }
    }
  }
  return matches;
}

/** As if no detection matched: wrong, or ignored where its area is outside of the range (cocoeval.py:298). */
function unmatchedVerdicts(
  { areas }: DetectionColumns,
  groups: Groups,
  params: EvaluationParams,
): Uint8Array {
  const { areaRanges, iouThresholds } = params;
  const { detections } = groups;
  const count = detections.length;
  const verdicts = new Uint8Array(areaRanges.length * iouThresholds.length * count);
  for (const [a, { min, max }] of areaRanges.entries()) {
    const plane = a * iouThresholds.length * count;
    for (let place = 0; place < count; place++) {
      const area = areas[detections[place] as number] as number;
      if (area < min || area > max) verdicts[plane + place] = verdict.ignored;
    }
    for (let t = 1; t < iouThresholds.length; t++)
      verdicts.copyWithin(plane + t * count, plane, plane + count);
  }
  return verdicts;
}

/** Where the outcomes of a group are written: from which plane on, and where in a plane. */
interface PlaneStart {
  readonly plane: number;
  readonly from: number;
}

class GroupMatcher {
  readonly #ids: Float64Array;
  readonly #crowds: Uint8Array;
  readonly #areas: Float64Array;
  readonly #verdicts: Uint8Array;
  readonly #candidates: Uint8Array;
  readonly #matched: Int32Array | undefined;
  readonly #count: number;
  readonly #corrected: boolean;
  /** IoU at least this; a threshold of 1 asks for a little less (cocoeval.py:276). */
  readonly #limits: Float64Array;
  readonly #lowest: number;
  /** `[thresholds, truths of the group]`: whether one is taken. */
  #taken = new Uint8Array(64);

  constructor({
    truths,
    detections,
    groups,
    matches,
    options,
  }: {
    readonly truths: TruthColumns;
    readonly detections: DetectionColumns;
    readonly groups: Groups;
    readonly matches: Matches;
    readonly options: MatchOptions;
  }) {
    this.#ids = truths.ids;
    this.#crowds = truths.crowds;
    this.#areas = detections.areas;
    this.#verdicts = matches.verdicts;
    this.#candidates = matches.candidates;
    this.#matched = matches.matched;
    this.#count = groups.detections.length;
    this.#corrected = options.corrected;
    this.#limits = Float64Array.from(options.params.iouThresholds, (limit) => Math.min(limit, 1 - 1e-10));
    this.#lowest = this.#limits.reduce((least, limit) => Math.min(least, limit));
  }

  /** Matches a group, of which all is written as unmatched. */
  match(
    found: Int32Array,
    {
      plane,
      from,
      range,
      order,
      pairs,
    }: PlaneStart & { readonly range: AreaRange; readonly order: TruthOrder; readonly pairs: GroupOverlaps },
  ): void {
    const limits = this.#limits;
    const size = order.places.length;
    if (this.#taken.length < limits.length * size) this.#taken = new Uint8Array(2 * limits.length * size);
    this.#taken.fill(0, 0, limits.length * size);
    for (let place = 0; place < found.length; place++) {
      const best = pairs.best(place);
      if (best < this.#lowest) continue;
      this.#candidates[from + place] = 1;
      const area = this.#areas[found[place] as number] as number;
      const outside = area < range.min || area > range.max;
      for (let t = 0; t < limits.length; t++) {
        const limit = limits[t] as number;
        if (best < limit) continue;
        const match = this.#find(place, { limit, taken: t * size, order, pairs });
        if (match < 0) continue;
        const at = (plane + t) * this.#count + from + place;
        this.#taken[t * size + match] = 1;
        const truth = order.indices[match] as number;
        if (this.#matched) this.#matched[at] = truth;
        // A match is kept as an id, and 0 is none (cocoeval.py:295).
        const lost = !this.#corrected && this.#ids[truth] === 0;
        if (match >= order.real || (lost && outside)) this.#verdicts[at] = verdict.ignored;
        else this.#verdicts[at] = lost ? verdict.falsePositive : verdict.truePositive;
      }
    }
  }

  #find(
    place: number,
    {
      limit,
      taken,
      order: { places, indices, real },
      pairs,
    }: {
      readonly limit: number;
      readonly taken: number;
      readonly order: TruthOrder;
      readonly pairs: GroupOverlaps;
    },
  ): number {
    let best = limit;
    let match = -1;
    for (let candidate = 0; candidate < places.length; candidate++) {
      // A crowd can be taken many times.
      if (this.#taken[taken + candidate] && !this.#crowds[indices[candidate] as number]) continue;
      // Once matched to one that counts, the ignored ones need not be looked at.
      if (match >= 0 && match < real && candidate >= real) break;
      const overlap = pairs.at(place, places[candidate] as number);
      // Of equal overlaps the later ground truth wins.
      if (overlap < best) continue;
      best = overlap;
      match = candidate;
    }
    return match;
  }
}
