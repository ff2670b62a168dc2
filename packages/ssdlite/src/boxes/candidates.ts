// The scores worth looking at: thresholds are applied to logits, so that hardly any sigmoid is ever computed.

import { type BoxCoder, decodeBox } from './box-coder.ts';

/** Boxes with one class and one score each; a box of two classes is two candidates. */
export interface Candidates {
  readonly count: number;
  /** Column of the class in the logits. */
  readonly columns: Int32Array;
  /** Number of the anchor. */
  readonly anchors: Int32Array;
  /** 0 to 1. */
  readonly scores: Float32Array;
  /** `[count, 4]`, corners (ymin, xmin, ymax, xmax) as fractions of the network's input. */
  readonly boxes: Float32Array;
}

/** What the network puts out for one picture. */
export interface HeadOutputs {
  /** `[anchors, 4]`: ty, tx, th, tw. */
  readonly boxes: Float32Array;
  /** `[anchors, columns]`. */
  readonly logits: Float32Array;
}

export interface SelectOptions {
  /** `[anchors, 4]`, corners. */
  readonly anchors: Float32Array;
  readonly coder: BoxCoder;
  /** Lowest score per column, 0 to 1; a class that is not wanted has Infinity. */
  readonly thresholds: Float64Array;
}

/** Room for float32's rounding between a threshold's logit and a logit's score. */
const slack = 1e-5;

/** From about this logit on, a float32 score is 1. */
const certain = 16;

/** Probability to logit; what is never reached (over 1) stays so. */
function logit(score: number): number {
  return score > 1 ? Number.POSITIVE_INFINITY : Math.min(Math.log(score / (1 - score)), certain);
}

/** The candidates with a score of at least their class's threshold, in the order anchor, column. */
export function selectCandidates(
  { boxes: codes, logits }: HeadOutputs,
  { anchors, coder, thresholds }: SelectOptions,
): Candidates {
  const columnCount = thresholds.length;
  const lowest = Float32Array.from(thresholds, (score) => logit(score) - slack);
  const least = Math.min(...lowest);
  const found: number[] = [];
  const scores: number[] = [];
  const look = (index: number): void => {
    const value = logits[index] as number;
    const column = index % columnCount;
    // NaN reaches no threshold.
    if (!(value >= (lowest[column] as number))) return;
    const score = Math.fround(1 / (1 + Math.exp(-value)));
    if (score < (thresholds[column] as number)) return;
    found.push(index);
    scores.push(score);
  };
  // Hardly any logit reaches the lowest threshold, so four are passed over at a time.
  let index = 0;
  for (; index < logits.length - 3; index += 4) {
    if (
      (logits[index] as number) >= least ||
      (logits[index + 1] as number) >= least ||
      (logits[index + 2] as number) >= least ||
      (logits[index + 3] as number) >= least
    ) {
      for (let one = index; one < index + 4; one++) look(one);
    }
  }
  for (; index < logits.length; index++) look(index);
  const count = found.length;
  const boxes = new Float32Array(count * 4);
  const anchorOf = new Int32Array(count);
  const columns = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const index = found[i] as number;
    const at = Math.floor(index / columnCount);
    anchorOf[i] = at;
    columns[i] = index % columnCount;
    decodeBox(codes, { anchors, at, coder, out: boxes, outAt: i * 4 });
  }
  return { count, columns, anchors: anchorOf, scores: Float32Array.from(scores), boxes };
}
