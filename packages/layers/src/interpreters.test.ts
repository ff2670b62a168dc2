// Every interpreter computes the same numbers: TensorFlow.js' plain backend, ONNX Runtime, LiteRT, loops of our own, and counting's shapes.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { describe as describeNetwork, foldedWeights } from './describe.ts';
import { runTflite as runTfliteFile } from './fixtures/run-tflite.ts';
import type { Network, Padding } from './layers.ts';
import { toOnnx } from './onnx/index.ts';
import { runPlain } from './plain/index.ts';
import { tfjsBackend, tfjsProgram } from './tfjs/index.ts';
import { toTflite } from './tflite/index.ts';
import { sizeOf, type Weights } from './weights/weights.ts';

/** Weights between -0.5 and 0.5 that depend on the seed only. */
function randomWeights(network: Network, seed: number): Weights {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return new Map(
    foldedWeights(describeNetwork(network)).map(({ name, shape }) => [
      name,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, next) },
    ]),
  );
}

function ramp(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => ((index * 37) % 101) / 25 - 2);
}

async function runOnnx(network: Network, weights: Weights, image: Float32Array, batch: number) {
  const bytes = toOnnx({ network, weights, inputLayout: 'nhwc' });
  const session = await InferenceSession.create(bytes);
  const { height, width, channels } = network.input;
  const results = await session.run({
    image: new Tensor('float32', image, [batch, height, width, channels]),
  });
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data, dims }]) => [
      name,
      { data: data as Float32Array, dims: [...dims] },
    ]),
  );
}

async function runTfjs(
  network: Network,
  weights: Weights,
  image: Float32Array,
  batch: number,
  { multipliesPixels = false } = {},
) {
  const backend = { ...(await tfjsBackend(tf, 'cpu')), multipliesPixels };
  const program = tfjsProgram({ backend, network, weights });
  const results = await program.run(image, { ...network.input, batch });
  program.dispose();
  return results;
}

async function runTflite(network: Network, weights: Weights, image: Float32Array, batch: number) {
  const { height, width, channels } = network.input;
  const file = toTflite({ network, weights, size: { batch, height, width } });
  return runTfliteFile(file, image, [batch, height, width, channels]);
}

function plain(network: Network, weights: Weights, image: Float32Array, batch: number) {
  return runPlain(image, { network, weights, size: { ...network.input, batch } });
}

const paddings: Padding[] = ['same', 'valid', 'symmetric', 'bottom-right'];

test('A 3 x 3 sum at stride 2 over 4 x 4 ones pads at the bottom and right, as TensorFlow does', async () => {
  const network: Network = {
    input: { height: 4, width: 4, channels: 1 },
    build: (layers, x) => ({ y: layers.conv2d('sum', x, { filters: 1, kernelSize: 3, strides: 2 }) }),
  };
  const weights: Weights = new Map([
    ['sum/kernel', { shape: [3, 3, 1, 1], data: new Float32Array(9).fill(1) }],
  ]);
  const image = new Float32Array(16).fill(1);
  expect([...((await runTfjs(network, weights, image, 1)).y ?? [])]).toEqual([9, 6, 6, 4]);
  expect([...((await runOnnx(network, weights, image, 1)).y?.data ?? [])]).toEqual([9, 6, 6, 4]);
  expect([...((await runTflite(network, weights, image, 1)).y?.data ?? [])]).toEqual([9, 6, 6, 4]);
  expect([...(plain(network, weights, image, 1).y ?? [])]).toEqual([9, 6, 6, 4]);
});

test('Convolutions of every kernel, stride, padding and size give the same maps everywhere', async () => {
  const cases = fc.record({
    height: fc.integer({ min: 3, max: 9 }),
    width: fc.integer({ min: 3, max: 9 }),
    channels: fc.integer({ min: 1, max: 3 }),
    kernelSize: fc.constantFrom(1, 3),
    strides: fc.constantFrom(1, 2),
    padding: fc.constantFrom(...paddings),
    bias: fc.boolean(),
    relu6: fc.boolean(),
    batch: fc.constantFrom(1, 2),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ height, width, channels, batch, seed, relu6, ...options }) => {
      const layer = { ...options, activation: relu6 ? ('relu6' as const) : ('linear' as const) };
      const network: Network = {
        input: { height, width, channels },
        build: (layers, image) => {
          const deep = layers.depthwiseConv2d('depthwise', image, layer);
          const wide = layers.conv2d('conv', image, { ...layer, filters: 4 });
          const narrow = layers.conv2d('narrow', wide, { filters: 4, kernelSize: 1, bias: true });
          return { deep, sum: layers.add('sum', wide, narrow) };
        },
      };
      const weights = randomWeights(network, seed);
      const image = ramp(batch * height * width * channels);
      const onnx = await runOnnx(network, weights, image, batch);
      const tflite = await runTflite(network, weights, image, batch);
      const tfjs = await runTfjs(network, weights, image, batch);
      const products = await runTfjs(network, weights, image, batch, { multipliesPixels: true });
      const loops = plain(network, weights, image, batch);
      const { outputs } = describeNetwork(network);
      for (const name of ['deep', 'sum']) {
        expect(onnx[name]?.dims).toEqual([batch, ...(outputs[name] ?? [])]);
        expectClose(tfjs[name], onnx[name]?.data);
        expectClose(products[name], onnx[name]?.data);
        expectClose(loops[name], onnx[name]?.data);
        expect(tflite[name]?.dims).toEqual(onnx[name]?.dims);
        expectClose(tflite[name]?.data, onnx[name]?.data);
      }
    }),
    { numRuns: 60 },
  );
});

