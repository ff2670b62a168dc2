// Outlines hold their masks, and nothing else.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBox } from './polygon.ts';
import { encode, type Rle } from './rle.ts';
import { simplifyOutline } from './simplify-outline.ts';
import { type Ring, traceOutline } from './trace-outline.ts';

/** A mask as it is drawn: rows of dots and hashes. */
function drawn(...rows: readonly string[]): Rle {
  const data = Uint8Array.from(rows.join(''), (pixel) => (pixel === '#' ? 1 : 0));
  return encode({ height: rows.length, width: rows[0]?.length ?? 0, data, layout: 'rows' });
}

/** Whether a place is inside by the even-odd rule. */
function isInside(rings: readonly Ring[], x: number, y: number): boolean {
  let crossings = 0;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const [x0, y0] = [ring[i] as number, ring[i + 1] as number];
      const [x1, y1] = [ring[(i + 2) % ring.length] as number, ring[(i + 3) % ring.length] as number];
      if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) crossings++;
    }
  }
  return crossings % 2 === 1;
}

describe('traceOutline', () => {
  test('goes around a box, corner by corner', () => {
    expect(traceOutline(drawn('....', '.##.', '.##.', '....'))).toEqual([
      // Along the upper side, down on the right, back below, up on the left.
      [1, 3, 1, 1, 2, 1, 3, 1, 3, 3, 2, 3],
    ]);
    expect(traceOutline(drawn('....'))).toEqual([]);
  });

  test('has a ring for every hole, and for every part', () => {
    const ring = traceOutline(drawn('###', '#.#', '###'));
    expect(ring).toHaveLength(2);
    expect([isInside(ring, 0.5, 1.5), isInside(ring, 1.5, 1.5)]).toEqual([true, false]);
    expect(traceOutline(drawn('#..#', '#..#'))).toHaveLength(2);
  });

  test('takes runs of length 0 for nothing, and runs over many columns for what they are', () => {
    const whole = { height: 2, width: 3, counts: Uint32Array.of(0, 1, 0, 5) };
    expect(simplifyOutline(traceOutline(whole), { tolerance: 0, mostCorners: 9 })).toEqual([
      [0, 2, 0, 0, 3, 0, 3, 2],
    ]);
  });

  test('holds exactly the pixels of any mask', () => {
    const anyMask = fc
      .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))
      .chain(([height, width]) =>
        fc.record({
          height: fc.constant(height),
          width: fc.constant(width),
          data: fc.uint8Array({ min: 0, max: 1, minLength: height * width, maxLength: height * width }),
        }),
      );
    fc.assert(
      fc.property(anyMask, ({ height, width, data }) => {
        const rings = traceOutline(encode({ height, width, data }));
        for (const [at, value] of data.entries()) {
          const [x, y] = [Math.floor(at / height), at % height];
          expect(isInside(rings, x + 0.5, y + 0.5)).toBe(value === 1);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('takes no longer for a mask of a billion pixels than for its columns', () => {
    const huge = fromBox([10, 10, 500, 30_000], { height: 31_250, width: 32_000 });
    expect(simplifyOutline(traceOutline(huge), { tolerance: 1, mostCorners: 9 })).toEqual([
      [10, 30_010, 10, 10, 510, 10, 510, 30_010],
    ]);
  });
});

describe('simplifyOutline', () => {
  const stairs = traceOutline(drawn('#...', '##..', '###.', '####'));

  test('makes a slope of stairs', () => {
    expect(simplifyOutline(stairs, { tolerance: 1, mostCorners: 9 })).toEqual([[0, 4, 1, 0, 4, 4]]);
    expect(simplifyOutline(stairs, { tolerance: 0.1, mostCorners: 99 })[0]).toHaveLength(2 * 10);
  });

  test('keeps the number of corners, whatever the mask', () => {
    let state = 1;
    const data = Uint8Array.from({ length: 10_000 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 31;
    });
    const noise = traceOutline(encode({ height: 100, width: 100, data }));
    expect(noise.flat().length / 2).toBeGreaterThan(5000);
    const simple = simplifyOutline(noise, { tolerance: 1, mostCorners: 200 });
    const corners = simple.reduce((sum, ring) => sum + ring.length / 2, 0);
    expect(corners).toBeGreaterThan(2);
    expect(corners).toBeLessThanOrEqual(200);
    expect(simplifyOutline(noise, { tolerance: 0, mostCorners: 200 }).flat().length / 2).toBeLessThanOrEqual(
      200,
    );
  });

  test('leaves specks out, but never the only thing that is there', () => {
    const speck = traceOutline(drawn('......#', '####...', '####...', '####...', '####...'));
    expect(simplifyOutline(speck, { tolerance: 0.6, mostCorners: 200 })).toEqual([[0, 5, 0, 1, 4, 1, 4, 5]]);
    expect(simplifyOutline(traceOutline(drawn('..', '.#')), { tolerance: 0.1, mostCorners: 200 })).toEqual([
      [1, 2, 1, 1, 2, 1, 2, 2],
    ]);
  });
});
