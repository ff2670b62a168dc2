import { expect, test } from 'vitest';
import { describe, foldedWeights } from '../describe.ts';
import type { Network } from '../layers.ts';
import { checkWeights } from './check-weights.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import type { Weights } from './weights.ts';

const batchNorm = (name: string) => ({ name: `${name}_BN`, epsilon: 0.25 });
const network: Network = {
  input: { height: 4, width: 4, channels: 1 },
  build(layers, image) {
    const conv = layers.conv2d('conv', image, { filters: 2, kernelSize: 1, batchNorm: batchNorm('conv') });
    const biased = layers.conv2d('biased', conv, {
      filters: 2,
      kernelSize: 1,
      bias: true,
      batchNorm: batchNorm('biased'),
    });
    const depthwise = layers.depthwiseConv2d('depthwise', biased, {
      kernelSize: 1,
      batchNorm: batchNorm('dw'),
    });
    return { map: layers.conv2d('head', depthwise, { filters: 1, kernelSize: 1, bias: true }) };
  },
};

const trained: Weights = new Map(
  Object.entries({
    'conv/kernel': [[1, 1, 1, 2], 2, 3],
    'conv_BN/gamma': [[2], 3, 1],
    'conv_BN/beta': [[2], 10, 20],
    'conv_BN/moving_mean': [[2], 4, 8],
    'conv_BN/moving_variance': [[2], 2, 0.75],
    'biased/kernel': [[1, 1, 2, 2], 1, 2, 3, 4],
    'biased/bias': [[2], 1, 2],
    'biased_BN/gamma': [[2], 1, 2],
    'biased_BN/beta': [[2], 0, 0],
    'biased_BN/moving_mean': [[2], 3, 1],
    'biased_BN/moving_variance': [[2], 0, 3.75],
    'depthwise/kernel': [[1, 1, 2, 1], 5, 7],
    'dw_BN/gamma': [[2], 1, 1],
    'dw_BN/beta': [[2], 0, 1],
    'dw_BN/moving_mean': [[2], 1, 0],
    'dw_BN/moving_variance': [[2], 0.75, 0.75],
    'head/kernel': [[1, 1, 2, 1], 1, 2],
    'head/bias': [[1], 3],
  } satisfies Record<string, [number[], ...number[]]>).map(([name, [shape, ...numbers]]) => [
    name,
    { shape, data: Float32Array.from(numbers) },
  ]),
);

test('scales kernels and moves the mean into the bias', () => {
  const folded = foldBatchNorm(describe(network), trained);
  expect(Object.fromEntries([...folded].map(([name, { data }]) => [name, [...data]]))).toEqual({
    // Factors 3 / sqrt(2.25) = 2 and 1 / sqrt(1) = 1.
    'conv/kernel': [4, 3],
    'conv/bias': [10 - 4 * 2, 20 - 8],
    // Factors 1 / sqrt(0.25) = 2 and 2 / sqrt(4) = 1.
    'biased/kernel': [2, 2, 6, 4],
    'biased/bias': [(1 - 3) * 2, 2 - 1],
    'depthwise/kernel': [5, 7],
    'depthwise/bias': [-1, 1],
    'head/kernel': [1, 2],
    'head/bias': [3],
  });
  checkWeights(folded, foldedWeights(describe(network)));
});

test('passes on what is folded already', () => {
  const description = describe(network);
  const folded = foldBatchNorm(description, trained);
  expect(foldBatchNorm(description, folded)).toEqual(folded);
});

test('names a tensor that is missing or of a wrong length', () => {
  const description = describe(network);
  const without = new Map([...trained].filter(([name]) => name !== 'conv_BN/beta'));
  expect(() => foldBatchNorm(description, without)).toThrow("The weights have no tensor 'conv_BN/beta'.");
  const long = new Map([...trained, ['dw_BN/gamma', { shape: [3], data: new Float32Array(3) }]]);
  expect(() => foldBatchNorm(description, long)).toThrow(
    "'dw_BN/gamma' has the shape [3]. Layer 'depthwise' needs [2].",
  );
});
