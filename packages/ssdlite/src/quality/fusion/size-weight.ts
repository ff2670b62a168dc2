// How well the network sees an object, by the object's size in the network's input.

import { invalidOption } from '../../check-option.ts';

/** Apparent size in pixels of the network's input, and what a view of that size is worth. */
export type SizeWeight = readonly [size: number, weight: number];

/** Measured on COCO. */
export const cocoSizeWeights: readonly SizeWeight[] = [
  [12, 0.1],
  [24, 0.2],
  [48, 1.5],
  [96, 1],
  [192, 1],
  [300, 0.5],
  [450, 0.05],
  [900, 0.05],
];

/**
 * What a view is worth for a box, by the square root of the box's area in pixels of the network's input: small objects are seen badly, and
 * those that fill the input too. Between the knots linear in log2 of the size, constant outside.
 *
 * @param knots in rising order of size
 */
export function sizeWeigher(knots: readonly SizeWeight[]): (logSize: number) => number {
  const logSizes = Float64Array.from(knots, ([size]) => Math.log2(size));
  const weights = Float64Array.from(knots, ([, weight]) => weight);
  return (logSize) => {
    if (!(logSize > (logSizes[0] as number))) return weights[0] as number;
    let above = 1;
    while (above < logSizes.length && (logSizes[above] as number) <= logSize) above++;
    if (above === logSizes.length) return weights[above - 1] as number;
    const from = logSizes[above - 1] as number;
    const share = (logSize - from) / ((logSizes[above] as number) - from);
    const low = weights[above - 1] as number;
    return low + ((weights[above] as number) - low) * share;
  };
}

/**
 * Checks knots that a caller brings.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` unless there is one at least, sizes are over 0 and rise, and weights are over 0
 */
export function checkSizeWeights(knots: unknown): asserts knots is readonly SizeWeight[] {
  let before = 0;
  const good =
    Array.isArray(knots) &&
    knots.length > 0 &&
    knots.every((knot: unknown) => {
      const [size, weight, ...rest]: unknown[] = Array.isArray(knot) ? knot : [];
      const rises = isPositive(size) && size > before;
      if (rises) before = size;
      return rises && isPositive(weight) && rest.length === 0;
    });
  if (good) return;
  throw invalidOption('quality.sizeWeights', {
    value: knots,
    shown: JSON.stringify(knots),
    next: 'Pass [size, weight] pairs over 0, in rising order of size, for instance [[24, 0.2], [96, 1]].',
  });
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value);
}
