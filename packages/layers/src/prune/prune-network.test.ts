// Dead channels go, outputs stay: by hand on three channels, and on random networks with random zeros.

import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { describe, foldedWeights } from '../describe.ts';
import type { Network } from '../layers.ts';
import { toOnnx } from '../onnx/index.ts';
import { checkWeights } from '../weights/check-weights.ts';
import { sizeOf, type Weights, type WeightTensor } from '../weights/weights.ts';
import { channelRanges } from './channel-ranges.ts';
import { pruneNetwork } from './prune-network.ts';
import { prunedNetwork } from './pruned-network.ts';

const relu6 = 'relu6' as const;
const all = { multiple: 1, leastShare: 0 };

function tensor(shape: readonly number[], data: readonly number[]): WeightTensor {
  return { shape, data: Float32Array.from(data) };
}

/** 1 x 1 to three channels, one depthwise weight each, 1 x 1 to one number. */
const chain: Network = {
  input: { height: 1, width: 1, channels: 1 },
  build: (layers, image) => {
    const wide = layers.conv2d('wide', image, { filters: 3, kernelSize: 1, bias: true, activation: relu6 });
    const deep = layers.depthwiseConv2d('deep', wide, { kernelSize: 1, bias: true, activation: relu6 });
    return { y: layers.conv2d('narrow', deep, { filters: 1, kernelSize: 1, bias: true }) };
  },
};

test('A dead depthwise kernel takes the filter before it along, and leaves its bias in the layer behind it', () => {
  const weights: Weights = new Map([
    ['wide/kernel', tensor([1, 1, 1, 3], [1, 2, 3])],
    ['wide/bias', tensor([3], [0, 0, 0])],
    ['deep/kernel', tensor([1, 1, 3, 1], [1, 0, -1])],
    // Channel 1 is always relu6(2) = 2; channel 2 is never over 0, as its weight is negative and what it reads is not.
    ['deep/bias', tensor([3], [0.5, 2, 0])],
    ['narrow/kernel', tensor([1, 1, 3, 1], [10, 100, 1000])],
    ['narrow/bias', tensor([1], [7])],
  ]);
  const result = pruneNetwork(chain, weights, all);
  expect(result.pruned).toEqual({ wide: { filters: 1 } });
  expect([...result.weights].map(([name, { shape, data }]) => [name, shape, [...data]])).toEqual([
    ['wide/kernel', [1, 1, 1, 1], [1]],
    ['wide/bias', [1], [0]],
    ['deep/kernel', [1, 1, 1, 1], [1]],
    ['deep/bias', [1], [0.5]],
    ['narrow/kernel', [1, 1, 1, 1], [10]],
    ['narrow/bias', [1], [207]],
  ]);
  expect(result.multiplyAdds).toEqual({ before: 9, after: 3 });
});

test('Engines get whole blocks of channels: dead ones stay where the number would be odd', () => {
  const weights: Weights = new Map([
    ['wide/kernel', tensor([1, 1, 1, 3], [1, 2, 3])],
    ['wide/bias', tensor([3], [0, 0, 0])],
    ['deep/kernel', tensor([1, 1, 3, 1], [1, 0, 0])],
    ['deep/bias', tensor([3], [0, 0, 0])],
    ['narrow/kernel', tensor([1, 1, 3, 1], [1, 1, 1])],
    ['narrow/bias', tensor([1], [0])],
  ]);
  expect(pruneNetwork(chain, weights, { multiple: 2 }).pruned).toEqual({ wide: { filters: 2 } });
  expect(pruneNetwork(chain, weights, { multiple: 16 }).pruned).toEqual({});
});

test('A layer that nothing wakes keeps one channel', () => {
  const specs = foldedWeights(describe(chain));
  const weights: Weights = new Map(
    specs.map(({ name, shape }) => [name, tensor(shape, new Array(sizeOf(shape)).fill(0))]),
  );
  const { pruned, network, weights: left } = pruneNetwork(chain, weights, all);
  expect(pruned).toEqual({ wide: { filters: 1 } });
  expect(() => checkWeights(left, foldedWeights(describe(network)))).not.toThrow();
});

