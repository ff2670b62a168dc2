// Polygons to masks (maskApi.c, rleFrPoly): the boundary is drawn at five times the size, then sampled.

import type { Rle } from './rle.ts';

const scale = 5;

/** C's conversion of a double to int on x86: towards zero, and what does not fit (NaN too) is the smallest. */
function toInt(value: number): number {
  const whole = Math.trunc(value);
  return whole >= -(2 ** 31) && whole < 2 ** 31 ? whole + 0 : -(2 ** 31);
}

/** Size of the mask in pixels. */
interface MaskSize {
  readonly height: number;
  readonly width: number;
}

/**
 * The mask of one polygon.
 *
 * @param polygon x, y, x, y, … in pixels
 */
export function fromPolygon(polygon: ArrayLike<number>, { height, width }: MaskSize): Rle {
  const [us, vs] = drawBoundary(polygon);
  const ends: number[] = [];
  for (let j = 1; j < us.length; j++) {
    const u = us[j] as number;
    const before = us[j - 1] as number;
    if (u === before) continue;
    const x = ((u < before ? u : u - 1) + 0.5) / scale - 0.5;
    if (Math.floor(x) !== x || x < 0 || x > width - 1) continue;
    const y = (Math.min(vs[j] as number, vs[j - 1] as number) + 0.5) / scale - 0.5;
    ends.push(x * height + Math.ceil(Math.min(Math.max(y, 0), height)));
  }
  ends.push(height * width);
  ends.sort((a, b) => a - b);
  return { height, width, counts: toRuns(ends) };
}

/** Points along the whole boundary, at five times the size. */
function drawBoundary(polygon: ArrayLike<number>): [us: number[], vs: number[]] {
  const corners = Math.floor(polygon.length / 2);
  const at = (axis: 0 | 1): number[] => {
    const values = Array.from({ length: corners }, (_, j) =>
      toInt(scale * (polygon[j * 2 + axis] as number) + 0.5),
    );
    if (values.length > 0) values.push(values[0] as number);
    return values;
  };
  const [xs, ys] = [at(0), at(1)];
  const us: number[] = [];
  const vs: number[] = [];
  for (let j = 0; j < corners; j++) {
    let [x0, x1, y0, y1] = [xs[j], xs[j + 1], ys[j], ys[j + 1]] as [number, number, number, number];
    const [dx, dy] = [Math.abs(x1 - x0), Math.abs(y0 - y1)];
    const flip = (dx >= dy && x0 > x1) || (dx < dy && y0 > y1);
    if (flip) [x0, x1, y0, y1] = [x1, x0, y1, y0];
    const slope = dx >= dy ? (y1 - y0) / dx : (x1 - x0) / dy;
    const length = Math.max(dx, dy);
    for (let d = 0; d <= length; d++) {
      const t = flip ? length - d : d;
      if (dx >= dy) {
        us.push(t + x0);
        vs.push(toInt(y0 + slope * t + 0.5));
      } else {
        vs.push(t + y0);
        us.push(toInt(x0 + slope * t + 0.5));
      }
    }
  }
  return [us, vs];
}

/** Sorted ends of runs to their lengths; two ends in one place cancel each other. */
function toRuns(ends: readonly number[]): Uint32Array {
  const lengths = ends.map((end, j) => end - (j === 0 ? 0 : (ends[j - 1] as number)));
  const runs: number[] = [lengths[0] as number];
  for (let j = 1; j < lengths.length; ) {
    const length = lengths[j++] as number;
    if (length > 0) runs.push(length);
    else if (j < lengths.length) runs[runs.length - 1] = (runs.at(-1) as number) + (lengths[j++] as number);
  }
  return Uint32Array.from(runs);
}
