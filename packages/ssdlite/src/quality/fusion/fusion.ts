// What fuses the boxes of several views into one list, and what such a list is.

import type { ViewBoxes } from '../view-boxes.ts';

/** Fused boxes, best first. */
export interface FusedBoxes {
  readonly count: number;
  /** Column of the class in the logits. */
  readonly columns: Int32Array;
  readonly scores: Float64Array;
  /** `[count, 4]`, corners (ymin, xmin, ymax, xmax) in pixels of the picture. */
  readonly boxes: Float32Array;
}

/** What a list of boxes is to be. */
export interface FusionOptions {
  /** Most boxes of all classes together. */
  readonly maxDetections: number;
  /** Lowest score by column: less may be left out, or not. Default 0. */
  readonly thresholds?: Float64Array | undefined;
}

/** Makes one list of what several views found. */
export type Fusion = (views: readonly ViewBoxes[], options: FusionOptions) => FusedBoxes;

/** The fused boxes of one class. */
export interface FusedClass {
  readonly column: number;
  readonly scores: Float64Array;
  /** `[scores.length, 4]`, corners. */
  readonly boxes: Float32Array;
}

/** The best of all classes; of equal scores the one of the earlier class first. */
export function bestOf(classes: readonly FusedClass[], most: number): FusedBoxes {
  const all = classes.flatMap(({ scores }, group) =>
    Array.from(scores, (score, at) => ({ score, group, at })),
  );
  const best = all.sort((a, b) => b.score - a.score).slice(0, most);
  const boxes = new Float32Array(best.length * 4);
  for (const [rank, { group, at }] of best.entries()) {
    const from = classes[group]?.boxes.subarray(at * 4, at * 4 + 4);
    if (from) boxes.set(from, rank * 4);
  }
  return {
    count: best.length,
    columns: Int32Array.from(best, ({ group }) => classes[group]?.column ?? 0),
    scores: Float64Array.from(best, ({ score }) => score),
    boxes,
  };
}
