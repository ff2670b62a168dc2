// Run-length encoded masks (pycocotools/common/maskApi.c): columns first, the first run is background.

import { CocoEvalError } from '../error.ts';

/** A binary mask as run lengths. */
export interface Rle {
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  /** Lengths of background and foreground runs in turn. */
  readonly counts: Uint32Array;
}

/** Pixels of a mask, column by column: 0 is background. */
export interface Bitmap {
  readonly height: number;
  readonly width: number;
  /** height * width numbers, pixel (x, y) at x * height + y. */
  readonly data: Uint8Array;
}

/** A bitmap to run lengths (maskApi.c, rleEncode). */
export function encode({ height, width, data }: Bitmap): Rle {
  if (data.length !== height * width) {
    throw new CocoEvalError('INVALID_MASK', `${data.length} pixels are not ${height} x ${width}.`, {
      value: data.length,
      next: 'Pass height * width numbers, column by column.',
    });
  }
  const counts: number[] = [];
  let run = 0;
  let last = 0;
  for (const pixel of data) {
    const value = pixel === 0 ? 0 : 1;
    if (value !== last) {
      counts.push(run);
      run = 0;
      last = value;
    }
    run++;
  }
  counts.push(run);
  return { height, width, counts: Uint32Array.from(counts) };
}

/**
 * Run lengths to a bitmap (maskApi.c, rleDecode).
 *
 * @throws CocoEvalError `INVALID_MASK` if the runs are longer than the mask
 */
export function decode(rle: Rle): Bitmap {
  const { height, width, counts } = rle;
  checkRuns(rle);
  const data = new Uint8Array(height * width);
  let at = 0;
  for (const [index, run] of counts.entries()) {
    if (index % 2 === 1) data.fill(1, at, at + run);
    at += run;
  }
  return { height, width, data };
}

/** Throws unless the runs fit into the mask; shorter ones leave background. */
export function checkRuns({ height, width, counts }: Rle): void {
  let total = 0;
  for (const run of counts) total += run;
  if (total <= height * width) return;
  throw new CocoEvalError('INVALID_MASK', `Runs of ${total} pixels do not fit into ${height} x ${width}.`, {
    value: total,
    next: 'Check size and counts of the encoding.',
  });
}

/** Number of foreground pixels. */
export function area({ counts }: Rle): number {
  let sum = 0;
  for (let i = 1; i < counts.length; i += 2) sum += counts[i] as number;
  return sum;
}

/** The tightest box: left, top, width, height (maskApi.c, rleToBbox). */
export function toBbox({ height, width, counts }: Rle): [number, number, number, number] {
  const runs = counts.length - (counts.length % 2);
  if (runs === 0 || height === 0) return [0, 0, 0, 0];
  let [left, top, right, bottom] = [width, height, 0, 0];
  let [end, previous] = [0, 0];
  for (let j = 0; j < runs; j++) {
    end += counts[j] as number;
    const pixel = end - (j % 2);
    const y = pixel % height;
    const x = (pixel - y) / height;
    if (j % 2 === 0) previous = x;
    else if (previous < x) [top, bottom] = [0, height - 1];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [left, top, right - left + 1, bottom - top + 1];
}

/**
 * Union (or intersection) of masks of one size (maskApi.c, rleMerge).
 *
 * @throws CocoEvalError `INVALID_MASK` for masks of different sizes
 */
export function merge(
  masks: readonly Rle[],
  { intersect = false }: { readonly intersect?: boolean } = {},
): Rle {
  const [first, ...rest] = masks;
  if (!first) return { height: 0, width: 0, counts: new Uint32Array() };
  return rest.reduce((merged, mask) => mergeTwo(merged, mask, intersect), first);
}

function mergeTwo(a: Rle, b: Rle, intersect: boolean): Rle {
  if (a.height !== b.height || a.width !== b.width) {
    throw new CocoEvalError(
      'INVALID_MASK',
      `Masks of ${a.height} x ${a.width} and ${b.height} x ${b.width} cannot be merged.`,
      { value: [b.height, b.width], next: 'Merge masks of one image only.' },
    );
  }
  const counts: number[] = [];
  let [left, right] = [a.counts[0] ?? 0, b.counts[0] ?? 0];
  let [nextLeft, nextRight] = [1, 1];
  let [inLeft, inRight, value] = [false, false, false];
  let run = 0;
  let remaining = 1;
  while (remaining > 0) {
    const step = Math.min(left, right);
    run += step;
    remaining = 0;
    left -= step;
    if (left === 0 && nextLeft < a.counts.length) {
      left = a.counts[nextLeft++] as number;
      inLeft = !inLeft;
    }
    remaining += left;
    right -= step;
    if (right === 0 && nextRight < b.counts.length) {
      right = b.counts[nextRight++] as number;
      inRight = !inRight;
    }
    remaining += right;
    const before = value;
    value = intersect ? inLeft && inRight : inLeft || inRight;
    if (value !== before || remaining === 0) {
      counts.push(run);
      run = 0;
    }
  }
  return { height: a.height, width: a.width, counts: Uint32Array.from(counts) };
}
