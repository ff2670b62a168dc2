// A COCO segmentation of any kind to a mask (pycocotools/coco.py, annToRLE; _mask.pyx, frPyObjects).

import { CocoEvalError, placed } from '../error.ts';
import { decompress } from '../mask/compressed.ts';
import { fromPolygon } from '../mask/polygon.ts';
import { merge, type Rle, totalOf } from '../mask/rle.ts';
import type { CocoImage } from './coco-types.ts';
import { isNumbers, type RecordName, refuse, show, wrongField } from './raw-record.ts';
import type { WarningCollector } from './warnings.ts';

const mostPixels = 2 ** 32 - 1;

/** Stands in for the mask of an object that is not evaluated. */
export const emptyMask: Rle = { height: 0, width: 0, counts: new Uint32Array() };

export interface ToMaskOptions {
  readonly of: RecordName;
  /** Gives polygons their size. */
  readonly image: CocoImage | undefined;
  /** Whether only compressed run lengths are taken, as for results (coco.py, loadRes). */
  readonly compressedOnly?: boolean;
}

/** @throws CocoEvalError `INVALID_ANNOTATIONS` or `INVALID_RESULTS`, naming the record */
export function toMask(segmentation: unknown, options: ToMaskOptions): Rle {
  const { of, compressedOnly = false } = options;
  try {
    if (Array.isArray(segmentation) && !compressedOnly) return fromList(segmentation, options);
    if (isObject(segmentation)) return fromRuns(segmentation, options);
  } catch (error) {
    if (!(error instanceof CocoEvalError) || error.code !== 'INVALID_MASK') throw error;
    const { message, value, next } = placed(error, '.segmentation');
    throw refuse(of, message.slice(0, -next.length).trim(), { value, next });
  }
  throw wrongField(of, {
    name: 'segmentation',
    value: segmentation,
    expected: compressedOnly
      ? 'compressed run lengths, { size, counts }; polygons are for annotations only'
      : 'polygons, or run lengths { size, counts }',
  });
}

function fromList(list: readonly unknown[], options: ToMaskOptions): Rle {
  const { of, image } = options;
  if (list.length > 0 && list.every(isObject)) return merge(list.map((one) => fromRuns(one, options)));
  const [first] = list;
  if (!list.every(isNumbers) || !isNumbers(first) || first.length <= 4) {
    throw refuse(of, `.segmentation is ${show(list)}; it should be polygons of at least six numbers.`, {
      value: list,
      next: 'Give at least one polygon: [[x, y, x, y, x, y]].',
    });
  }
  return merge(list.map((polygon) => fromPolygon(polygon, sizeOf(image, of))));
}

/** The mask of a box, as pycocotools makes it for results that have only boxes (coco.py, loadRes). */
export function boxMask(box: Float64Array, { of, image }: ToMaskOptions): Rle {
  const [left = 0, top = 0, width = 0, height = 0] = box;
  const [right, bottom] = [left + width, top + height];
  return toMask([[left, top, left, bottom, right, bottom, right, top]], { of, image });
}

function sizeOf(image: CocoImage | undefined, of: RecordName): { width: number; height: number } {
  const { width, height } = image ?? {};
  if (width === undefined || height === undefined) {
    throw refuse(of, ` is a polygon, and its image ${image?.id} has no width and height.`, {
      value: image?.id,
      next: 'Add them to the image.',
    });
  }
  return { width, height };
}

function fromRuns(
  segmentation: Readonly<Record<string, unknown>>,
  { of, compressedOnly }: ToMaskOptions,
): Rle {
  const { size, counts } = segmentation;
  const [height, width] = isNumbers(size) && size.length === 2 ? size : [-1, -1];
  const pixels = (height ?? -1) * (width ?? -1);
  if (!isLength(height) || !isLength(width) || pixels > mostPixels) {
    throw wrongField(of, { name: 'segmentation.size', value: size, expected: 'height and width in pixels' });
  }
  const runs = { height, width, counts: toCounts(counts, { of, compressedOnly: compressedOnly === true }) };
  const total = totalOf(runs.counts);
  // pycocotools does not check this, and never ends where it compares two masks that differ in it.
  if (total !== pixels && runs.counts.length > 0) {
    throw refuse(of, `.segmentation has runs of ${total} pixels in all, for ${height} x ${width}.`, {
      value: total,
      next: 'Check its size (height, width) and its counts.',
    });
  }
  return runs;
}

function toCounts(
  counts: unknown,
  { of, compressedOnly }: { of: RecordName; compressedOnly: boolean },
): Uint32Array {
  if (typeof counts === 'string') return decompress(counts);
  if (counts instanceof Uint32Array) return counts;
  if (!compressedOnly && isNumbers(counts) && counts.every(isLength)) return Uint32Array.from(counts);
  throw wrongField(of, {
    name: 'segmentation.counts',
    value: counts,
    expected: compressedOnly ? 'compressed, as text' : 'run lengths, as numbers or compressed',
  });
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostPixels;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Warns of a mask that cannot match anything. */
export function checkMask(
  { height, width, counts }: Rle,
  {
    of,
    image,
    warnings,
  }: { readonly of: RecordName; readonly image: CocoImage | undefined; readonly warnings: WarningCollector },
): void {
  if (counts.length === 0) warnings.add('EMPTY_COUNTS', of, () => '.segmentation has no runs.');
  if ((image?.height ?? height) === height && (image?.width ?? width) === width) return;
  warnings.add(
    'MASK_SIZE',
    of,
    () => `.segmentation is ${height} x ${width}, its image ${image?.height} x ${image?.width}.`,
  );
}
