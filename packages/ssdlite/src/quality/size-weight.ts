// How well the network sees an object, by the object's size in the network's input.

/** Apparent size in pixels, and what a view of that size is worth. Measured on COCO; between them linear in log2 of the size. */
const knots: readonly (readonly [size: number, weight: number])[] = [
  [12, 0.1],
  [24, 0.2],
  [48, 1.5],
  [96, 1],
  [192, 1],
  [300, 0.5],
  [450, 0.05],
  [900, 0.05],
];

const logSizes = Float64Array.from(knots, ([size]) => Math.log2(size));
const weights = Float64Array.from(knots, ([, weight]) => weight);

/**
 * What a view is worth for a box: small objects are seen badly, and those that fill the input too.
 *
 * @param size square root of the box's area in pixels of the network's input
 */
export function sizeWeight(size: number): number {
  const at = Math.log2(size);
  if (!(at > (logSizes[0] as number))) return weights[0] as number;
  let above = 1;
  while (above < logSizes.length && (logSizes[above] as number) <= at) above++;
  if (above === logSizes.length) return weights[above - 1] as number;
  const from = logSizes[above - 1] as number;
  const share = (at - from) / ((logSizes[above] as number) - from);
  const low = weights[above - 1] as number;
  return low + ((weights[above] as number) - low) * share;
}
