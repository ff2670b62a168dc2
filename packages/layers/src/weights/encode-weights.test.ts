import fc from 'fast-check';
import { expect, describe as group, test } from 'vitest';
import { describe } from '../describe.ts';
import { SsdliteError } from '../error.ts';
import type { Network } from '../layers.ts';
import { decodeWeights } from './decode-weights.ts';
import { encodeWeights } from './encode-weights.ts';
import { fromFloat16 } from './float16.ts';
import { parseSafetensors, type StoredTensor, writeSafetensors } from './safetensors.ts';
import { sizeOf, type Weights, type WeightTensor } from './weights.ts';

/** One layer of each kind that the hybrid encoding tells apart. */
const network: Network = {
  input: { height: 8, width: 8, channels: 3 },
  build(layers, image) {
    let x = layers.conv2d('first', image, { filters: 800, kernelSize: 3, bias: true });
    x = layers.depthwiseConv2d('depthwise', x, { kernelSize: 7, bias: true });
    x = layers.conv2d('large', x, { filters: 40, kernelSize: 1, bias: true });
    x = layers.conv2d('small', x, { filters: 499, kernelSize: 1, bias: true });
    return { map: layers.conv2d('named', x, { filters: 41, kernelSize: 1, bias: true }) };
  },
};
const description = describe(network);

function tensor(shape: readonly number[], value: (index: number) => number): WeightTensor {
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, index) => value(index)) };
}

const weights: Weights = new Map(
  description.layers.flatMap((layer) =>
    layer.weights.map(({ name, shape }) => [name, tensor(shape, (i) => Math.sin(i) / 4)]),
  ),
);

group('the hybrid encoding', () => {
  const tensors = encodeWeights(weights, { encoding: 'hybrid', description, float16Layers: ['named'] });

  test('is int8 for large kernels, and float16 for the first, depthwise, small and named ones and all vectors', () => {
    expect(
      Object.fromEntries([...tensors].map(([name, { dtype, shape }]) => [name, `${dtype} ${shape}`])),
    ).toEqual({
      'first/kernel': 'F16 3,3,3,800',
      'first/bias': 'F16 800',
      'depthwise/kernel': 'F16 7,7,800,1',
      'depthwise/bias': 'F16 800',
      'large/kernel': 'I8 1,1,800,40',
      'large/kernel.scale': 'F16 25,40',
      'large/bias': 'F16 40',
      'small/kernel': 'F16 1,1,40,499',
      'small/bias': 'F16 499',
      'named/kernel': 'F16 1,1,499,41',
      'named/bias': 'F16 41',
    });
  });

  test('comes back through a file with an error of at most half a step', () => {
    const file = writeSafetensors({ tensors, metadata: {} });
    const back = decodeWeights(parseSafetensors(file).tensors);
    expect([...back.keys()].sort()).toEqual([...weights.keys()].sort());
    for (const [name, { data }] of weights) {
      const step = name === 'large/kernel' ? 0.25 / 118 : 0.25 / 1024;
      const decoded = back.get(name)?.data ?? new Float32Array();
      expect(decoded.length).toBe(data.length);
      const worst = data.reduce(
        (max, value, index) => Math.max(max, Math.abs(value - (decoded[index] ?? 9))),
        0,
      );
      expect(worst).toBeLessThanOrEqual(step / 2 + (name === 'large/kernel' ? 0.25 * (1 - 118 / 127) : 0));
    }
  });

  test('gives each block of 32 weights of an output channel its own scale, the last block a short one', () => {
    // 600 rows of 40 channels: row r has the size 2^floor(r / 32), so 18 blocks of 32 rows and one of 24.
    const kernel = tensor([1, 1, 600, 40], (i) => {
      const row = Math.floor(i / 40);
      return (row % 2 === 0 ? 1 : -1) * 2 ** (Math.floor(row / 32) - 10) * 127;
    });
    const single: Network = {
      input: { height: 1, width: 1, channels: 600 },
      build: (layers, x) => {
        const y = layers.conv2d('a', x, { filters: 600, kernelSize: 1 });
        return { map: layers.conv2d('b', y, { filters: 40, kernelSize: 1 }) };
      },
    };
    const encoded = encodeWeights(new Map([['b/kernel', kernel]]), {
      encoding: 'hybrid',
      description: describe(single),
    });
    expect(encoded.get('b/kernel.scale')?.shape).toEqual([19, 40]);
    expect(decodeWeights(encoded).get('b/kernel')).toMatchObject(kernel);
  });
});

