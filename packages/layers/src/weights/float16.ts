// IEEE 754 half precision (binary16) and bfloat16, bit by bit.

/** Bits of float32's exponent that float16 lacks: (127 - 15) binades. */
const rebias = 2 ** 112;

/** Float16 bits of float32 numbers, rounded to nearest, ties to even. What is 65520 or more in size becomes infinite. */
export function toFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = roundToHalf(bits[i] as number);
  return halves;
}

function roundToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00; // not a number
  if (magnitude >= 0x477f_f000) return sign | 0x7c00; // 65520 and more
  if (magnitude >= 0x3880_0000) {
    // Normal: half of the last kept bit, less one unless that bit is odd, carries exactly when it should.
    const rounded = magnitude + 0x0fff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x3800_0000) >>> 13);
  }
  if (magnitude < 0x3300_0000) return sign; // less than half of the smallest subnormal
  const mantissa = (magnitude & 0x007f_ffff) | 0x0080_0000;
  const shift = 126 - (magnitude >>> 23);
  const kept = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept);
}

/** Whether a number among float16 bits is infinite or NaN: one that was too large, for instance. */
export function overflowsFloat16(halves: Uint16Array): boolean {
  return halves.some((half) => (half & 0x7c00) === 0x7c00);
}

/** The float32 numbers of float16 bits; exact. */
export function fromFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  let special = false;
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    bits[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
    special ||= (half & 0x7c00) === 0x7c00;
  }
  // The shifted bits are a float32 that is too small by a power of two: one product mends normal and subnormal numbers alike.
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * rebias;
  if (special) restoreSpecial(halves, bits);
  return values;
}

/** Infinity and NaN have no exponent to mend. */
function restoreSpecial(halves: Uint16Array, bits: Uint32Array): void {
  for (const [i, half] of halves.entries()) {
    if ((half & 0x7c00) === 0x7c00) bits[i] = ((half & 0x8000) << 16) | 0x7f80_0000 | ((half & 0x03ff) << 13);
  }
}

/** The float32 numbers of bfloat16 bits (the upper half of a float32); exact. */
export function fromBfloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return values;
}
