// How a width multiplier rounds channels.

/**
 * Rounds to the nearest multiple of 8, at least 8, never more than 10 % below `channels` (slim's and Keras' `_make_divisible`).
 *
 * @example
 * makeDivisible(32 * 0.35); // 16: the nearest multiple, 8, would be more than 10 % too few
 */
export function makeDivisible(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
