// Int8 kernels on a backend that multiplies them as they are.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect, test } from 'vitest';
import type { Network } from '../layers.ts';
import { blockTensor } from '../weights/block-quantization.ts';
import type { Weights } from '../weights/weights.ts';
import { type PixelProducts, tfjsBackend, tfjsProgram } from './index.ts';

/** Two pixels of two channels. The kernels are int8, in halves, but for `float`: `wide` adds and subtracts, `narrow` has too few outputs, `window` is 3 x 3. */
const network: Network = {
  input: { height: 1, width: 2, channels: 2 },
  build(layers, image) {
    const wide = layers.conv2d('wide', image, { filters: 2, kernelSize: 1, bias: true, activation: 'relu6' });
    const narrow = layers.conv2d('narrow', wide, { filters: 1, kernelSize: 1, bias: true });
    const float = layers.conv2d('float', wide, { filters: 2, kernelSize: 1, bias: true });
    const window = layers.conv2d('window', wide, { filters: 2, kernelSize: 3, bias: true });
    return { wide, narrow, float, window };
  },
};

const blocksOf = (shape: readonly number[], values: readonly number[]) =>
  blockTensor({
    shape,
    values: Int8Array.from(values),
    scales: new Float32Array(shape.at(-1) ?? 0).fill(0.5),
  });

const vector = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });

const weights: Weights = new Map([
  ['wide/kernel', blocksOf([1, 1, 2, 2], [2, 2, 2, -2])],
  ['wide/bias', vector(0, 1)],
  ['narrow/kernel', blocksOf([1, 1, 2, 1], [2, 4])],
  ['narrow/bias', vector(0.5)],
  ['float/kernel', { shape: [1, 1, 2, 2], data: Float32Array.of(1, 0, 0, 10) }],
  ['float/bias', vector(0, 0.5)],
  ['window/kernel', blocksOf([3, 3, 2, 2], new Array(36).fill(2))],
  ['window/bias', vector(0, -1)],
]);

test('only convolutions of single pixels with outputs enough are products, by int8 kernels as they are or by float32 ones, and all give the same', async () => {
  const cpu = await tfjsBackend(tf, 'cpu');
  const seen: { shape: readonly number[]; activation?: string; isInt8?: boolean }[] = [];
  const pixelProducts: PixelProducts = {
    minOutputs: 2,
    uploadInt8({ shape }) {
      seen.push({ shape });
      return cpu.upload(Float32Array.of(1, 1, 1, -1), [1, 1, 2, 2]);
    },
    multiply({ x, kernel: filter, isInt8, bias, activation, inputs, outputs }) {
      seen.push({ shape: [inputs, outputs], activation, isInt8 });
      const attributes = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1], activation };
      return cpu.run('FusedConv2D', { x, filter, bias }, attributes);
    },
  };
  const image = Float32Array.of(1, 2, 5, 3);
  const size = { batch: 1, height: 1, width: 2 };
  for (const backend of [cpu, { ...cpu, pixelProducts }]) {
    const program = tfjsProgram({ backend, network, weights });
    const { wide, narrow, float, window } = await program.run(image, size);
    // 1 + 2 and 1 - 2 + 1; 5 + 3, which is limited to 6, and 5 - 3 + 1.
    expect([...(wide ?? [])]).toEqual([3, 0, 6, 3]);
    // 3 + 2 * 0 + 0.5, and 6 + 2 * 3 + 0.5.
    expect([...(narrow ?? [])]).toEqual([3.5, 12.5]);
    expect([...(float ?? [])]).toEqual([3, 0.5, 6, 30.5]);
    // Both see all four numbers of `wide`.
    expect([...(window ?? [])]).toEqual([12, 11, 12, 11]);
    program.dispose();
  }
  expect(seen).toEqual([
    { shape: [1, 1, 2, 2] },
    { shape: [2, 2], activation: 'relu6', isInt8: true },
    { shape: [2, 2], activation: 'linear', isInt8: false },
  ]);
});

test('a kernel in blocks is decoded when its numbers are asked for, once', () => {
  const { shape, data, blocks } = blocksOf([1, 1, 2, 2], [2, 2, 2, -2]);
  expect(shape).toEqual([1, 1, 2, 2]);
  expect([...data]).toEqual([1, 1, 1, -1]);
  const tensor = blocksOf([1, 1, 2, 2], [2, 2, 2, -2]);
  expect(tensor.data).toBe(tensor.data);
  expect(blocks?.values).toHaveLength(4);
});
