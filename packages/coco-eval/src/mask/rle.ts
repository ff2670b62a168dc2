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

/** Pixels of a mask: 0 is background. */
export interface Bitmap {
  readonly height: number;
  readonly width: number;
  /** height * width numbers, pixel (x, y) at x * height + y. */
  readonly data: Uint8Array;
  /** `rows`: pixel (x, y) is at y * width + x, as in images. Default `columns`, as in COCO. */
  readonly layout?: 'columns' | 'rows';
}

/**
 * A bitmap to run lengths (maskApi.c, rleEncode).
 *
 * @throws CocoEvalError `INVALID_MASK` if the data is not height * width numbers
 */
export function encode({ height, width, data, layout = 'columns' }: Bitmap): Rle {
  if (data.length !== height * width) {
    throw new CocoEvalError('INVALID_MASK', `${data.length} pixels are not ${height} x ${width}.`, {
      value: data.length,
      next: 'Pass height * width numbers.',
    });
  }
  const counts: number[] = [];
  let run = 0;
  let last = 0;
  for (let at = 0; at < data.length; at++) {
    const place = layout === 'columns' ? at : (at % height) * width + Math.floor(at / height);
    const value = data[place] === 0 ? 0 : 1;
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

export interface DecodeOptions {
  /** Order of the pixels. Default `columns`. */
  readonly layout?: 'columns' | 'rows';
  /** A mask of more pixels is refused: each is a byte. Default 2^28. */
  readonly mostPixels?: number;
}

/**
 * Run lengths to a bitmap (maskApi.c, rleDecode).
 *
 * @throws CocoEvalError `INVALID_MASK` if the mask is too large
 */
export function decode(
  { height, width, counts }: Rle,
  { layout = 'columns', mostPixels = 2 ** 28 }: DecodeOptions = {},
): Bitmap {
  if (height * width > mostPixels) {
    throw new CocoEvalError(
      'INVALID_MASK',
      `A mask of ${height} x ${width} has more than ${mostPixels} pixels.`,
      {
        value: [height, width],
        next: 'Check its size, or allow more by mostPixels.',
      },
    );
  }
  const data = new Uint8Array(height * width);
  let at = 0;
  for (const [index, run] of counts.entries()) {
    if (index % 2 === 1) {
      if (layout === 'columns') data.fill(1, at, at + run);
      else for (let i = at; i < at + run; i++) data[(i % height) * width + Math.floor(i / height)] = 1;
    }
    at += run;
  }
  return { height, width, data, layout };
}

/** Pixels of all runs. */
export function totalOf(counts: Uint32Array): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i] as number;
  return total;
}

/** Number of foreground pixels. */
export function area({ counts }: Rle): number {
  let sum = 0;
  for (let i = 1; i < counts.length; i += 2) sum += counts[i] as number;
  return sum;
}

/** The tightest box: left, top, width, height; all 0 if there is no foreground (maskApi.c, rleToBbox). */
export function toBbox({ height, width, counts }: Rle): [number, number, number, number] {
  let [left, top, right, bottom] = [width, height, -1, -1];
  // Where a run begins, and where the next one does: without a division as long as runs are shorter than columns.
  let [x, y] = [0, 0];
  for (let j = 0; j < counts.length; j++) {
    const run = counts[j] as number;
    if (run === 0) continue;
    let nextX = x;
    let nextY = y + run;
    if (nextY >= height) {
      nextX++;
      nextY -= height;
      if (nextY >= height) {
        const columns = Math.floor(nextY / height);
        nextX += columns;
        nextY -= columns * height;
      }
    }
    if (j % 2 === 1) {
      const lastX = nextY === 0 ? nextX - 1 : nextX;
      const lastY = nextY === 0 ? height - 1 : nextY - 1;
      const isTall = x < lastX;
      left = Math.min(left, x);
      right = Math.max(right, lastX);
      top = Math.min(top, isTall ? 0 : y);
      bottom = Math.max(bottom, isTall ? height - 1 : lastY);
    }
    x = nextX;
    y = nextY;
  }
  return right < 0 ? [0, 0, 0, 0] : [left, top, right - left + 1, bottom - top + 1];
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
    // Where a damaged mask ends before the other, background follows.
    const leftEnded = left === 0 && nextLeft >= a.counts.length;
    const rightEnded = right === 0 && nextRight >= b.counts.length;
    const step = leftEnded ? right : rightEnded ? left : Math.min(left, right);
    run += step;
    remaining = 0;
    left -= step;
    if (left === 0) {
      inLeft = nextLeft < a.counts.length && !inLeft;
      left = a.counts[nextLeft++] ?? 0;
    }
    remaining += left;
    right -= step;
    if (right === 0) {
      inRight = nextRight < b.counts.length && !inRight;
      right = b.counts[nextRight++] ?? 0;
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
