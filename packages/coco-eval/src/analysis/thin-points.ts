// Fewer points for a plot that looks the same: largest-triangle-three-buckets (Steinarsson 2013, section 4.2).

export interface PointsToThin {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** At most this many are kept; at least 3. */
  readonly limit: number;
}

/** Indices of the points to keep, ascending; the first and the last are among them. */
export function thinPoints({ x, y, limit }: PointsToThin): number[] {
  const count = x.length;
  if (count <= limit) return Array.from({ length: count }, (_, index) => index);
  const size = (count - 2) / (limit - 2);
  const startOf = (bucket: number): number => Math.floor(bucket * size) + 1;
  const kept = [0];
  for (let bucket = 0; bucket < limit - 2; bucket++) {
    const last = kept.at(-1) ?? 0;
    const [start, end] = [startOf(bucket), startOf(bucket + 1)];
    const next = centre(x, y, { from: end, to: bucket === limit - 3 ? count : startOf(bucket + 2) });
    let best = start;
    let largest = -1;
    for (let index = start; index < end; index++) {
      const area = Math.abs(
        (at(x, last) - next.x) * (at(y, index) - at(y, last)) -
          (at(x, last) - at(x, index)) * (next.y - at(y, last)),
      );
      if (area > largest) {
        largest = area;
        best = index;
      }
    }
    kept.push(best);
  }
  kept.push(count - 1);
  return kept;
}

const at = (values: ArrayLike<number>, index: number): number => values[index] as number;

function centre(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { from, to }: { readonly from: number; readonly to: number },
): { x: number; y: number } {
  let [sumX, sumY] = [0, 0];
  for (let index = from; index < to; index++) {
    sumX += at(x, index);
    sumY += at(y, index);
  }
  return { x: sumX / (to - from), y: sumY / (to - from) };
}
