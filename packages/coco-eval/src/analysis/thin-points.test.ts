import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { thinPoints } from './thin-points.ts';

describe('thinPoints', () => {
  test('keeps a spike in an otherwise flat line', () => {
    const x = Array.from({ length: 100 }, (_, i) => i);
    const y = x.map((i) => (i === 42 ? 1 : 0));
    expect(thinPoints({ x, y, limit: 10 })).toContain(42);
  });

  test('keeps ends and order, and never more than asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1, max: 1 }), { minLength: 1, maxLength: 200 }),
        (y) => {
          const kept = thinPoints({ x: y.map((_, i) => i), y, limit: 20 });
          expect(kept.length).toBe(Math.min(20, y.length));
          expect([kept[0], kept.at(-1)]).toEqual([0, y.length - 1]);
          expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
        },
      ),
    );
  });
});
