// The ONNX file as such; that it computes the right numbers, `interpreters.test.ts` shows.

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import type { Network } from '../layers.ts';
import type { Weights } from '../weights/weights.ts';
import { toOnnx } from './onnx-layers.ts';

/** y = 2 r + 3 g + 1, pixel by pixel. */
const network: Network = {
  input: { height: 2, width: 3, channels: 2 },
  build: (layers, x) => ({ y: layers.conv2d('mix', x, { filters: 1, kernelSize: 1, bias: true }) }),
};
const weights: Weights = new Map([
  ['mix/kernel', { shape: [1, 1, 2, 1], data: Float32Array.of(2, 3) }],
  ['mix/bias', { shape: [1], data: Float32Array.of(1) }],
]);

describe('an ONNX file', () => {
  test('leaves batch, height and width open', async () => {
    const session = await InferenceSession.create(toOnnx({ network, weights }));
    expect(session.inputMetadata[0]).toMatchObject({ name: 'image', shape: ['batch', 2, 'height', 'width'] });
    await session.release();
  });

  test('has fixed shapes where a size is given, and no other size runs then', async () => {
    const size = { batch: 2, height: 1, width: 2 };
    const file = toOnnx({ network, weights, size, inputLayout: 'nhwc' });
    const session = await InferenceSession.create(file);
    expect(session.inputMetadata[0]).toMatchObject({ shape: [2, 1, 2, 2] });
    expect(session.outputMetadata[0]).toMatchObject({ name: 'y', shape: [2, 1, 2, 1] });
    const { y } = await session.run({
      image: new Tensor('float32', Float32Array.of(1, 0, 0, 1, 1, 1, 0, 0), [2, 1, 2, 2]),
    });
    expect(Array.from(y?.data as Float32Array)).toEqual([3, 4, 6, 1]);
    const other = new Tensor('float32', new Float32Array(4), [1, 1, 2, 2]);
    await expect(session.run({ image: other })).rejects.toThrow(/invalid dimensions/i);
    await session.release();
  });

  test('stores float16 where it is asked to, and float32 where a number would not fit', async () => {
    const large: Weights = new Map(weights).set('mix/bias', { shape: [1], data: Float32Array.of(100_000) });
    const file = toOnnx({ network, weights: large, precision: 'float16', inputLayout: 'nhwc' });
    const session = await InferenceSession.create(file);
    const image = new Tensor('float32', Float32Array.of(10, 1), [1, 1, 1, 2]);
    const { y } = await session.run({ image });
    expect(Array.from(y?.data as Float32Array)).toEqual([100_023]);
    await session.release();
    const many: Weights = new Map([
      ['mix/kernel', { shape: [1, 1, 2, 500], data: new Float32Array(1000).fill(1 / 3) }],
      ['mix/bias', { shape: [500], data: new Float32Array(500) }],
    ]);
    const wide: Network = {
      ...network,
      build: (layers, x) => ({ y: layers.conv2d('mix', x, { filters: 500, kernelSize: 1, bias: true }) }),
    };
    const bytes = (precision: 'float32' | 'float16') =>
      toOnnx({ network: wide, weights: many, precision }).length;
    expect(bytes('float32') - bytes('float16')).toBeGreaterThan(2800);
  });
});
