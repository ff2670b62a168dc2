// Overlap of masks, run by run (maskApi.c, rleIou).

import { type BoxXywh, boxIou } from '../metric/box-iou.ts';
import { area, type Rle, toBbox } from './rle.ts';

/** A mask and its tightest box, which tells most pairs apart without looking at runs. */
export interface BoxedMask {
  readonly rle: Rle;
  readonly box: BoxXywh;
}

export function boxed(rle: Rle): BoxedMask {
  return { rle, box: toBbox(rle) };
}

/**
 * Intersection over union of a detection and a ground truth; over the detection's area alone if the ground truth is a crowd. Masks
 * of different sizes give -1, as in pycocotools.
 */
export function maskIou(detection: BoxedMask, truth: BoxedMask, crowd: boolean): number {
  const rough = boxIou(detection.box, truth.box, crowd);
  if (!(rough > 0)) return rough;
  const [a, b] = [detection.rle, truth.rle];
  if (a.height !== b.height || a.width !== b.width) return -1;
  const { intersection, union } = overlap(a.counts, b.counts);
  if (intersection === 0) return 0;
  return intersection / (crowd ? area(a) : union);
}

function overlap(a: Uint32Array, b: Uint32Array): { intersection: number; union: number } {
  let left = a[0] ?? 0;
  let right = b[0] ?? 0;
  let nextLeft = 1;
  let nextRight = 1;
  let inLeft = false;
  let inRight = false;
  let intersection = 0;
  let union = 0;
  for (let remaining = 1; remaining > 0; ) {
    // Where a damaged mask ends before the other, background follows.
    const leftEnded = left === 0 && nextLeft >= a.length;
    const rightEnded = right === 0 && nextRight >= b.length;
    const step = leftEnded ? right : rightEnded ? left : Math.min(left, right);
    if (inLeft || inRight) {
      union += step;
      if (inLeft && inRight) intersection += step;
    }
    remaining = 0;
    left -= step;
    if (left === 0) {
      inLeft = nextLeft < a.length && !inLeft;
      left = a[nextLeft++] ?? 0;
    }
    remaining += left;
    right -= step;
    if (right === 0) {
      inRight = nextRight < b.length && !inRight;
      right = b[nextRight++] ?? 0;
    }
    remaining += right;
  }
  return { intersection, union };
}
