// Polygons to masks (maskApi.c, rleFrPoly): the boundary is drawn at five times the size, then sampled.

import { CocoEvalError } from '../error.ts';
import type { BoxXywh } from '../metric/box-iou.ts';
import { merge, type Rle } from './rle.ts';

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
  const ends: number[] = [];
  // Where the boundary passes the middle of a column, a run begins or ends.
  drawBoundary(polygon, (before, point) => {
    const x = (Math.min(point.u, before.u) + 0.5) / scale - 0.5;
    if (Math.floor(x) !== x || x < 0 || x > width - 1) return;
    const y = (Math.min(point.v, before.v) + 0.5) / scale - 0.5;
    ends.push(x * height + Math.ceil(Math.min(Math.max(y, 0), height)));
  });
  ends.push(height * width);
  return { height, width, counts: toRuns(Float64Array.from(ends).sort()) };
}

/** The mask of an object of several polygons. */
export function fromPolygons(polygons: readonly ArrayLike<number>[], size: MaskSize): Rle {
  return merge(polygons.map((polygon) => fromPolygon(polygon, size)));
}

/** The mask of a box: left, top, width, height (maskApi.c, rleFrBbox). */
export function fromBox([left, top, width, height]: BoxXywh, size: MaskSize): Rle {
  const [right, bottom] = [left + width, top + height];
  return fromPolygon([left, top, left, bottom, right, bottom, right, top], size);
}

interface Point {
  u: number;
  v: number;
}

/** Walks along the whole boundary at five times the size, and tells of each step to another u. */
function drawBoundary(polygon: ArrayLike<number>, step: (before: Point, point: Point) => void): void {
  const corners = Math.floor(polygon.length / 2);
  const at = (axis: 0 | 1): number[] => {
    const values = Array.from({ length: corners }, (_, j) =>
      toInt(scale * (polygon[j * 2 + axis] as number) + 0.5),
    );
    if (values.length > 0) values.push(values[0] as number);
    return values;
  };
  const [xs, ys] = [at(0), at(1)];
  checkLength(xs, ys);
  const before: Point = { u: 0, v: 0 };
  const point: Point = { u: 0, v: 0 };
  let isFirst = true;
  for (let j = 0; j < corners; j++) {
    let [x0, x1, y0, y1] = [xs[j], xs[j + 1], ys[j], ys[j + 1]] as [number, number, number, number];
    const [dx, dy] = [Math.abs(x1 - x0), Math.abs(y0 - y1)];
    const isFlat = dx >= dy;
    const flip = isFlat ? x0 > x1 : y0 > y1;
    if (flip) [x0, x1, y0, y1] = [x1, x0, y1, y0];
    const slope = isFlat ? (y1 - y0) / dx : (x1 - x0) / dy;
    const length = Math.max(dx, dy);
    for (let d = 0; d <= length; d++) {
      const t = flip ? length - d : d;
      point.u = isFlat ? t + x0 : toInt(x0 + slope * t + 0.5);
      point.v = isFlat ? toInt(y0 + slope * t + 0.5) : t + y0;
      if (!isFirst && point.u !== before.u) step(before, point);
      before.u = point.u;
      before.v = point.v;
      isFirst = false;
    }
  }
}

function checkLength(xs: readonly number[], ys: readonly number[]): void {
  let length = 0;
  for (let j = 1; j < xs.length; j++) {
    const dx = Math.abs((xs[j] as number) - (xs[j - 1] as number));
    const dy = Math.abs((ys[j] as number) - (ys[j - 1] as number));
    length += Math.max(dx, dy);
  }
  if (length <= longestBoundary) return;
  const pixels = Math.round(length / scale);
  throw new CocoEvalError('INVALID_MASK', `The boundary of a polygon is ${pixels} pixels long.`, {
    value: pixels,
    next: 'Polygons are x, y, x, y, … in pixels of their image.',
  });
}

/** Sorted ends of runs to their lengths; two ends in one place cancel each other. */
function toRuns(ends: Float64Array): Uint32Array {
  const lengths = ends.map((end, j) => end - (j === 0 ? 0 : (ends[j - 1] as number)));
  const runs = new Uint32Array(lengths.length);
  runs[0] = lengths[0] as number;
  let last = 0;
  for (let j = 1; j < lengths.length; ) {
    const length = lengths[j++] as number;
    if (length > 0) runs[++last] = length;
    else if (j < lengths.length) runs[last] = (runs[last] as number) + (lengths[j++] as number);
  }
  return runs.slice(0, last + 1);
}
