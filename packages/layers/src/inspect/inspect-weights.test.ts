// Reports on weights small enough to check by hand.

import { expect, test } from 'vitest';
import { describe } from '../describe.ts';
import type { Network } from '../layers.ts';
import { prunedNetwork } from '../prune/pruned-network.ts';
import type { Weights, WeightTensor } from '../weights/weights.ts';
import { innerOutputs } from './inner-outputs.ts';
import { channelsCarrying, inspectWeights } from './inspect-weights.ts';

function tensor(shape: readonly number[], data: readonly number[]): WeightTensor {
  return { shape, data: Float32Array.from(data) };
}

const network: Network = {
  input: { height: 1, width: 1, channels: 3 },
  build: (layers, image) => {
    const deep = layers.depthwiseConv2d('deep', image, { kernelSize: 1, bias: true, activation: 'relu6' });
    return { y: layers.conv2d('narrow', deep, { filters: 2, kernelSize: 1 }) };
  },
};

const weights: Weights = new Map([
  ['deep/kernel', tensor([1, 1, 3, 1], [4, 0.003, -2])],
  ['deep/bias', tensor([3], [0, 1, -3])],
  ['narrow/kernel', tensor([1, 1, 3, 2], [3, 4, 0, 0, 1, 0])],
]);

test('Kernels under a thousandth of their layer are dead, and those that ReLU6 never lets through are constant', () => {
  const [deep, narrow] = inspectWeights(network, weights);
  expect(deep).toMatchObject({
    name: 'deep',
    kind: 'DepthwiseConv2D',
    channels: 3,
    weights: [-2, 4],
    biases: [-3, 1],
    dead: [1],
    // -3 plus at most 2 is never over 0; the dead one still moves by 0.006.
    constant: [2],
  });
  expect(deep?.sparsity).toBeCloseTo(1 / 3);
  expect(narrow).toMatchObject({ biases: undefined, carried: undefined });
});

test('A channel carries by its range and by the weights that read it', () => {
  // Channel 0 moves by 4 and is read by 3 and 4; channel 2 does not move; channel 1 is read by nothing.
  expect(inspectWeights(network, weights)[0]?.carried).toEqual([1, 0, 0]);
  const deviations = new Map([['deep', [1, 9, 5]]]);
  expect(inspectWeights(network, weights, { deviations })[0]?.carried).toEqual([0.5, 0, 0.5]);
  expect(channelsCarrying([0.5, 0, 0.5], 0.99)).toBe(2);
  expect(channelsCarrying([0.9, 0.1], 0.9)).toBe(1);
});

test('Readers are found behind a selection of channels', () => {
  const fewer = prunedNetwork(network, { narrow: { reads: [2] } });
  const left = new Map([...weights, ['narrow/kernel', tensor([1, 1, 1, 2], [1, 0])] as const]);
  const deviations = new Map([['deep', [1, 1, 1]]]);
  expect(inspectWeights(fewer, left, { deviations })[0]?.carried).toEqual([0, 0, 1]);
});

test('A network puts out what its convolutions make', () => {
  expect(describe(innerOutputs(network)).outputs).toEqual({ deep: [1, 1, 3], narrow: [1, 1, 2] });
  expect(describe(innerOutputs(network, 'depthwiseConv2d')).outputs).toEqual({ deep: [1, 1, 3] });
});
