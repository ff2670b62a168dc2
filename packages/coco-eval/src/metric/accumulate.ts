// From matches to precision at fixed recalls (cocoeval.py, accumulate).

import type { DetectionColumns } from '../data/columns.ts';
import type { Groups } from './groups.ts';
import { type Matches, verdict } from './match.ts';
import type { EvaluationParams } from './params.ts';

/** pycocotools' arrays, row-major; -1 where there is no ground truth. */
export interface PrecisionRecall {
  /** `[T, R, K, A, M]`: IoU thresholds, recall thresholds, classes, areas, maximal detections. */
  readonly precision: Float64Array;
  /** `[T, R, K, A, M]`: the score at which that recall is reached. */
  readonly scores: Float64Array;
  /** `[T, K, A, M]`: the highest recall. */
  readonly recall: Float64Array;
  /** T, R, K, A, M. */
  readonly counts: readonly [number, number, number, number, number];
}

/** numpy's `spacing(1)`: one perfect detection has a precision of 1 / (1 + 2^-52). */
const epsilon = 2 ** -52;

/** Precision, recall and scores of all classes, areas and limits. */
export function accumulate(
  groups: Groups,
  matches: Matches,
  detections: DetectionColumns,
  params: EvaluationParams,
): PrecisionRecall {
  const { iouThresholds, recallThresholds, areaRanges, maxDetections } = params;
  const [T, R, A, M] = [
    iouThresholds.length,
    recallThresholds.length,
    areaRanges.length,
    maxDetections.length,
  ];
  const K = groups.classStart.length - 1;
  const result: PrecisionRecall = {
    precision: new Float64Array(T * R * K * A * M).fill(-1),
    scores: new Float64Array(T * R * K * A * M).fill(-1),
    recall: new Float64Array(T * K * A * M).fill(-1),
    counts: [T, R, K, A, M],
  };
  const count = groups.detections.length;
  const curve = new Curve(longestClass(groups));
  for (let k = 0; k < K; k++) {
    const from = groups.detectionStart[groups.classStart[k] as number];
    const to = groups.detectionStart[groups.classStart[k + 1] as number];
    const ranking = groups.ranking.subarray(from, to);
    for (let m = 0; m < M; m++) {
      const limit = maxDetections[m] as number;
      const places =
        m === M - 1 ? ranking : ranking.filter((place) => (groups.ranks[place] as number) < limit);
      for (let a = 0; a < A; a++) {
        const positives = matches.positives[a * K + k] as number;
        if (positives === 0) continue;
        const planeOf = (t: number): Uint8Array =>
          matches.verdicts.subarray((a * T + t) * count, (a * T + t + 1) * count);
        curve.rank(places, planeOf(0), matches.candidates);
        for (let t = 0; t < T; t++) {
          curve.draw(planeOf(t));
          result.recall[((t * K + k) * A + a) * M + m] = curve.length / positives;
          curve.sample(recallThresholds, positives, (r, precision, place) => {
            const at = (((t * R + r) * K + k) * A + a) * M + m;
            result.precision[at] = precision;
            result.scores[at] =
              place < 0 ? 0 : (detections.scores[groups.detections[place] as number] as number);
          });
        }
      }
    }
  }
  return result;
}

function longestClass({ classStart, detectionStart }: Groups): number {
  let longest = 0;
  for (let k = 0; k + 1 < classStart.length; k++) {
    const from = detectionStart[classStart[k] as number] as number;
    longest = Math.max(longest, (detectionStart[classStart[k + 1] as number] as number) - from);
  }
  return longest;
}

/** Precision over recall: one point per true positive. */
class Curve {
  /** How many true positives there are. */
  length = 0;
  /** The best detection, or -1. */
  #first = -1;
  /** Detections that match at some threshold, best first, and how many that never do are wrong before each. */
  #candidateCount = 0;
  readonly #candidates: Int32Array;
  readonly #wrongBefore: Int32Array;
  /** The true positives, and the best precision from each on. */
  readonly #places: Int32Array;
  readonly #precision: Float64Array;

  constructor(most: number) {
    this.#candidates = new Int32Array(most);
    this.#wrongBefore = new Int32Array(most);
    this.#places = new Int32Array(most);
    this.#precision = new Float64Array(most);
  }

  /**
   * Separates the few detections that thresholds treat differently from the many that they do not.
   *
   * @param places places in `verdicts` and `candidates`, best first
   */
  rank(places: Int32Array, verdicts: Uint8Array, candidates: Uint8Array): void {
    let wrong = 0;
    let count = 0;
    for (let rank = 0; rank < places.length; rank++) {
      const place = places[rank] as number;
      if (candidates[place] === 1) {
        this.#candidates[count] = place;
        this.#wrongBefore[count] = wrong;
        count++;
      } else if (verdicts[place] === verdict.falsePositive) wrong++;
    }
    this.#candidateCount = count;
    this.#first = places[0] ?? -1;
  }

  /** Draws the curve of what was ranked, by the verdicts at one threshold. */
  draw(verdicts: Uint8Array): void {
    const places = this.#places;
    const precision = this.#precision;
    let found = 0;
    let wrong = 0;
    for (let i = 0; i < this.#candidateCount; i++) {
      const place = this.#candidates[i] as number;
      const outcome = verdicts[place];
      if (outcome === verdict.falsePositive) wrong++;
      else if (outcome === verdict.truePositive) {
        places[found] = place;
        found++;
        precision[found - 1] = found / ((this.#wrongBefore[i] as number) + wrong + found + epsilon);
      }
    }
    // Between true positives precision only falls, so their values make the whole envelope.
    for (let i = found - 2; i >= 0; i--) {
      const next = precision[i + 1] as number;
      if (next > (precision[i] as number)) precision[i] = next;
    }
    this.length = found;
  }

  /** Precision and place of the first detection that reaches each recall; 0 and -1 beyond the last. */
  sample(
    recallThresholds: readonly number[],
    positives: number,
    put: (r: number, precision: number, place: number) => void,
  ): void {
    let point = 0;
    let last = 0;
    let hasEnded = this.#first < 0;
    for (let r = 0; r < recallThresholds.length; r++) {
      const threshold = recallThresholds[r] as number;
      if (threshold < last) point = 0;
      last = threshold;
      // A recall of 0 is reached by the first detection, right or wrong.
      const atStart = !(threshold > 0);
      if (!atStart) while (point < this.length && (point + 1) / positives < threshold) point++;
      // The first one that is not reached ends it, whatever follows (cocoeval.py:404).
      if (!atStart && point === this.length) hasEnded = true;
      if (hasEnded) put(r, 0, -1);
      else if (atStart) put(r, this.length > 0 ? (this.#precision[0] as number) : 0, this.#first);
      else put(r, this.#precision[point] as number, this.#places[point] as number);
    }
  }
}