describe('heads', () => {
  const network: Network = {
    input: { height: 4, width: 3, channels: 4 },
    build: (layers, image) => {
      const pooled = layers.globalAveragePool('pool', image);
      const logits = layers.dense('dense', pooled, { units: 3 });
      const rows = layers.stackRows(
        'rows',
        [image, layers.conv2d('half', image, { filters: 2, kernelSize: 1 })],
        {
          width: 2,
        },
      );
      const chances = layers.sigmoid('sigmoid', logits);
      const few = layers.takeChannels('few', image, { channels: [3, 0] });
      return { few, pooled, logits, probabilities: layers.softmax('softmax', logits), chances, rows };
    },
  };

  test('stack rows in the order y, x, k and map after map', async () => {
    const weights = randomWeights(network, 3);
    const image = ramp(48);
    const { rows } = await runTfjs(network, weights, image, 1);
    expect(rows?.length).toBe((48 + 24) * 1);
    expect([...(rows ?? []).slice(0, 48)]).toEqual([...image]);
  });

  test('take channels in the order named', async () => {
    const weights = randomWeights(network, 3);
    const image = Float32Array.from({ length: 48 }, (_, index) => index);
    const { few } = await runTfjs(network, weights, image, 1);
    expect([...(few ?? [])].slice(0, 6)).toEqual([3, 0, 7, 4, 11, 8]);
    expectClose(plain(network, weights, image, 1).few, few);
    for (const run of [runOnnx, runTflite]) {
      const other = await run(network, weights, image, 1);
      expect(other.few?.dims).toEqual([1, 4, 3, 2]);
      expectClose(few, other.few?.data);
    }
  });

  test('pool, multiply and normalise alike on every engine, for a batch of two', async () => {
    const weights = randomWeights(network, 4);
    const image = ramp(96);
    const onnx = await runOnnx(network, weights, image, 2);
    const tfjs = await runTfjs(network, weights, image, 2);
    const tflite = await runTflite(network, weights, image, 2);
    const loops = plain(network, weights, image, 2);
    for (const name of ['pooled', 'logits', 'probabilities', 'chances', 'rows']) {
      expectClose(tfjs[name], onnx[name]?.data);
      expectClose(loops[name], onnx[name]?.data);
      expect(tflite[name]?.dims).toEqual(onnx[name]?.dims);
      expectClose(tflite[name]?.data, onnx[name]?.data);
    }
    const [a = 0, b = 0, c = 0] = tfjs.probabilities ?? [];
    expect(a + b + c).toBeCloseTo(1, 6);
    expect(tfjs.chances?.[0]).toBeCloseTo(1 / (1 + Math.exp(-(tfjs.logits?.[0] ?? 0))), 6);
  });
});

test('A run leaves no tensor on the device, and none of the global engine', async () => {
  const network: Network = {
    input: { height: 8, width: 8, channels: 3 },
    build: (layers, image) => {
      const a = layers.conv2d('a', image, { filters: 4, kernelSize: 3, bias: true, activation: 'relu6' });
      return { y: layers.add('y', a, layers.depthwiseConv2d('b', a, { kernelSize: 3 })) };
    },
  };
  const backend = await tfjsBackend(tf, 'cpu');
  const device = tf.engine().registry.cpu;
  const before = device?.numDataIds() ?? -1;
  const program = tfjsProgram({ backend, network, weights: randomWeights(network, 5) });
  const loaded = device?.numDataIds();
  await Promise.all([
    program.run(ramp(192), { batch: 1, height: 8, width: 8 }),
    program.run(ramp(384), { batch: 2, height: 8, width: 8 }),
    program.run(ramp(180), { batch: 1, height: 6, width: 10 }),
  ]);
  expect(device?.numDataIds()).toBe(loaded);
  program.dispose();
  program.dispose();
  expect(device?.numDataIds()).toBe(before);
  expect(tf.memory().numTensors).toBe(0);
});

function expectClose(actual: ArrayLike<number> | undefined, expected: ArrayLike<number> | undefined): void {
  expect(actual?.length).toBe(expected?.length);
  let worst = 0;
  for (let i = 0; i < (actual?.length ?? 0); i++) {
    worst = Math.max(worst, Math.abs((actual?.[i] ?? Number.NaN) - (expected?.[i] ?? Number.NaN)));
  }
  expect(worst).toBeLessThan(1e-5);
}
