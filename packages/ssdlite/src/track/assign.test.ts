import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assign, type Pair } from './assign.ts';

const pairs = (gains: readonly (readonly number[])[]): Pair[] =>
  assign(Float64Array.from(gains.flat()), { rows: gains.length, columns: gains[0]?.length ?? 0 });

test('takes the largest sum, not the largest gain first', () => {
  // Greedy would take 9 and be left with 1; 8 + 7 is more.
  expect(
    pairs([
      [9, 8],
      [7, 1],
    ]),
  ).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

test('leaves apart what gains nothing', () => {
  expect(
    pairs([
      [0, 0.2],
      [-1, 0],
    ]),
  ).toEqual([[0, 1]]);
  expect(pairs([[0]])).toEqual([]);
  expect(pairs([])).toEqual([]);
});

test('one row gets the best column, one column the best row', () => {
  expect(pairs([[0.1, 0.4, 0.3]])).toEqual([[0, 1]]);
  expect(pairs([[0.1], [0.4], [0.3]])).toEqual([[1, 0]]);
});

/** The largest sum by trying everything. */
function bestSum(gains: readonly (readonly number[])[], row = 0, taken: readonly number[] = []): number {
  const own = gains[row];
  if (!own) return 0;
  let best = bestSum(gains, row + 1, taken);
  for (const [column, gain] of own.entries()) {
    if (!taken.includes(column)) best = Math.max(best, gain + bestSum(gains, row + 1, [...taken, column]));
  }
  return best;
}

test('no other choice of pairs has a larger sum', () => {
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.array(fc.array(fc.integer({ min: -12, max: 9 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    );
  fc.assert(
    fc.property(matrices, (gains) => {
      const found = pairs(gains);
      expect(new Set(found.map(([row]) => row)).size).toBe(found.length);
      expect(new Set(found.map(([, column]) => column)).size).toBe(found.length);
      const sum = found.reduce((total, [row, column]) => total + (gains[row]?.[column] ?? Number.NaN), 0);
      expect(sum).toBeCloseTo(bestSum(gains), 9);
    }),
    { numRuns: 500 },
  );
});
