// The TensorFlow Lite file as such; that it computes the right numbers, `interpreters.test.ts` shows.

import { ByteBuffer } from 'flatbuffers';
import { describe, expect, test } from 'vitest';
import { runTflite } from '../fixtures/run-tflite.ts';
import type { Network } from '../layers.ts';
import type { Weights } from '../weights/weights.ts';
import { toTflite } from './tflite-layers.ts';

/** y = 2 r + 3 g + 1, of one pixel. */
const network: Network = {
  input: { height: 1, width: 1, channels: 2 },
  build: (layers, x) => ({ y: layers.conv2d('mix', x, { filters: 1, kernelSize: 1, bias: true }) }),
};
const weights: Weights = new Map([
  ['mix/kernel', { shape: [1, 1, 2, 1], data: Float32Array.of(2, 3) }],
  ['mix/bias', { shape: [1], data: Float32Array.of(1) }],
]);

/** The bytes of the file's buffers, with where each begins. */
function buffersOf(file: Uint8Array): { start: number; bytes: Uint8Array }[] {
  const buffer = new ByteBuffer(file);
  const field = (table: number, slot: number): number => {
    const offset = buffer.__offset(table, 4 + 2 * slot);
    return offset === 0 ? 0 : buffer.__indirect(table + offset);
  };
  const root = buffer.readInt32(0);
  const vector = field(root, 4);
  return Array.from({ length: buffer.readInt32(vector) }, (_, index) => {
    const data = field(buffer.__indirect(vector + 4 + 4 * index), 0);
    if (data === 0) return { start: 0, bytes: new Uint8Array() };
    return { start: data + 4, bytes: file.subarray(data + 4, data + 4 + buffer.readInt32(data)) };
  });
}

describe('a TensorFlow Lite file', () => {
  test('says what it is, keeps weights to the bit, and puts each where kernels can read it in place', () => {
    const file = toTflite({ network, weights });
    expect(new TextDecoder().decode(file.subarray(4, 8))).toBe('TFL3');
    const [empty, kernel, bias] = buffersOf(file);
    expect(empty?.bytes.length).toBe(0);
    expect(new Float32Array(kernel?.bytes.slice().buffer ?? [])).toEqual(Float32Array.of(2, 3));
    expect(new Float32Array(bias?.bytes.slice().buffer ?? [])).toEqual(Float32Array.of(1));
    for (const { start } of buffersOf(file)) expect(start % 16).toBe(0);
  });

  test('stores float16 where it is asked to, and float32 where a number would not fit', async () => {
    const large: Weights = new Map(weights).set('mix/bias', { shape: [1], data: Float32Array.of(100_000) });
    const file = toTflite({ network, weights: large, precision: 'float16' });
    const lengths = buffersOf(file).map(({ bytes }) => bytes.length);
    expect(lengths).toEqual([0, 4, 4]);
    const { y } = await runTflite(file, Float32Array.of(10, 1), [1, 1, 1, 2]);
    expect([...(y?.data ?? [])]).toEqual([100_023]);
  });

  test('gives the input and a value twice, where the network says so', async () => {
    const twice: Network = {
      ...network,
      build: (layers, x) => {
        const { y } = network.build(layers, x) as { y: typeof x };
        return { image_again: x, y, y_again: y };
      },
    };
    const results = await runTflite(
      toTflite({ network: twice, weights }),
      Float32Array.of(5, 7),
      [1, 1, 1, 2],
    );
    const numbers = Object.entries(results).map(([name, { data }]) => [name, [...data]]);
    expect(Object.fromEntries(numbers)).toEqual({ image_again: [5, 7], y: [32], y_again: [32] });
  });

  test('of weights that lack a tensor is refused with its name', () => {
    const missing = new Map(weights);
    missing.delete('mix/bias');
    expect(() => toTflite({ network, weights: missing })).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_MISMATCH', value: 'mix/bias' }),
    );
  });
});