test('Ranges hold for every picture: 2 x - 1 of -1 to 1 is -3 to 1, and what a border adds is zero', () => {
  const network: Network = {
    input: { height: 3, width: 3, channels: 1 },
    build: (layers, image) => {
      const line = layers.conv2d('line', image, { filters: 1, kernelSize: 1, bias: true });
      return { y: layers.depthwiseConv2d('sum', line, { kernelSize: 3, activation: relu6 }) };
    },
  };
  const weights: Weights = new Map([
    ['line/kernel', tensor([1, 1, 1, 1], [2])],
    ['line/bias', tensor([1], [-1])],
    ['sum/kernel', tensor([3, 3, 1, 1], [0, 0, 0, 0, 1, 0, 0, 0, 2])],
  ]);
  const [, line, sum] = channelRanges(network, weights);
  expect([line?.low[0], line?.high[0]]).toEqual([-3, 1]);
  expect([sum?.low[0], sum?.high[0]]).toEqual([0, 3]);
});

/** A map that two layers share, one of them by a kernel with a border, beside a residual connection. */
function branches(channels: number): Network {
  const bias = true;
  return {
    input: { height: 5, width: 4, channels: 2 },
    build: (layers, image) => {
      const shared = layers.conv2d('shared', image, {
        filters: channels,
        kernelSize: 3,
        strides: 2,
        bias,
        activation: relu6,
      });
      const a = layers.depthwiseConv2d('a', shared, { kernelSize: 3, bias, activation: relu6 });
      const b = layers.depthwiseConv2d('b', shared, { kernelSize: 3, bias, activation: relu6 });
      const narrowA = layers.conv2d('narrow_a', a, { filters: 3, kernelSize: 1, bias });
      const narrowB = layers.conv2d('narrow_b', b, { filters: 3, kernelSize: 3, bias });
      const sum = layers.add('sum', narrowA, narrowB);
      const more = layers.conv2d('more', sum, { filters: 4, kernelSize: 1, bias, activation: relu6 });
      return {
        rows: layers.stackRows('rows', [layers.conv2d('last', more, { filters: 2, kernelSize: 1, bias })], {
          width: 2,
        }),
      };
    },
  };
}

async function outputsOf(network: Network, weights: Weights, image: Float32Array): Promise<Float32Array> {
  const session = await InferenceSession.create(toOnnx({ network, weights, inputLayout: 'nhwc' }));
  const { height, width, channels } = network.input;
  const { rows } = await session.run({ image: new Tensor('float32', image, [1, height, width, channels]) });
  await session.release();
  return rows?.data as Float32Array;
}

test('Whatever is dead in whatever network, a pruned one puts out the same, and has the weights that it asks for', async () => {
  const cases = fc.record({
    channels: fc.integer({ min: 1, max: 6 }),
    multiple: fc.constantFrom(1, 2),
    leastShare: fc.constantFrom(0, 0.4),
    seed: fc.integer(),
    zeros: fc.constantFrom(0, 0.3, 0.6, 0.9),
  });
  let removed = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ channels, seed, zeros, ...options }) => {
      let state = seed;
      const next = (): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32;
      };
      const network = branches(channels);
      const weights: Weights = new Map(
        foldedWeights(describe(network)).map(({ name, shape }) => {
          // The last axis, or the last but one of a depthwise kernel.
          const outputs = shape[3] === 1 ? (shape[2] ?? 1) : (shape[3] ?? 1);
          const dead = Array.from({ length: outputs }, () => next() < zeros);
          const data = Float32Array.from({ length: sizeOf(shape) }, (_, at) =>
            dead[at % outputs] && !name.endsWith('bias') ? 0 : next() * 2 - 1,
          );
          return [name, { shape, data }];
        }),
      );
      const result = pruneNetwork(network, weights, options);
      checkWeights(result.weights, foldedWeights(describe(result.network)));
      expect(describe(prunedNetwork(network, result.pruned)).multiplyAdds).toBe(result.multiplyAdds.after);
      if (result.multiplyAdds.after < result.multiplyAdds.before) removed++;
      const image = Float32Array.from({ length: 40 }, () => next() * 2 - 1);
      const before = await outputsOf(network, weights, image);
      const after = await outputsOf(result.network, result.weights, image);
      expect(after.length).toBe(before.length);
      for (const [index, value] of before.entries())
        expect(Math.abs(value - (after[index] as number))).toBeLessThan(1e-5);
    }),
    { numRuns: 60 },
  );
  expect(removed).toBeGreaterThan(20);
});

test('A list of pruned layers that belongs to another network is refused', () => {
  expect(() => describe(prunedNetwork(chain, { other: { filters: 1 } }))).toThrow(
    "The network has no convolution 'other' to prune.",
  );
  expect(() => describe(prunedNetwork(chain, { deep: { reads: [3] } }))).toThrow('no channel 3');
});
