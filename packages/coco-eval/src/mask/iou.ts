// Overlap of every detection with every ground truth (_mask.pyx, iou): of masks, or of boxes.

import { CocoEvalError } from '../error.ts';
import { type BoxXywh, boxIou } from '../metric/box-iou.ts';
import { boxed, maskIou } from './mask-iou.ts';
import type { Rle } from './rle.ts';

export interface IouOptions {
  /** For each ground truth, whether it is a crowd: then the overlap is over the detection's area. Default: none is. */
  readonly crowds?: ArrayLike<number | boolean>;
}

/**
 * Overlaps, `[detections, truths]`.
 *
 * @throws CocoEvalError `INVALID_ARGUMENT` for masks and boxes together, or crowds that are not one per ground truth
 */
export function iouOf(
  detections: readonly Rle[] | readonly BoxXywh[],
  truths: readonly Rle[] | readonly BoxXywh[],
  { crowds = new Uint8Array(truths.length) }: IouOptions = {},
): Float64Array {
  if (crowds.length !== truths.length) {
    throw new CocoEvalError(
      'INVALID_ARGUMENT',
      `There are ${crowds.length} crowd flags for ${truths.length} truths.`,
      {
        value: crowds.length,
        next: 'Give one per ground truth.',
      },
    );
  }
  const overlaps = new Float64Array(detections.length * truths.length);
  const fill = (overlap: (d: number, g: number, crowd: boolean) => number): Float64Array => {
    for (let d = 0; d < detections.length; d++) {
      for (let g = 0; g < truths.length; g++) {
        overlaps[d * truths.length + g] = overlap(d, g, Boolean(crowds[g]));
      }
    }
    return overlaps;
  };
  if (areBoxes(detections) && areBoxes(truths)) {
    return fill((d, g, crowd) => boxIou(detections[d] as BoxXywh, truths[g] as BoxXywh, crowd));
  }
  if (areMasks(detections) && areMasks(truths)) {
    const [found, mine] = [detections.map(boxed), truths.map(boxed)];
    return fill((d, g, crowd) => {
      const [a, b] = [found[d], mine[g]];
      return a && b ? maskIou(a, b, crowd) : 0;
    });
  }
  throw new CocoEvalError('INVALID_ARGUMENT', 'Overlaps are of masks with masks, or of boxes with boxes.', {
    value: undefined,
    next: 'Convert one: mask.fromBox makes masks of boxes, mask.toBbox boxes of masks.',
  });
}

function areBoxes(list: readonly Rle[] | readonly BoxXywh[]): list is readonly BoxXywh[] {
  return list.every((one: Rle | BoxXywh) => !isMask(one) && one.length === 4);
}

function areMasks(list: readonly Rle[] | readonly BoxXywh[]): list is readonly Rle[] {
  return list.every(isMask);
}

function isMask(one: Rle | BoxXywh): one is Rle {
  return 'counts' in one;
}
