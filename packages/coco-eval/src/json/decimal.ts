// Decimal digits to the nearest double (Clinger, "How to read floating point numbers accurately", 1990, section 3).

/** 10^0 to 10^22: all that are doubles. */
const powers: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * `digits * 10^exponent`, rounded once: both sides are exact as long as the digits are below 2^53 and the power is at most 22.
 * NaN if they are not; ask `longDecimal` then.
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

const zero = 0x30;
const nine = 0x39;
const headDigits = 10;
const mostDigits = 19;

/**
 * A number of up to 19 digits, as float32 and float64 are written, from its text; NaN if that cannot be sure of the last bit: ask `Number`
 * then. Sums of two doubles (Dekker 1971) hold its digits exactly, and their quotient by a power of ten to more than 100 bits.
 *
 * @param exponent of ten, by which its digits are to be multiplied
 */
export function longDecimal(
  bytes: Uint8Array,
  { start, end, exponent }: { readonly start: number; readonly end: number; readonly exponent: number },
): number {
  if (!(exponent < 0 && exponent >= -22)) return Number.NaN;
  let head = 0;
  let tail = 0;
  let count = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte < zero || byte > nine) {
      if (byte === 0x65 || byte === 0x45) break;
      continue;
    }
    if (count === 0 && byte === zero) continue;
    if (count < headDigits) head = head * 10 + (byte - zero);
    else tail = tail * 10 + (byte - zero);
    count++;
  }
  if (count <= headDigits || count > mostDigits) return Number.NaN;
  const shift = powers[count - headDigits] as number;
  const product = head * shift;
  const high = product + tail;
  const low = tail - (high - product) + productError(head, shift, product);
  const power = powers[-exponent] as number;
  const quotient = high / power;
  const back = quotient * power;
  const rest = (high - back - productError(quotient, power, back) + low) / power;
  // Sure if it is the same a little lower and a little higher (Ziv 1991).
  const value = quotient + rest * (1 + 2 ** -46);
  return value === quotient + rest * (1 - 2 ** -46) ? value : Number.NaN;
}

/** What a product lost when it was rounded, exactly. */
function productError(a: number, b: number, product: number): number {
  const bigA = a * 134217729;
  const aHigh = bigA - (bigA - a);
  const aLow = a - aHigh;
  const bigB = b * 134217729;
  const bHigh = bigB - (bigB - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
