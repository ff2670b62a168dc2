// The overlap of every detection of a group with every ground truth.

import type { DetectionColumns, TruthColumns } from '../data/columns.ts';

/** Overlaps within one group. Valid until the next group is asked for. */
export interface GroupOverlaps {
  /** Of the detection and the truth at these places of the group. */
  at(detection: number, truth: number): number;
  /** The highest of a detection; NaN if one is NaN. */
  best(detection: number): number;
}

/** Computes the overlaps of a group: detections and truths by their places in the columns. */
export type Overlaps = (found: Int32Array, mine: Int32Array) => GroupOverlaps;

/** How far one detection and one truth overlap, by their places in the columns. */
export type Measure = (detection: number, truth: number) => number;

/** Overlaps of whole groups from those of pairs. */
export function overlapsBy(measure: Measure): Overlaps {
  let matrix = new Float64Array(1024);
  let highest = new Float64Array(128);
  return (found, mine) => {
    const width = mine.length;
    if (matrix.length < found.length * width) matrix = new Float64Array(2 * found.length * width);
    if (highest.length < found.length) highest = new Float64Array(2 * found.length);
    for (let row = 0; row < found.length; row++) {
      let best = -1;
      for (let column = 0; column < width; column++) {
        const overlap = measure(found[row] as number, mine[column] as number);
        matrix[row * width + column] = overlap;
        if (!(overlap <= best)) best = overlap;
      }
      highest[row] = best;
    }
    return {
      at: (detection, truth) => matrix[detection * width + truth] as number,
      best: (detection) => highest[detection] as number,
    };
  };
}

/** Overlaps of boxes. */
export function boxOverlaps(truths: TruthColumns, detections: DetectionColumns): Overlaps {
  return overlapsBy(boxMeasure(truths, detections));
}

/** `boxIou` on columns, without a tuple per box: there are millions of pairs. */
function boxMeasure({ boxes: mine, crowds }: TruthColumns, { boxes: found }: DetectionColumns): Measure {
  return (detection, truth) => {
    const d = detection * 4;
    const g = truth * 4;
    const dx = found[d] as number;
    const dy = found[d + 1] as number;
    const dw = found[d + 2] as number;
    const dh = found[d + 3] as number;
    const gx = mine[g] as number;
    const gy = mine[g + 1] as number;
    const gw = mine[g + 2] as number;
    const gh = mine[g + 3] as number;
    const width = Math.min(dw + dx, gw + gx) - Math.max(dx, gx);
    if (width <= 0) return 0;
    const height = Math.min(dh + dy, gh + gy) - Math.max(dy, gy);
    if (height <= 0) return 0;
    const intersection = width * height;
    const area = dw * dh;
    return intersection / (crowds[truth] ? area : area + gw * gh - intersection);
  };
}
