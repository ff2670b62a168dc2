// The interpreter that runs a network on TensorFlow.js: folded weights, fused kernels, memory given back as soon as it can be.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BatchSize, DepthwiseConv2dOptions, Network } from '../layers.ts';
import { padAxis } from '../padding.ts';
import { type Step, toSteps } from '../steps.ts';
import { weightOf } from '../weights/kernel-layout.ts';
import type { Weights } from '../weights/weights.ts';
import type { PixelProducts, TfjsBackend } from './tfjs-backend.ts';

/** A network on a device, ready to run. */
export interface TfjsProgram {
  /**
   * Runs the network.
   *
   * @param image `[batch, height, width, channels]`; height and width need not be the network's own
   * @returns float32 data by output name
   */
  run(image: Float32Array, size: BatchSize): Promise<Record<string, Float32Array>>;
  /** The same for an image that is on the device already, which it releases. */
  runTensor(image: TensorInfo): Promise<Record<string, Float32Array>>;
  /** Calls the kernels for an image of zeros, and reads nothing: for backends that compile them at the first call. */
  dryRun(size: BatchSize): void;
  /** Gives the weights' memory back. Harmless when called again. */
  dispose(): void;
}

/**
 * Puts a network's weights on a TensorFlow.js backend.
 *
 * @param options.weights with batch norm folded
 * @throws SsdliteError `WEIGHTS_MISMATCH` if a tensor is missing
 * @example
 * const program = tfjsProgram({ backend: await tfjsBackend(tf, 'wasm'), network, weights });
 * const { boxes, logits } = await program.run(image, { batch: 1, height: 300, width: 300 });
 */
export function tfjsProgram(options: {
  readonly backend: TfjsBackend;
  readonly network: Network;
  readonly weights: Weights;
}): TfjsProgram {
  const { backend, network, weights } = options;
  const { steps, outputs } = toSteps(network);
  const uploaded = uploadWeights(backend, steps, weights);
  const { channels } = network.input;

  const release = (values: (TensorInfo | undefined)[], value: number): void => {
    const tensor = values[value];
    values[value] = undefined;
    if (tensor) backend.release(tensor);
  };
  const releaseAll = (values: (TensorInfo | undefined)[]): void => {
    for (const value of values.keys()) release(values, value);
  };

  /** Calls all kernels in one go; what is left are the outputs. */
  function callKernels(image: TensorInfo): (TensorInfo | undefined)[] {
    const values: (TensorInfo | undefined)[] = [image];
    try {
      for (const step of steps) {
        const inputs = step.inputs.map((value) => values[value] as TensorInfo);
        values.push(runStep(backend, step, inputs, uploaded));
        for (const value of step.lastUses) release(values, value);
      }
    } catch (error) {
      releaseAll(values);
      throw error;
    }
    return values;
  }

  async function runTensor(image: TensorInfo): Promise<Record<string, Float32Array>> {
    const values = callKernels(image);
    try {
      const read = Object.entries(outputs).map(async ([name, value]) => {
        return [name, await backend.read(values[value] as TensorInfo)] as const;
      });
      return Object.fromEntries(await Promise.all(read));
    } finally {
      releaseAll(values);
    }
  }

  const upload = (image: Float32Array, { batch, height, width }: BatchSize): TensorInfo =>
    backend.upload(image, [batch, height, width, channels]);

  return {
    run: async (image, size) => runTensor(upload(image, size)),
    runTensor,
    dryRun(size) {
      const zeros = new Float32Array(size.batch * size.height * size.width * channels);
      releaseAll(callKernels(upload(zeros, size)));
    },
    dispose() {
      for (const tensor of uploaded.values()) backend.release(tensor);
      uploaded.clear();
    },
  };
}

