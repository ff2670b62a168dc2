// Random numbers that depend on their seed only, so that a run can be repeated and resumed.

/** Numbers at random, each the next of one sequence. */
export interface Random {
  /** 0 to 1, without 1. */
  uniform(): number;
  /** `low` to `high`, without `high`. */
  between(low: number, high: number): number;
  /** A whole number from 0 to `count`, without `count`. */
  below(count: number): number;
}

/**
 * mulberry32, seeded by whole numbers: other numbers, or the same in another order, give another sequence.
 *
 * @example
 * const random = seededRandom(runSeed, epoch, index);
 */
export function seededRandom(...seeds: readonly number[]): Random {
  // FNV-1a over the seeds' 32-bit words, then one round of mixing so that neighbouring seeds have nothing in common.
  let state = 0x811c9dc5;
  for (const seed of seeds) {
    for (const word of [seed | 0, Math.floor(seed / 2 ** 32) | 0]) {
      state = Math.imul(state ^ word, 0x01000193);
      state = Math.imul(state ^ (state >>> 15), 0x85ebca6b);
    }
  }
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    below: (count) => Math.floor(uniform() * count),
  };
}

/** 0 to `count` - 1 in an order at random (Fisher and Yates). */
export function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
  return order;
}
