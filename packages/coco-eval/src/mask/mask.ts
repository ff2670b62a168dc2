// Run-length encoded masks, what pycocotools has in its module `mask`: import { mask } from '@ssdlite/coco-eval'. Masks come from anywhere,
// so each is checked before anything is done with it.

import { CocoEvalError } from '../error.ts';
import type { BoxXywh } from '../metric/box-iou.ts';
import { checkCounts, checkNumbers, checkRle, checkSize, objectOf } from './check-mask.ts';
import * as compressed from './compressed.ts';
import { type IouOptions, iouOf } from './iou.ts';
import * as polygons from './polygon.ts';
import type { Bitmap, DecodeOptions, Rle } from './rle.ts';
import * as runs from './rle.ts';

export type { IouOptions } from './iou.ts';
export type { MaskSize } from './polygon.ts';
export type { Bitmap, DecodeOptions, Rle } from './rle.ts';

/** A mask as COCO's JSON holds it: size is height, width; counts are compressed. */
export interface CompressedRle {
  readonly size: readonly [number, number];
  readonly counts: string;
}

/**
 * A bitmap to run lengths (maskApi.c, rleEncode).
 *
 * @throws CocoEvalError `INVALID_MASK` if the data is not height * width numbers
 */
export function encode(bitmap: Bitmap): Rle {
  checkSize(bitmap);
  return runs.encode(bitmap);
}

/**
 * Run lengths to a bitmap (maskApi.c, rleDecode).
 *
 * @throws CocoEvalError `INVALID_MASK` if the runs do not fit into the mask, or the mask is too large
 */
export function decode(rle: Rle, options: DecodeOptions = {}): Bitmap {
  checkRle(rle);
  return runs.decode(rle, options);
}

/**
 * Number of foreground pixels.
 *
 * @throws CocoEvalError `INVALID_MASK`
 */
export function area(rle: Rle): number {
  checkRle(rle);
  return runs.area(rle);
}

/**
 * The tightest box: left, top, width, height; all 0 if there is no foreground (maskApi.c, rleToBbox).
 *
 * @throws CocoEvalError `INVALID_MASK`
 */
export function toBbox(rle: Rle): [number, number, number, number] {
  checkRle(rle);
  return runs.toBbox(rle);
}

/**
 * Union (or intersection) of masks of one size (maskApi.c, rleMerge).
 *
 * @throws CocoEvalError `INVALID_MASK`, also for masks of different sizes
 */
export function merge(masks: readonly Rle[], options: { readonly intersect?: boolean } = {}): Rle {
  for (const rle of masks) checkRle(rle);
  return runs.merge(masks, options);
}

/**
 * Intersection over union of each detection with each ground truth (_mask.pyx, iou): all masks, or all boxes (left, top, width, height).
 *
 * @returns `[detections, truths]`, row-major; -1 for masks of different sizes whose boxes overlap
 * @throws CocoEvalError `INVALID_ARGUMENT` for masks and boxes together, or crowds that are not one per ground truth; `INVALID_MASK`
 */
export function iou(
  detections: readonly Rle[] | readonly BoxXywh[],
  truths: readonly Rle[] | readonly BoxXywh[],
  options: IouOptions = {},
): Float64Array {
  for (const one of [...detections, ...truths]) {
    if (Array.isArray(one)) checkNumbers(one, 'A box');
    else checkRle(one as Rle);
  }
  return iouOf(detections, truths, options);
}

/**
 * The mask of one polygon.
 *
 * @param polygon x, y, x, y, … in pixels
 * @throws CocoEvalError `INVALID_MASK` if its boundary is millions of pixels long
 */
export function fromPolygon(polygon: ArrayLike<number>, size: polygons.MaskSize): Rle {
  checkSize(size);
  checkNumbers(polygon, 'A polygon');
  return polygons.fromPolygon(polygon, size);
}

/**
 * The mask of an object of several polygons.
 *
 * @throws CocoEvalError `INVALID_MASK`
 */
export function fromPolygons(list: readonly ArrayLike<number>[], size: polygons.MaskSize): Rle {
  return runs.merge(list.map((polygon) => fromPolygon(polygon, size)));
}

/**
 * The mask of a box: left, top, width, height (maskApi.c, rleFrBbox).
 *
 * @throws CocoEvalError `INVALID_MASK`
 */
export function fromBox(box: BoxXywh, size: polygons.MaskSize): Rle {
  checkSize(size);
  checkNumbers(box, 'A box');
  return polygons.fromBox(box, size);
}

/**
 * Run lengths to COCO's text (maskApi.c, rleToString).
 *
 * @throws CocoEvalError `INVALID_MASK` for what are no run lengths
 */
export function compress(counts: ArrayLike<number>): string {
  checkCounts(counts);
  return compressed.compress(counts);
}

/**
 * COCO's text to run lengths (maskApi.c, rleFrString).
 *
 * @throws CocoEvalError `INVALID_MASK` for other characters, a text that ends inside a number, or a run out of range
 */
export function decompress(text: string): Uint32Array {
  if (typeof text === 'string') return compressed.decompress(text);
  throw new CocoEvalError('INVALID_MASK', `Compressed counts cannot be of the type ${typeof text}.`, {
    value: text,
    next: 'They are text, as COCO has it.',
  });
}

/** @throws CocoEvalError `INVALID_MASK` */
export function toCompressed(rle: Rle): CompressedRle {
  checkRle(rle);
  return { size: [rle.height, rle.width], counts: compressed.compress(rle.counts) };
}

/** @throws CocoEvalError `INVALID_MASK` if the counts are damaged, or longer than the mask */
export function fromCompressed(compressedRle: CompressedRle): Rle {
  const { size, counts } = objectOf(compressedRle);
  const [height = Number.NaN, width = Number.NaN] = Array.isArray(size) ? size : [];
  const rle: Rle = { height, width, counts: decompress(counts) };
  checkRle(rle);
  return rle;
}
