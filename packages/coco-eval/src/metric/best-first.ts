// Sorting by score as numpy's argsort(-scores, kind='mergesort') does: stable, NaN last.

/** Below this many, comparing is faster than counting digits. */
const few = 512;

const digitBits = 11;
const digits = 2 ** digitBits;

/**
 * Best score first, equal ones in their present order, NaN last. Changes `indices` in place.
 *
 * @param indices places in `scores`
 */
export function bestFirst(indices: Int32Array, scores: Float64Array): Int32Array {
  return indices.length < few ? compareSort(indices, scores) : radixSort(indices, scores);
}

function compareSort(indices: Int32Array, scores: Float64Array): Int32Array {
  return indices.sort((a, b) => {
    const difference = (scores[b] as number) - (scores[a] as number);
    if (!Number.isNaN(difference)) return difference;
    // Infinity is no farther from itself than from NaN.
    if (scores[a] === scores[b]) return 0;
    const aLast = Number.isNaN(scores[a]) ? 1 : 0;
    const bLast = Number.isNaN(scores[b]) ? 1 : 0;
    return aLast - bLast;
  });
}

/** Digit by digit from the last, over 64-bit keys that ascend as scores descend. */
function radixSort(indices: Int32Array, scores: Float64Array): Int32Array {
  let keys = toKeys(indices, scores);
  let nextKeys: Keys = { low: new Uint32Array(indices.length), high: new Uint32Array(indices.length) };
  let from = indices;
  let to: Int32Array = new Int32Array(indices.length);
  const starts = new Int32Array(digits);
  for (const word of ['low', 'high'] as const) {
    for (let shift = 0; shift < 32; shift += digitBits) {
      const digit = keys[word];
      countDigits(digit, shift, starts);
      // Many scores share their exponent.
      if (starts[((digit[0] as number) >>> shift) & (digits - 1)] === indices.length) continue;
      sumUp(starts);
      const { low, high } = keys;
      for (let i = 0; i < from.length; i++) {
        const bucket = ((digit[i] as number) >>> shift) & (digits - 1);
        const place = starts[bucket] as number;
        starts[bucket] = place + 1;
        to[place] = from[i] as number;
        nextKeys.low[place] = low[i] as number;
        nextKeys.high[place] = high[i] as number;
      }
      [from, to] = [to, from];
      [keys, nextKeys] = [nextKeys, keys];
    }
  }
  if (from !== indices) indices.set(from);
  return indices;
}

interface Keys {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

function countDigits(keys: Uint32Array, shift: number, counts: Int32Array): void {
  counts.fill(0);
  for (let i = 0; i < keys.length; i++) {
    const bucket = ((keys[i] as number) >>> shift) & (digits - 1);
    counts[bucket] = (counts[bucket] as number) + 1;
  }
}

/** From how many there are of each digit to where its first one goes. */
function sumUp(counts: Int32Array): void {
  let sum = 0;
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit] as number;
    counts[digit] = sum;
    sum += count;
  }
}

function toKeys(indices: Int32Array, scores: Float64Array): Keys {
  const low = new Uint32Array(indices.length);
  const high = new Uint32Array(indices.length);
  const one = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < indices.length; i++) {
    const score = scores[indices[i] as number] as number;
    // Adding 0 makes -0 equal to 0.
    one.setFloat64(0, score + 0);
    const isNegative = score < 0;
    const isLast = Number.isNaN(score);
    high[i] = isLast ? 0xffffffff : isNegative ? one.getUint32(0) : ~one.getUint32(0) & 0x7fffffff;
    low[i] = isLast ? 0xffffffff : isNegative ? one.getUint32(4) : ~one.getUint32(4);
  }
  return { low, high };
}