group('every encoding', () => {
  test('float32 is bit for bit the same', () => {
    const encoded = encodeWeights(weights, { encoding: 'float32', description });
    expect(decodeWeights(encoded)).toEqual(weights);
  });

  test('leaves in float32 what float16 cannot hold', () => {
    const large = new Map([
      ['a', tensor([2], (i) => (i === 0 ? 1 : 1e6))],
      ['large/kernel', tensor([1, 1, 800, 40], (i) => (i === 7 ? 1e9 : 1))],
    ]);
    const encoded = encodeWeights(large, { encoding: 'hybrid', description });
    expect([...encoded.values()].map(({ dtype }) => dtype)).toEqual(['F32', 'F32']);
    expect(decodeWeights(encoded)).toEqual(large);
  });

  test('of zeros gives zeros', () => {
    const zeros = new Map([['large/kernel', tensor([1, 1, 800, 40], () => 0)]]);
    const back = decodeWeights(encodeWeights(zeros, { encoding: 'hybrid', description }));
    expect([...back.keys()]).toEqual(['large/kernel']);
    expect(back.get('large/kernel')).toMatchObject(zeros.get('large/kernel') ?? {});
  });

  test('refuses a name that is none', () => {
    const encoding = 'int4' as 'hybrid';
    expect(() => encodeWeights(weights, { encoding, description })).toThrow(
      "There is no encoding 'int4'. Use one of: float32, float16, hybrid.",
    );
  });
});

group('decodeWeights', () => {
  const stored = (dtype: StoredTensor['dtype'], shape: number[], bytes: number[]): StoredTensor => ({
    dtype,
    shape,
    bytes: Uint8Array.from(bytes),
  });

  test('copies tensors that do not lie aligned', () => {
    // As Node reads files: its Buffer.slice would not copy.
    const bytes = Buffer.from(Uint8Array.of(9, 0, 0, 128, 63, 0, 60).buffer).subarray(1);
    const weights = decodeWeights(
      new Map([
        ['single', { dtype: 'F32', shape: [1], bytes: bytes.subarray(0, 4) }],
        ['half', { dtype: 'F16', shape: [1], bytes: bytes.subarray(4) }],
      ]),
    );
    expect([...weights.values()].map(({ data }) => data[0])).toEqual([1, 1]);
  });

  test.each<[string, [string, StoredTensor][], string, RegExp]>([
    [
      'int64',
      [['n', stored('I64', [1], new Array(8).fill(0))]],
      'WEIGHTS_UNSUPPORTED',
      /'n' has the dtype I64/,
    ],
    [
      'int8 alone',
      [['k', stored('I8', [2, 1], [1, 2])]],
      'WEIGHTS_DAMAGED',
      /needs the scales F16 \[1, 1\] and has none/,
    ],
    [
      'int8 with scales of another shape',
      [
        ['k', stored('I8', [2, 1], [1, 2])],
        ['k.scale', stored('F16', [2, 1], [0, 0, 0, 0])],
      ],
      'WEIGHTS_DAMAGED',
      /needs the scales F16 \[1, 1\] and has F16 \[2, 1\]/,
    ],
    [
      'a scale that is infinite',
      [
        ['k', stored('I8', [2, 1], [1, 2])],
        ['k.scale', stored('F16', [1, 1], [0x00, 0x7c])],
      ],
      'WEIGHTS_DAMAGED',
      /'k.scale' holds Infinity at position 0/,
    ],
    [
      'NaN in float32',
      [['k', stored('F32', [1], [0, 0, 0xc0, 0x7f])]],
      'WEIGHTS_DAMAGED',
      /'k' holds NaN at position 0/,
    ],
    [
      'NaN in float16',
      [['k', stored('F16', [1], [1, 0x7c])]],
      'WEIGHTS_DAMAGED',
      /'k' holds NaN at position 0/,
    ],
    [
      'infinity in bfloat16',
      [['k', stored('BF16', [1], [0x80, 0xff])]],
      'WEIGHTS_DAMAGED',
      /'k' holds -Infinity/,
    ],
    ['empty int8', [['k', stored('I8', [0, 0], [])]], 'WEIGHTS_DAMAGED', /int8 tensor 'k'/],
  ])('refuses %s', (_, tensors, code, message) => {
    const refuse = (): Weights => decodeWeights(new Map(tensors));
    expect(refuse).toThrow(SsdliteError);
    expect(refuse).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

test('no other float16 scale near the largest weight would have a smaller error', () => {
  const blocks = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 32, maxLength: 32 });
  const halves = fromFloat16(Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits));
  fc.assert(
    fc.property(blocks, (values) => {
      const kernel = tensor([1, 1, 800, 40], (i) => values[Math.floor(i / 40) % 32] ?? 0);
      const encoded = encodeWeights(new Map([['large/kernel', kernel]]), { encoding: 'hybrid', description });
      const decoded = decodeWeights(encoded).get('large/kernel')?.data ?? new Float32Array();
      const got = values.reduce((sum, value, i) => sum + (value - (decoded[i * 40] ?? 0)) ** 2, 0);
      const largest = Math.max(...values.map(Math.abs));
      const least = halves
        .filter((scale) => scale > 0 && scale >= largest / 136 && scale <= largest / 118)
        .reduce((min, scale) => Math.min(min, squaredError(values, scale)), Number.POSITIVE_INFINITY);
      expect(got).toBeLessThanOrEqual(least * 1.001 + 1e-12);
    }),
    { numRuns: 30 },
  );
});

function squaredError(values: readonly number[], scale: number): number {
  return values.reduce((sum, value) => {
    const level = Math.max(-127, Math.min(127, Math.round(value / scale)));
    return sum + (value - level * scale) ** 2;
  }, 0);
}