function uploadWeights(
  backend: TfjsBackend,
  steps: readonly Step[],
  weights: Weights,
): Map<string, TensorInfo> {
  const { pixelProducts: products } = backend;
  const uploaded = new Map<string, TensorInfo>();
  for (const { name, operation } of steps) {
    if (operation.kind === 'takeChannels') {
      uploaded.set(`${name}/channels`, backend.uploadIndices(operation.channels));
    }
    for (const tensor of tensorsOf(operation)) {
      const weight = weightOf(weights, `${name}/${tensor}`);
      if (tensor === 'kernel' && weight.blocks && products && isProduct(operation, products))
        uploaded.set(`${name}/int8`, products.uploadInt8(weight.blocks));
      else uploaded.set(`${name}/${tensor}`, backend.upload(weight.data, weight.shape));
    }
  }
  return uploaded;
}

/** Whether a step is a product of pixels and a kernel. */
function isProduct(operation: Step['operation'], { minOutputs }: PixelProducts): boolean {
  if (operation.kind !== 'conv2d' || !isPointwise(operation.options)) return false;
  return operation.options.filters >= minOutputs && tensorsOf(operation).includes('bias');
}

function tensorsOf(operation: Step['operation']): string[] {
  switch (operation.kind) {
    case 'conv2d':
    case 'depthwiseConv2d':
      return operation.options.bias || operation.options.batchNorm ? ['kernel', 'bias'] : ['kernel'];
    case 'dense':
      return ['kernel', 'bias'];
    default:
      return [];
  }
}

function runStep(
  backend: TfjsBackend,
  { name, operation }: Step,
  inputs: readonly TensorInfo[],
  weights: ReadonlyMap<string, TensorInfo>,
): TensorInfo {
  const [x, y] = inputs as [TensorInfo, TensorInfo];
  const kernel = weights.get(`${name}/kernel`);
  const bias = weights.get(`${name}/bias`);
  switch (operation.kind) {
    case 'conv2d': {
      const { pixelProducts: products } = backend;
      const int8 = weights.get(`${name}/int8`);
      const either = int8 ?? kernel;
      if (products && either && bias && isProduct(operation, products)) {
        const { filters: outputs, activation = 'linear' } = operation.options;
        const sizes = { inputs: x.shape[3] ?? 0, outputs };
        return products.multiply({
          x,
          kernel: either,
          isInt8: int8 !== undefined,
          bias,
          ...sizes,
          activation,
        });
      }
      return convolve(backend, { x, kernel, bias }, { ...operation, plain: 'Conv2D', fused: 'FusedConv2D' });
    }
    case 'depthwiseConv2d':
      return convolve(
        backend,
        { x, kernel, bias },
        { ...operation, plain: 'DepthwiseConv2dNative', fused: 'FusedDepthwiseConv2D' },
      );
    case 'takeChannels':
      return backend.run(
        'GatherV2',
        { x, indices: weights.get(`${name}/channels`) },
        { axis: 3, batchDims: 0 },
      );
    case 'add':
      return addTo(backend, x, y);
    case 'globalAveragePool':
      return backend.run('Mean', { x }, { axis: [1, 2], keepDims: false });
    case 'dense':
      return dense(backend, { x, kernel, bias });
    case 'softmax':
      return backend.run('Softmax', { logits: x }, { dim: 1 });
    case 'sigmoid':
      return backend.run('Sigmoid', { x }, {});
    case 'stackRows':
      return stackRows(backend, inputs, operation.width);
  }
}

interface WeightedInput {
  readonly x: TensorInfo;
  readonly kernel: TensorInfo | undefined;
  readonly bias: TensorInfo | undefined;
}

function convolve(
  backend: TfjsBackend,
  { x, kernel, bias }: WeightedInput,
  names: { readonly options: DepthwiseConv2dOptions; readonly plain: string; readonly fused: string },
): TensorInfo {
  const { options, plain, fused } = names;
  const { activation = 'linear' } = options;
  if (backend.multipliesPixels && fused === 'FusedConv2D' && kernel && isPointwise(options))
    return multiplyPixels(backend, { x, kernel, bias }, activation);
  const attributes = convolutionAttributes(x, options);
  if (backend.fuses) return backend.run(fused, { x, filter: kernel, bias }, { ...attributes, activation });
  const convolved = backend.run(plain, { x, filter: kernel }, attributes);
  const biased = bias ? replace(backend, convolved, () => addTo(backend, convolved, bias)) : convolved;
  if (activation === 'linear') return biased;
  return replace(backend, biased, () => backend.run('Relu6', { x: biased }, {}));
}

