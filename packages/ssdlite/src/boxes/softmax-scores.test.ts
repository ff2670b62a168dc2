import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sigmoidLogits } from './softmax-scores.ts';

test('Three equal logits become the logit of a third', () => {
  const [first, ...rest] = sigmoidLogits(Float32Array.of(5, 5, 5), 3);
  expect(first).toBeCloseTo(Math.log(1 / 3 / (2 / 3)), 6);
  expect(rest).toEqual([first, first]);
});

test('The sigmoid of what comes out is the softmax of what went in', () => {
  const logit = fc.float({ min: -15, max: 15, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.array(logit, { minLength: 4, maxLength: 4 }), { maxLength: 5 }), (rows) => {
      const turned = sigmoidLogits(Float32Array.from(rows.flat()), 4);
      for (const [row, values] of rows.entries()) {
        const sum = values.reduce((total, value) => total + Math.exp(value), 0);
        for (const [column, value] of values.entries()) {
          const score = 1 / (1 + Math.exp(-(turned[row * 4 + column] as number)));
          expect(score).toBeCloseTo(Math.exp(value) / sum, 5);
        }
      }
    }),
  );
});
