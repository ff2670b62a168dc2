// numpy's way to add many numbers, for equal last digits (numpy/core/src/umath/loops_utils.h, pairwise_sum).

/** Sum of `values[from]` to `values[from + count - 1]`. */
export function pairwiseSum(values: ArrayLike<number>, from = 0, count = values.length): number {
  const at = (index: number): number => values[from + index] as number;
  if (count < 8) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += at(i);
    return sum;
  }
  if (count <= 128) {
    const parts = [0, 1, 2, 3, 4, 5, 6, 7].map(at) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    let i = 8;
    for (; i < count - (count % 8); i += 8)
      for (let k = 0; k < 8; k++) parts[k] = (parts[k] as number) + at(i + k);
    const [a, b, c, d, e, f, g, h] = parts;
    let sum = a + b + (c + d) + (e + f + (g + h));
    for (; i < count; i++) sum += at(i);
    return sum;
  }
  const half = Math.floor(count / 2);
  const left = half - (half % 8);
  return pairwiseSum(values, from, left) + pairwiseSum(values, from + left, count - left);
}

/** Mean as numpy computes it; NaN of none. */
export function mean(values: ArrayLike<number>): number {
  return pairwiseSum(values) / values.length;
}
