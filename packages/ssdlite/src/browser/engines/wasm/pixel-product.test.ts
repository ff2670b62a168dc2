// The product of pixels and kernels, against plain loops; and that it writes nowhere else.

import { setFlagsFromString } from 'node:v8';
import { blockTensor } from '@ssdlite/layers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pixelProduct } from './pixel-product.ts';

// Node 20 has fused multiply-adds behind a flag, later ones without.
setFlagsFromString('--experimental-wasm-relaxed-simd');

interface Operands {
  readonly pixels: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly x: Float32Array;
  readonly values: Int8Array | Float32Array;
  /** None: the values are float32. */
  readonly scales?: Float32Array | undefined;
  readonly bias: Float32Array;
  readonly limits?: readonly [low: number, high: number];
}

/** Stands before and behind everything that is written. */
const guard = 12345;

function multiply(operands: Operands): number[] {
  const { pixels, inputs, outputs, x, values, scales = new Float32Array(), bias } = operands;
  const [low, high] = operands.limits ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const memory = new WebAssembly.Memory({ initial: 4 });
  const numbers = new Float32Array(memory.buffer).fill(guard);
  let end = 1;
  const place = (length: number): number => {
    const start = end;
    // Each followed by a number that nobody may change.
    end += length + 1;
    return start;
  };
  const at = {
    x: place(x.length),
    values: place(Math.ceil(values.byteLength / 4)),
    scales: place(scales.length),
    bias: place(bias.length),
    out: place(pixels * outputs),
    panel: place(8 * inputs),
  };
  numbers.set(x, at.x);
  if (values instanceof Int8Array) new Int8Array(memory.buffer, at.values * 4).set(values);
  else numbers.set(values, at.values);
  numbers.set(scales, at.scales);
  numbers.set(bias, at.bias);
  pixelProduct(memory)({
    ...(Object.fromEntries(Object.entries(at).map(([name, start]) => [name, start * 4])) as typeof at),
    ...(operands.scales === undefined && { scales: 0 }),
    ...{ pixels, inputs, outputs, low, high },
  });
  for (const start of [...Object.values(at), end]) expect(numbers[start - 1]).toBe(guard);
  expect(numbers.subarray(end).every((value) => value === guard)).toBe(true);
  expect(numbers.subarray(at.x, at.x + x.length)).toEqual(x);
  return [...numbers.subarray(at.out, at.out + pixels * outputs)];
}

function plainProduct({ pixels, inputs, outputs, x, values, scales, bias }: Operands): number[] {
  const shape = [1, 1, inputs, outputs];
  const data = values instanceof Int8Array && scales ? blockTensor({ shape, values, scales }).data : values;
  return Array.from({ length: pixels * outputs }, (_, at) => {
    const [pixel, output] = [Math.floor(at / outputs), at % outputs];
    let sum = bias[output] ?? 0;
    for (let i = 0; i < inputs; i++) sum += (x[pixel * inputs + i] ?? 0) * (data[i * outputs + output] ?? 0);
    return sum;
  });
}

describe('pixels times a kernel', () => {
  // Two pixels of two inputs; output c has the weights c and -1 times its scale, which is 0.5 for all, and the bias 100 c.
  const small: Operands = {
    ...{ pixels: 2, inputs: 2, outputs: 8 },
    x: Float32Array.of(1, 2, 10, 0),
    values: Int8Array.of(0, 1, 2, 3, 4, 5, 6, 7, -1, -1, -1, -1, -1, -1, -1, -1),
    scales: new Float32Array(8).fill(0.5),
    bias: Float32Array.of(0, 100, 200, 300, 400, 500, 600, 700),
  };

  test('are sums that one can check by hand', () => {
    expect(multiply(small)).toEqual([
      ...[-1, 99.5, 200, 300.5, 401, 501.5, 602, 702.5],
      ...[0, 105, 210, 315, 420, 525, 630, 735],
    ]);
  });

  test('are the same by a float32 kernel', () => {
    const values = Float32Array.from(small.values, (value) => value / 2);
    expect(multiply({ ...small, values, scales: undefined })).toEqual(multiply(small));
  });

  test('are limited as the activation says', () => {
    expect(multiply({ ...small, limits: [0, 210] })).toEqual([
      ...[0, 99.5, 200, 210, 210, 210, 210, 210],
      ...[0, 105, 210, 210, 210, 210, 210, 210],
    ]);
  });

  test('are what plain loops give, whatever the sizes are', () => {
    const sizes = fc.record({
      pixels: fc.integer({ min: 1, max: 11 }),
      inputs: fc.integer({ min: 1, max: 70 }),
      outputs: fc.integer({ min: 8, max: 27 }),
      seed: fc.integer(),
      isInt8: fc.boolean(),
    });
    fc.assert(
      fc.property(sizes, ({ pixels, inputs, outputs, seed, isInt8 }) => {
        let state = seed;
        const next = (): number => {
          state = (Math.imul(state, 1664525) + 1013904223) | 0;
          return state / 2 ** 31;
        };
        const floats = (length: number) => Float32Array.from({ length }, next);
        const weights = Float32Array.from({ length: inputs * outputs }, () => next() * 128);
        const operands = {
          ...{ pixels, inputs, outputs },
          x: floats(pixels * inputs),
          values: isInt8 ? Int8Array.from(weights) : weights,
          scales: isInt8 ? floats(Math.ceil(inputs / 32) * outputs) : undefined,
          bias: floats(outputs),
        };
        const expected = plainProduct(operands);
        const worst = multiply(operands).reduce(
          (max, value, at) => Math.max(max, Math.abs(value - (expected[at] ?? Number.NaN))),
          0,
        );
        // Sums of at most 70 products of some 128, in float32.
        expect(worst).toBeLessThan(5e-3);
      }),
    );
  });
});
