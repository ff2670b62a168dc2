// Polygons to masks (maskApi.c, rleFrPoly): the boundary is drawn at five times the size, then sampled.

import { CocoEvalError } from '../error.ts';
import type { BoxXywh } from '../metric/box-iou.ts';
import type { Rle } from './rle.ts';

const scale = 5;

/** A boundary longer than this, at five times the size, is no polygon of an image. */
const longestBoundary = 2 ** 27;

/** C's conversion of a double to int on x86: towards zero, and what does not fit (NaN too) is the smallest. */
function toInt(value: number): number {
  const whole = Math.trunc(value);
  return whole >= -(2 ** 31) && whole < 2 ** 31 ? whole + 0 : -(2 ** 31);
}

/** Size of the mask in pixels. */
export interface MaskSize {
  readonly height: number;
  readonly width: number;
}

/**
 * The mask of one polygon.
 *
 * @param polygon x, y, x, y, … in pixels
 * @throws CocoEvalError `INVALID_MASK` if its boundary is millions of pixels long
 */
export function fromPolygon(polygon: ArrayLike<number>, { height, width }: MaskSize): Rle {
  const corners = toCorners(polygon);
  checkLength(corners);
  const ends = new RunEnds({ height, width, most: mostEnds(corners, width) });
  for (let at = 0; at + 3 < corners.length; at += 2) drawEdge(corners, at, ends);
  return { height, width, counts: ends.toRuns() };
}

/** The mask of a box: left, top, width, height (maskApi.c, rleFrBbox). */
export function fromBox([left, top, width, height]: BoxXywh, size: MaskSize): Rle {
  const [right, bottom] = [left + width, top + height];
  return fromPolygon([left, top, left, bottom, right, bottom, right, top], size);
}

/** x, y of the corners at five times the size, the first one once more at the end. */
function toCorners(polygon: ArrayLike<number>): Int32Array {
  const count = polygon.length >> 1;
  const corners = new Int32Array(count > 0 ? 2 * count + 2 : 0);
  for (let i = 0; i < 2 * count; i++) corners[i] = toInt(scale * (polygon[i] as number) + 0.5);
  if (count > 0) corners.copyWithin(2 * count, 0, 2);
  return corners;
}

/** Of five columns at five times the size, only the step from the third to the fourth passes the middle of a pixel. */
const middle = 2;

/**
 * Where an edge passes the middle of columns, runs begin or end. maskApi.c walks from point to point along the edge; here only those
 * points are worked out that it would keep. (u, v) is a point of the edge, t counts from its left end, or its upper one if it is steep.
 */
function drawEdge(corners: Int32Array, at: number, ends: RunEnds): void {
  let x0 = corners[at] as number;
  let y0 = corners[at + 1] as number;
  let x1 = corners[at + 2] as number;
  let y1 = corners[at + 3] as number;
  const dx = Math.abs(x1 - x0);
  const dy = Math.abs(y1 - y0);
  const isFlat = dx >= dy;
  if (isFlat ? x0 > x1 : y0 > y1) {
    [x0, x1] = [x1, x0];
    [y0, y1] = [y1, y0];
  }
  const left = Math.min(x0, x1);
  const right = Math.max(x0, x1);
  const first = Math.max(0, Math.ceil((left - middle) / scale));
  const last = Math.min(ends.width - 1, Math.floor((right - middle - 1) / scale));
  if (isFlat) {
    const slope = (y1 - y0) / dx;
    for (let x = first; x <= last; x++) {
      const t = scale * x + middle - x0;
      ends.add(x, Math.min(toInt(y0 + slope * t + 0.5), toInt(y0 + slope * (t + 1) + 0.5)));
    }
    return;
  }
  const slope = (x1 - x0) / dy;
  const isBeyond = (t: number, u: number): boolean => {
    const reached = toInt(x0 + slope * t + 0.5);
    return slope > 0 ? reached > u : reached <= u;
  };
  for (let x = first; x <= last; x++) {
    const u = scale * x + middle;
    // An estimate, put right: u only grows with t, or only falls.
    let t = Math.min(dy, Math.max(1, Math.ceil((u + 0.5 - x0) / slope)));
    while (t > 1 && isBeyond(t - 1, u)) t--;
    while (t <= dy && !isBeyond(t, u)) t++;
    if (t <= dy && !isBeyond(t - 1, u)) ends.add(x, t - 1 + y0);
  }
}

/** At least as many as there are columns whose middle an edge passes. */
function mostEnds(corners: Int32Array, width: number): number {
  let most = 0;
  for (let at = 0; at + 3 < corners.length; at += 2) {
    const dx = Math.abs((corners[at + 2] as number) - (corners[at] as number));
    most += Math.min(width, Math.floor(dx / scale) + 1);
  }
  return most;
}

/** The places in a mask, column by column, at which runs begin and end. */
class RunEnds {
  readonly width: number;
  readonly #height: number;
  readonly #places: Uint32Array;
  #count = 0;

  constructor({ height, width, most }: MaskSize & { readonly most: number }) {
    this.#height = height;
    this.width = width;
    this.#places = new Uint32Array(most + 1);
  }

  /** In a column, below `v` at five times the size. */
  add(column: number, v: number): void {
    const y = Math.ceil(Math.min(Math.max((v + 0.5) / scale - 0.5, 0), this.#height));
    this.#places[this.#count++] = column * this.#height + y;
  }

  /** Lengths of runs; two ends in one place cancel each other. Nothing can be added afterwards. */
  toRuns(): Uint32Array {
    this.#places[this.#count] = this.#height * this.width;
    // Lengths take the place of the ends that they are made of.
    const runs = this.#places.subarray(0, this.#count + 1).sort();
    let before = runs[0] as number;
    let last = 0;
    for (let j = 1; j < runs.length; j++) {
      const end = runs[j] as number;
      if (end > before) {
        runs[++last] = end - before;
        before = end;
      } else if (++j < runs.length) {
        const next = runs[j] as number;
        runs[last] = (runs[last] as number) + next - end;
        before = next;
      }
    }
    return runs.slice(0, last + 1);
  }
}

function checkLength(corners: Int32Array): void {
  let length = 0;
  for (let at = 0; at + 3 < corners.length; at += 2) {
    const dx = Math.abs((corners[at + 2] as number) - (corners[at] as number));
    const dy = Math.abs((corners[at + 3] as number) - (corners[at + 1] as number));
    length += Math.max(dx, dy);
  }
  if (length <= longestBoundary) return;
  const pixels = Math.round(length / scale);
  throw new CocoEvalError('INVALID_MASK', `The boundary of a polygon is ${pixels} pixels long.`, {
    value: pixels,
    next: 'Polygons are x, y, x, y, … in pixels of their image.',
  });
}
