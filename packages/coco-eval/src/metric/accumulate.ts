// From matches to precision at fixed recalls (cocoeval.py, accumulate).

import type { DetectionColumns } from '../data/columns.ts';
import { bestFirst, type Groups } from './groups.ts';
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
  for (let k = 0; k < K; k++) {
    const ranking = rankClass(groups, detections, k);
    for (let m = 0; m < M; m++) {
      const places = ranking.within(maxDetections[m] as number);
      const scores = Float64Array.from(
        places,
        (place) => detections.scores[groups.detections[place] as number] as number,
      );
      for (let a = 0; a < A; a++) {
        const positives = matches.positives[a * K + k] as number;
        if (positives === 0) continue;
        for (let t = 0; t < T; t++) {
          const plane = (a * T + t) * count;
          const curve = precisionCurve(places, matches.verdicts.subarray(plane, plane + count));
          result.recall[((t * K + k) * A + a) * M + m] = curve.length / positives;
          const sampled = sample(curve, { positives, recallThresholds, scores });
          for (let r = 0; r < R; r++) {
            const at = (((t * R + r) * K + k) * A + a) * M + m;
            result.precision[at] = sampled.precision[r] as number;
            result.scores[at] = sampled.scores[r] as number;
          }
        }
      }
    }
  }
  return result;
}

/** A class's detections of all images, best first. */
function rankClass(groups: Groups, { scores }: DetectionColumns, k: number) {
  const [first = 0, end = 0] = groups.classStart.subarray(k, k + 2);
  const from = groups.detectionStart[first] as number;
  const to = groups.detectionStart[end] as number;
  const rankInImage = new Int32Array(to - from);
  for (let group = first; group < end; group++) {
    const start = groups.detectionStart[group] as number;
    const stop = groups.detectionStart[group + 1] as number;
    for (let place = start; place < stop; place++) rankInImage[place - from] = place - start;
  }
  const own = new Float64Array(to - from).map(
    (_, i) => scores[groups.detections[from + i] as number] as number,
  );
  const order = bestFirst(
    Int32Array.from(own, (_, i) => i),
    own,
  );
  return {
    /** Places in `groups.detections` of those among the best `limit` of their image. */
    within: (limit: number): Int32Array =>
      order.filter((i) => (rankInImage[i] as number) < limit).map((i) => from + i),
  };
}

/** One point per true positive: where it stands in the ranking, and the best precision from there on. */
interface Curve {
  readonly length: number;
  readonly positions: Int32Array;
  readonly precision: Float64Array;
}

function precisionCurve(places: Int32Array, verdicts: Uint8Array): Curve {
  const positions = new Int32Array(places.length);
  const precision = new Float64Array(places.length);
  let found = 0;
  let wrong = 0;
  for (let position = 0; position < places.length; position++) {
    const outcome = verdicts[places[position] as number];
    if (outcome === verdict.falsePositive) wrong++;
    else if (outcome === verdict.truePositive) {
      positions[found] = position;
      found++;
      precision[found - 1] = found / (wrong + found + epsilon);
    }
  }
  // Between true positives precision only falls, so their values make the whole envelope.
  for (let i = found - 2; i >= 0; i--) {
    precision[i] = Math.max(precision[i] as number, precision[i + 1] as number);
  }
  return { length: found, positions, precision };
}

/** Precision and score at the first detection that reaches each recall; 0 beyond the last. */
function sample(
  curve: Curve,
  options: {
    readonly positives: number;
    readonly recallThresholds: readonly number[];
    readonly scores: Float64Array;
  },
): { precision: Float64Array; scores: Float64Array } {
  const { positives, recallThresholds, scores } = options;
  const sampled = {
    precision: new Float64Array(recallThresholds.length),
    scores: new Float64Array(recallThresholds.length),
  };
  if (scores.length === 0) return sampled;
  let point = 0;
  let last = 0;
  for (const [r, threshold] of recallThresholds.entries()) {
    if (threshold < last) point = 0;
    last = threshold;
    // A recall of 0 is reached by the first detection, right or wrong.
    const atStart = !(threshold > 0);
    if (!atStart) while (point < curve.length && (point + 1) / positives < threshold) point++;
    // The first one that is not reached ends it, whatever follows (cocoeval.py:404).
    if (!atStart && point === curve.length) break;
    sampled.precision[r] = atStart
      ? curve.length > 0
        ? (curve.precision[0] as number)
        : 0
      : (curve.precision[point] as number);
    sampled.scores[r] = scores[atStart ? 0 : (curve.positions[point] as number)] as number;
  }
  return sampled;
}