function isPointwise({ kernelSize, strides = 1, padding }: DepthwiseConv2dOptions): boolean {
  return kernelSize === 1 && strides === 1 && padding !== 'bottom-right';
}

/** A convolution of single pixels: `[pixels, inputs]` times `[inputs, outputs]`. */
function multiplyPixels(
  backend: TfjsBackend,
  { x, kernel, bias }: WeightedInput & { readonly kernel: TensorInfo },
  activation: string,
): TensorInfo {
  const [batch = 1, height = 1, width = 1, inputs = 1] = x.shape;
  const outputs = kernel.shape[3] ?? 1;
  const a = backend.run('Reshape', { x }, { shape: [1, batch * height * width, inputs] });
  const b = backend.run('Reshape', { x: kernel }, { shape: [1, inputs, outputs] });
  try {
    const attributes = { transposeA: false, transposeB: false, activation };
    const product = backend.run('_FusedMatMul', { a, b, bias }, attributes);
    return replace(backend, product, () =>
      backend.run('Reshape', { x: product }, { shape: [batch, height, width, outputs] }),
    );
  } finally {
    for (const tensor of [a, b]) backend.release(tensor);
  }
}

function addTo(backend: TfjsBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  return backend.run('Add', { a, b }, {});
}

/** The next tensor in place of one that nobody else needs. */
function replace(backend: TfjsBackend, tensor: TensorInfo, next: () => TensorInfo): TensorInfo {
  try {
    return next();
  } finally {
    backend.release(tensor);
  }
}

function convolutionAttributes(x: TensorInfo, options: DepthwiseConv2dOptions): Record<string, unknown> {
  const { kernelSize, strides = 1, padding = 'same' } = options;
  const [, height = 0, width = 0] = x.shape;
  const rows = padAxis({ input: height, kernelSize, strides, padding });
  const columns = padAxis({ input: width, kernelSize, strides, padding });
  return {
    strides: [strides, strides],
    // 'same' is TensorFlow's own rule, for which backends have faster paths than for explicit numbers.
    pad:
      padding === 'same' || padding === 'valid'
        ? padding
        : [
            [0, 0],
            [rows.before, rows.after],
            [columns.before, columns.after],
            [0, 0],
          ],
    dataFormat: 'NHWC',
    dilations: [1, 1],
    dimRoundingMode: 'floor',
  };
}

/** The kernels multiply batches of matrices, so all get one more axis for the time being. */
function dense(backend: TfjsBackend, { x, kernel, bias }: WeightedInput): TensorInfo {
  const a = backend.run('Reshape', { x }, { shape: [1, ...x.shape] });
  const b = backend.run('Reshape', { x: kernel }, { shape: [1, ...(kernel?.shape ?? [])] });
  const product = backend.run('BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
  for (const tensor of [a, b]) backend.release(tensor);
  const flat = replace(backend, product, () =>
    backend.run('Reshape', { x: product }, { shape: product.shape.slice(1) }),
  );
  return bias ? replace(backend, flat, () => addTo(backend, flat, bias)) : flat;
}

function stackRows(backend: TfjsBackend, maps: readonly TensorInfo[], width: number): TensorInfo {
  const rows = maps.map((x) => {
    const [batch = 1] = x.shape;
    const count = x.shape.slice(1).reduce((product, side) => product * side, 1) / width;
    return backend.run('Reshape', { x }, { shape: [batch, count, width] });
  });
  const stacked = backend.run('Concat', rows, { axis: 1 });
  for (const tensor of rows) backend.release(tensor);
  return stacked;
}
