// Random numbers that a seed decides, the same on every machine: xoshiro128** (Blackman and Vigna 2018), seeded by splitmix32.

/** A stream of whole numbers from 0 to below a limit. */
export type RandomIndex = (limit: number) => number;

/** @param seed a whole number; its low 32 bits count */
export function randomIndices(seed: number): RandomIndex {
  let mixed = seed >>> 0;
  const mix = (): number => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [mix(), mix(), mix(), mix()];
  const next = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return (limit) => {
    // The rest of 2^32 that does not divide evenly is drawn again, so that no index is favoured.
    const fair = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const value = next();
      if (value < fair) return value % limit;
    }
  };
}
