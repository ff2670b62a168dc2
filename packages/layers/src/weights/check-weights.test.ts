import { expect, test } from 'vitest';
import { SsdliteError } from '../error.ts';
import { checkWeights } from './check-weights.ts';
import type { WeightSpec, Weights } from './weights.ts';

const specs: WeightSpec[] = [
  { name: 'a/kernel', shape: [1, 2] },
  { name: 'a/bias', shape: [2] },
];
const good: [string, { shape: number[]; data: Float32Array }][] = [
  ['a/kernel', { shape: [1, 2], data: Float32Array.of(1, 2) }],
  ['a/bias', { shape: [2], data: Float32Array.of(3, 4) }],
];

function refusal(weights: Weights, asked = specs): SsdliteError {
  try {
    checkWeights(weights, asked);
  } catch (error) {
    if (error instanceof SsdliteError) return error;
  }
  throw new Error('They were accepted.');
}

test('accepts what was asked for', () => {
  checkWeights(new Map(good), specs);
});

test('names what is missing, of another shape, not asked for, and not finite, all at once', () => {
  const weights = new Map([
    ['a/bias', { shape: [3], data: Float32Array.of(3, Number.NEGATIVE_INFINITY, Number.NaN) }],
    ['b/kernel', { shape: [1], data: new Float32Array(1) }],
  ]);
  const error = refusal(weights);
  expect(error.code).toBe('WEIGHTS_MISMATCH');
  expect(error.value).toEqual([
    "'a/kernel' [1, 2] is missing",
    "'a/bias' has the shape [3], expected [2]",
    "'a/bias' holds -Infinity at position 1",
    "'b/kernel' [1] is not part of the network",
  ]);
});

test('names five faults and counts the others', () => {
  const asked = Array.from({ length: 12 }, (_, index) => ({ name: `layer_${index}`, shape: [1] }));
  expect(refusal(new Map(), asked).message).toMatch(
    /'layer_0' \[1\] is missing; .*'layer_4' \[1\] is missing; and 7 more\./,
  );
});

test('finds data that is shorter than its shape', () => {
  const weights = new Map([...good, ['a/bias', { shape: [2], data: new Float32Array(1) }]]);
  expect(refusal(weights).value).toEqual(["'a/bias' has 1 numbers for the shape [2]"]);
});
