import {
  depthwiseToOihw,
  describe as describeNetwork,
  foldBatchNorm,
  hwioToOihw,
  SsdliteError,
  type StoredTensor,
  sizeOf,
  toFloat16,
  type Weights,
  writeSafetensors,
} from '@ssdlite/layers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClassifierConfig, classifierNetwork } from '../classifier-network.ts';
import { requireHead } from '../classifier-weights.ts';
import { expectSameWeights } from '../fixtures/expect-same-weights.ts';
import { generatedImage, generatedWeights } from '../fixtures/generated-weights.ts';
import { type ForwardGolden, readFixture } from '../fixtures/goldens.ts';
import { runOnnx } from '../fixtures/run-network.ts';
import { loadTorchvision } from './load-torchvision.ts';
import { torchvisionName } from './tensor-name.ts';

type StateDict = Map<string, StoredTensor>;

const golden = readFixture<ForwardGolden & { names: [name: string, shape: number[]][] }>(
  'forward/torch-a035-96-c10.json',
);
const config: ClassifierConfig = {
  backbone: 'mobilenet-v2',
  dialect: 'pytorch',
  alpha: 0.35,
  inputSize: { height: 96, width: 96 },
  classes: 10,
};

function stored({
  shape,
  data,
}: {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}): StoredTensor {
  return { dtype: 'F32', shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** A state dict as torchvision would have it. */
function stateDict(weights: Weights, { head = 'classifier.1', prefix = '' } = {}): StateDict {
  const dict: StateDict = new Map();
  for (const [name, tensor] of weights) {
    if (name.startsWith('predictions/')) continue;
    const isKernel = tensor.shape.length === 4;
    const oihw = !isKernel
      ? tensor
      : name.includes('depthwise')
        ? depthwiseToOihw(tensor)
        : hwioToOihw(tensor);
    dict.set(prefix + torchvisionName(name), stored(oihw));
    if (name.endsWith('/moving_variance')) {
      const counter = torchvisionName(name).replace('running_var', 'num_batches_tracked');
      dict.set(prefix + counter, { dtype: 'I64', shape: [], bytes: new Uint8Array(8) });
    }
  }
  const kernel = weights.get('predictions/kernel');
  const bias = weights.get('predictions/bias');
  if (kernel && bias && head !== '') {
    const { shape, data } = hwioToOihw({ ...kernel, shape: [1, 1, ...kernel.shape] });
    dict.set(`${prefix}${head}.weight`, stored({ shape: shape.slice(0, 2), data }));
    dict.set(`${prefix}${head}.bias`, stored(bias));
  }
  return dict;
}

const network = classifierNetwork(config);
const weights = generatedWeights(network, { seed: 1 });
const inputSize = config.inputSize;
const load = (tensors: StateDict) =>
  loadTorchvision({ bytes: writeSafetensors({ tensors, metadata: { format: 'pt' } }), inputSize });

function without(dict: StateDict, ...names: string[]): StateDict {
  return new Map([...dict].filter(([name]) => !names.includes(name)));
}

function failure(loading: () => unknown): SsdliteError {
  try {
    loading();
  } catch (error) {
    if (error instanceof SsdliteError) return error;
    throw error;
  }
  throw new Error('It was loaded.');
}

test('Tensors have the names and shapes of the official state dict', () => {
  const dict = stateDict(weights);
  const expected = golden.names.filter(([name]) => !name.endsWith('num_batches_tracked'));
  const actual = [...dict].filter(([name]) => !name.endsWith('num_batches_tracked'));
  expect(new Map(actual.map(([name, { shape }]) => [name, shape]))).toEqual(new Map(expected));
});

test('A state dict becomes weights that compute what PyTorch does', async () => {
  const loaded = requireHead(load(stateDict(weights)));
  expect(loaded.config).toEqual({ ...config, scores: 'softmax' });
  expectSameWeights(loaded.weights, weights);
  const folded = foldBatchNorm(describeNetwork(network), loaded.weights);
  const image = generatedImage({ seed: 1, batch: 1, height: 96, width: 96 });
  const { logits } = await runOnnx({ network, weights: folded, image, batch: 1 });
  for (const [index, expected] of (golden.logits[0] ?? []).entries()) {
    expect(Math.abs((logits?.[index] ?? Number.NaN) - expected)).toBeLessThan(1e-3);
  }
});

test("Pixels become what torchvision's Normalize makes of them", () => {
  const { scale, shift } = load(stateDict(weights)).normalization;
  // (200 / 255 - mean) / deviation
  expect(200 * scale[0] + shift[0]).toBeCloseTo((200 / 255 - 0.485) / 0.229, 10);
  expect(200 * scale[1] + shift[1]).toBeCloseTo((200 / 255 - 0.456) / 0.224, 10);
  expect(200 * scale[2] + shift[2]).toBeCloseTo((200 / 255 - 0.406) / 0.225, 10);
});

test('What the model was wrapped in, and what its last layer is called, does not matter', () => {
  for (const prefix of ['', 'module.', 'model.backbone.']) {
    for (const head of ['classifier.1', 'classifier', 'fc']) {
      expectSameWeights(load(stateDict(weights, { prefix, head })).weights, weights);
    }
  }
  const apart = new Map([
    ...stateDict(weights, { prefix: 'backbone.', head: '' }),
    ...[...stateDict(weights, { head: 'head' })].filter(([name]) => name.startsWith('head.')),
  ]);
  expectSameWeights(load(apart).weights, weights);
});

test('A model without classifier gives a backbone', () => {
  const loaded = load(stateDict(weights, { head: '' }));
  expect(loaded.kind).toBe('backbone');
  expect(loaded.config).toEqual({ backbone: 'mobilenet-v2', dialect: 'pytorch', alpha: 0.35, inputSize });
  expect(loaded.weights.size).toBe(weights.size - 2);
});

test('A last layer of one unit tells two classes apart', () => {
  const single = generatedWeights(classifierNetwork({ ...config, classes: 1 }), { seed: 1 });
  const loaded = requireHead(load(stateDict(single)));
  expect(loaded.config.classes).toBe(2);
  const { shape, data } = loaded.weights.get('predictions/kernel') ?? { shape: [], data: [] };
  expect(shape).toEqual([1280, 2]);
  const [first = 0, second = 0] = single.get('predictions/kernel')?.data ?? [];
  expect([...data.slice(0, 4)]).toEqual([0, first, 0, second]);
});

test('Half floats load', () => {
  const halves = new Map(
    [...stateDict(weights)].map(([name, tensor]): [string, StoredTensor] => {
      if (tensor.dtype !== 'F32') return [name, tensor];
      const floats = new Float32Array(tensor.bytes.buffer, tensor.bytes.byteOffset, sizeOf(tensor.shape));
      return [name, { dtype: 'F16', shape: tensor.shape, bytes: new Uint8Array(toFloat16(floats).buffer) }];
    }),
  );
  const loaded = load(halves).weights.get('Conv1/kernel')?.data ?? [];
  const expected = weights.get('Conv1/kernel')?.data ?? new Float32Array();
  expected.forEach((value, index) => {
    expect(Math.abs((loaded[index] ?? Number.NaN) - value)).toBeLessThan(1e-3);
  });
});

test('Any width and number of classes comes back from the names of torchvision', () => {
  const cases = fc.record({
    alpha: fc.double({ min: 0.1, max: 1.4, noNaN: true }),
    classes: fc.integer({ min: 2, max: 50 }),
  });
  fc.assert(
    fc.property(cases, (given) => {
      const original = generatedWeights(classifierNetwork({ ...config, ...given }), { seed: 2 });
      const loaded = requireHead(load(stateDict(original)));
      expect(loaded.config.classes).toBe(given.classes);
      expectSameWeights(loaded.weights, original);
    }),
    { numRuns: 5 },
  );
});

describe('What is no mobilenet_v2 is refused:', () => {
  const dict = stateDict(weights);
  const vector = stored({ shape: [2], data: new Float32Array(2) });
  test.each<[what: string, loading: () => unknown, code: string, message: RegExp]>([
    [
      'a .pth file',
      () => loadTorchvision({ bytes: Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0]) }),
      'WEIGHTS_UNSUPPORTED',
      /safetensors\.torch\.save_file/,
    ],
    [
      'a file that is cut short',
      () => loadTorchvision({ bytes: writeSafetensors({ tensors: dict, metadata: {} }).subarray(0, 50_000) }),
      'WEIGHTS_DAMAGED',
      /damaged/,
    ],
    ['nothing', () => loadTorchvision({ bytes: new Uint8Array() }), 'WEIGHTS_DAMAGED', /0 bytes/],
    [
      "another program's names",
      () =>
        load(
          new Map([
            ['conv_stem.weight', vector],
            ['bn1.weight', vector],
          ]),
        ),
      'WEIGHTS_MISMATCH',
      /it has 'bn1\.weight', 'conv_stem\.weight'/,
    ],
    [
      'a missing tensor',
      () => load(without(dict, 'features.4.conv.1.1.bias')),
      'WEIGHTS_MISMATCH',
      /lacks 'features\.4\.conv\.1\.1\.bias'/,
    ],
    [
      'a tensor too many',
      () => load(new Map([...dict, ['features.19.0.weight', vector]])),
      'WEIGHTS_MISMATCH',
      /has 'features\.19\.0\.weight', which/,
    ],
    [
      'a head of two layers',
      () =>
        load(
          new Map([
            ...dict,
            ...[...stateDict(weights, { head: 'classifier.4' })].filter(([name]) =>
              name.startsWith('classifier'),
            ),
          ]),
        ),
      'WEIGHTS_UNSUPPORTED',
      /'classifier\.1\.bias', 'classifier\.1\.weight', 'classifier\.4\.bias'/,
    ],
    [
      'a vector for a kernel',
      () => load(new Map([...dict, ['features.0.0.weight', vector]])),
      'WEIGHTS_MISMATCH',
      /'features\.0\.0\.weight' has the shape \[2\]: a kernel has 4 axes/,
    ],
    [
      'a kernel of another width',
      () =>
        load(
          new Map([
            ...dict,
            ['features.2.conv.2.weight', stored({ shape: [16, 48, 1, 1], data: new Float32Array(768) })],
          ]),
        ),
      'WEIGHTS_MISMATCH',
      /channels; in a mobilenet-v2 as wide as the rest/,
    ],
    [
      'NaN',
      () =>
        load(
          new Map([
            ...dict,
            ['features.0.1.weight', stored({ shape: [16], data: new Float32Array(16).fill(Number.NaN) })],
          ]),
        ),
      'WEIGHTS_DAMAGED',
      /'features\.0\.1\.weight' holds NaN/,
    ],
    [
      'a negative variance',
      () =>
        load(
          new Map([
            ...dict,
            ['features.0.1.running_var', stored({ shape: [16], data: new Float32Array(16).fill(-1) })],
          ]),
        ),
      'WEIGHTS_MISMATCH',
      /'bn_Conv1\/moving_variance' holds -1/,
    ],
  ])('%s', (_, loading, code, message) => {
    const error = failure(loading);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});
