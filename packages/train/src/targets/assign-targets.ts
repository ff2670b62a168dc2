// What the network should have put out for a picture (TF-OD core/target_assigner.py).

import { encodeBoxes } from 'ssdlite';
import { matchAnchors } from './match-anchors.ts';

/** Targets of one picture. */
export interface Targets {
  /** `[anchors]`: the column of the class, 0 for background. */
  readonly columns: Int32Array;
  /** Matched anchors, in rising order. */
  readonly positives: Int32Array;
  /** `[positives, 4]`: ty, tx, th, tw. */
  readonly codes: Float32Array;
  /** `[positives]`: what a positive counts in both losses. */
  readonly weights: Float32Array;
}

/** Boxes of one picture; see `Sample`. */
export interface LabelledBoxes {
  readonly boxes: Float32Array;
  readonly classes: Int32Array;
  readonly boxWeights?: Float32Array;
}

/**
 * Assigns boxes to anchors.
 *
 * A box without area takes anchor 0 with a target of some -80, as in TF: leave such boxes out before.
 *
 * @param labelled.boxes in the anchors' units
 * @param anchors `[anchors, 4]`, corners (ymin, xmin, ymax, xmax)
 */
export function assignTargets({ boxes, classes, boxWeights }: LabelledBoxes, anchors: Float32Array): Targets {
  const weightOf = (row: number): number => boxWeights?.[row] ?? 1;
  const matches = matchAnchors({ boxes, anchors, isForced: (row) => weightOf(row) > 0 });
  const columns = new Int32Array(matches.length);
  const positives: number[] = [];
  for (const [anchor, row] of matches.entries()) {
    if (row < 0) continue;
    columns[anchor] = classes[row] ?? 0;
    positives.push(anchor);
  }
  const rows = positives.map((anchor) => matches[anchor] as number);
  const codes = encodeBoxes(takeBoxes(boxes, rows), takeBoxes(anchors, positives));
  return {
    columns,
    positives: Int32Array.from(positives),
    codes,
    weights: Float32Array.from(rows, weightOf),
  };
}

function takeBoxes(boxes: Float32Array, rows: readonly number[]): Float32Array {
  const taken = new Float32Array(rows.length * 4);
  for (const [to, from] of rows.entries()) taken.set(boxes.subarray(from * 4, from * 4 + 4), to * 4);
  return taken;
}
