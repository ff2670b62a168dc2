// Decimal digits to the nearest double (Clinger, "How to read floating point numbers accurately", 1990, section 3).

/** 10^0 to 10^22: all that are doubles. */
const powers: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * `digits * 10^exponent`, rounded once: both sides are exact as long as the digits are below 2^53 and the power is at most 22.
 * NaN if they are not; ask `Number` then.
 */
export function decimal(digits: number, exponent: number): number {
  if (digits < 2 ** 53) {
    if (exponent === 0) return digits;
    if (exponent < 0 && exponent >= -22) return digits / (powers[-exponent] as number);
    if (exponent > 0 && exponent <= 22) return digits * (powers[exponent] as number);
    if (digits === 0) return 0;
  }
  return Number.NaN;
}
