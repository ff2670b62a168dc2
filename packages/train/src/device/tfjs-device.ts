// Any other backend of TensorFlow.js (WebGL, WebGPU, the plain cpu) as a training device.

import { padAxis } from '@ssdlite/layers';
import type { TfjsBackend } from '@ssdlite/layers/tfjs';
import type { Convolution, DeviceTensor, Normalized, TrainingDevice } from './training-device.ts';

type Kernels = Parameters<TfjsBackend['release']>[0];

/** TensorFlow.js' kernels; what they lack (batch norm in training mode, gradients of activations) is made of several. */
export class TfjsDevice implements TrainingDevice {
  readonly name: string;
  readonly #backend: TfjsBackend;
  #count = 0;

  constructor(backend: TfjsBackend) {
    this.name = backend.name;
    this.#backend = backend;
  }

  get tensorCount(): number {
    return this.#count;
  }

  upload(data: Float32Array, shape: readonly number[]): DeviceTensor {
    return this.#made(this.#backend.upload(data, shape));
  }

  read(tensor: DeviceTensor): Promise<Float32Array> {
    return this.#backend.read(toInfo(tensor));
  }

  release(tensor: DeviceTensor): void {
    this.#backend.release(toInfo(tensor));
    this.#count--;
  }

  convolve(x: DeviceTensor, filter: DeviceTensor, convolution: Convolution): DeviceTensor {
    const kernel = convolution.kind === 'conv2d' ? 'Conv2D' : 'DepthwiseConv2dNative';
    return this.#run(kernel, { x, filter }, geometry(x.shape, convolution));
  }

  convolveInputGradient(
    dy: DeviceTensor,
    filter: DeviceTensor,
    convolution: Convolution & { readonly inputShape: readonly number[] },
  ): DeviceTensor {
    const { kind, inputShape } = convolution;
    if (isPointwise(convolution)) {
      return this.#asMatrices([dy, filter], inputShape, ([a, b]) => this.matMul(a, b, { transposeB: true }));
    }
    const kernel = kind === 'conv2d' ? 'Conv2DBackpropInput' : 'DepthwiseConv2dNativeBackpropInput';
    return this.#run(kernel, { dy, filter }, { ...geometry(inputShape, convolution), inputShape });
  }

  convolveKernelGradient(
    dy: DeviceTensor,
    x: DeviceTensor,
    convolution: Convolution & { readonly kernelShape: readonly number[] },
  ): DeviceTensor {
    const { kind, kernelShape: filterShape } = convolution;
    if (isPointwise(convolution)) {
      return this.#asMatrices([x, dy], filterShape, ([a, b]) => this.matMul(a, b, { transposeA: true }));
    }
    const kernel = kind === 'conv2d' ? 'Conv2DBackpropFilter' : 'DepthwiseConv2dNativeBackpropFilter';
    return this.#run(kernel, { x, dy }, { ...geometry(x.shape, convolution), filterShape });
  }

  addBias(x: DeviceTensor, bias: DeviceTensor): DeviceTensor {
    return this.#run('Add', { a: x, b: bias });
  }

  addBiasGradient(dy: DeviceTensor): DeviceTensor {
    return this.#overPositions('Sum', dy);
  }

  batchNorm(
    x: DeviceTensor,
    { gamma, beta, epsilon }: { gamma: DeviceTensor; beta: DeviceTensor; epsilon: number },
  ): Normalized {
    const count = positions(x);
    const mean = this.#overPositions('Mean', x);
    const biased = this.#consume([this.#run('SquaredDifference', { a: x, b: mean })], ([squares]) =>
      this.#overPositions('Mean', squares),
    );
    const y = this.#run(
      'FusedBatchNorm',
      { x, mean, variance: biased, offset: beta, scale: gamma },
      { varianceEpsilon: epsilon },
    );
    const variance = this.#scale(biased, count > 1 ? count / (count - 1) : 1);
    return { y, mean: this.#scale(mean, 1), variance, saved: [mean, biased] };
  }

  /** dx = gamma / deviation * (dy - mean(dy) - xhat * mean(dy * xhat)) */
  batchNormGradient(
    dy: DeviceTensor,
    options: {
      readonly x: DeviceTensor;
      readonly gamma: DeviceTensor;
      readonly epsilon: number;
      readonly saved: readonly DeviceTensor[];
    },
  ): { dx: DeviceTensor; dgamma: DeviceTensor; dbeta: DeviceTensor } {
    const { x, gamma, epsilon, saved } = options;
    const [mean, variance] = saved as [DeviceTensor, DeviceTensor];
    const channels = gamma.shape;
    const share = 1 / positions(x);
    const one = this.upload(new Float32Array(channels[0] ?? 1).fill(1), channels);
    const zero = this.upload(new Float32Array(channels[0] ?? 1), channels);
    const normalized = this.#run(
      'FusedBatchNorm',
      { x, mean, variance, offset: zero, scale: one },
      { varianceEpsilon: epsilon },
    );
    const dbeta = this.addBiasGradient(dy);
    const dgamma = this.#consume([this.#run('Multiply', { a: dy, b: normalized })], ([product]) =>
      this.addBiasGradient(product),
    );
    const meanOfDy = this.#scale(dbeta, share);
    const slope = this.#scale(dgamma, share);
    const along = this.#run('Multiply', { a: normalized, b: slope });
    const centred = this.#run('Sub', { a: dy, b: meanOfDy });
    const residual = this.#run('Sub', { a: centred, b: along });
    // gamma / deviation times the residual: the same kernel, with mean 0.
    const dx = this.#run(
      'FusedBatchNorm',
      { x: residual, mean: zero, variance, offset: zero, scale: gamma },
      { varianceEpsilon: epsilon },
    );
    for (const tensor of [one, zero, normalized, meanOfDy, slope, along, centred, residual]) {
      this.release(tensor);
    }
    return { dx, dgamma, dbeta };
  }

  relu6(x: DeviceTensor): DeviceTensor {
    return this.#run('Relu6', { x });
  }

  relu6Gradient(dy: DeviceTensor, y: DeviceTensor): DeviceTensor {
    const six = this.upload(Float32Array.of(6), []);
    const room = this.#consume([six], () => this.#run('Sub', { a: six, b: y }));
    const above = this.#run('Step', { x: y }, { alpha: 0 });
    const below = this.#consume([room], () => this.#run('Step', { x: room }, { alpha: 0 }));
    const inside = this.#consume([above, below], () => this.#run('Multiply', { a: above, b: below }));
    return this.#consume([inside], () => this.#run('Multiply', { a: dy, b: inside }));
  }

  sigmoid(x: DeviceTensor): DeviceTensor {
    return this.#run('Sigmoid', { x });
  }

  /** dy * (y - y * y) */
  sigmoidGradient(dy: DeviceTensor, y: DeviceTensor): DeviceTensor {
    const square = this.#run('Multiply', { a: y, b: y });
    const slope = this.#consume([square], () => this.#run('Sub', { a: y, b: square }));
    return this.#consume([slope], () => this.#run('Multiply', { a: dy, b: slope }));
  }

  softmax(x: DeviceTensor): DeviceTensor {
    return this.#run('Softmax', { logits: x }, { dim: 1 });
  }

  /** y * (dy - sum(dy * y)) */
  softmaxGradient(dy: DeviceTensor, y: DeviceTensor): DeviceTensor {
    const product = this.#run('Multiply', { a: dy, b: y });
    const sum = this.#consume([product], () =>
      this.#run('Sum', { x: product }, { axis: [1], keepDims: true }),
    );
    const centred = this.#consume([sum], () => this.#run('Sub', { a: dy, b: sum }));
    return this.#consume([centred], () => this.#run('Multiply', { a: centred, b: y }));
  }

  add(a: DeviceTensor, b: DeviceTensor): DeviceTensor {
    return this.#run('Add', { a, b });
  }

  globalAveragePool(x: DeviceTensor): DeviceTensor {
    return this.#run('Mean', { x }, { axis: [1, 2], keepDims: false });
  }

  globalAveragePoolGradient(dy: DeviceTensor, inputShape: readonly number[]): DeviceTensor {
    const [batch = 1, height = 1, width = 1, channels = 1] = inputShape;
    const scaled = this.#scale(dy, 1 / (height * width));
    const pixels = this.#consume([scaled], () => this.reshape(scaled, [batch, 1, 1, channels]));
    return this.#consume([pixels], () => this.#run('Tile', { x: pixels }, { reps: [1, height, width, 1] }));
  }

  matMul(
    a: DeviceTensor,
    b: DeviceTensor,
    { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
  ): DeviceTensor {
    // The kernel multiplies batches of matrices.
    const [one, other] = [this.reshape(a, [1, ...a.shape]), this.reshape(b, [1, ...b.shape])];
    const product = this.#consume([one, other], () =>
      this.#run('BatchMatMul', { a: one, b: other }, { transposeA, transposeB }),
    );
    return this.#consume([product], () => this.reshape(product, product.shape.slice(1)));
  }

  reshape(x: DeviceTensor, shape: readonly number[]): DeviceTensor {
    return this.#run('Reshape', { x }, { shape: [...shape] });
  }

  sliceRows(x: DeviceTensor, from: number, count: number): DeviceTensor {
    const [batch = 1, , width = 1] = x.shape;
    return this.#run('Slice', { x }, { begin: [0, from, 0], size: [batch, count, width] });
  }

  concatRows(parts: readonly DeviceTensor[]): DeviceTensor {
    return this.#made(this.#backend.run('Concat', parts.map(toInfo), { axis: 1 }));
  }

  /** `Sum` or `Mean` over all axes but the last: `[..., c]` to `[c]`. */
  #overPositions(kernel: 'Sum' | 'Mean', x: DeviceTensor): DeviceTensor {
    return this.#run(kernel, { x }, { axis: x.shape.slice(1).map((_, axis) => axis), keepDims: false });
  }

  #scale(x: DeviceTensor, factor: number): DeviceTensor {
    const scalar = this.upload(Float32Array.of(factor), []);
    return this.#consume([scalar], () => this.#run('Multiply', { a: x, b: scalar }));
  }

  /** Two maps or 1 x 1 kernels as matrices with their last axis as columns; the product takes the shape that is asked for. */
  #asMatrices(
    tensors: readonly [DeviceTensor, DeviceTensor],
    shape: readonly number[],
    multiply: (matrices: readonly [DeviceTensor, DeviceTensor]) => DeviceTensor,
  ): DeviceTensor {
    const [a, b] = tensors.map((tensor) => {
      const columns = tensor.shape.at(-1) ?? 1;
      return this.reshape(tensor, [sizeOfShape(tensor.shape) / columns, columns]);
    }) as [DeviceTensor, DeviceTensor];
    const product = this.#consume([a, b], () => multiply([a, b]));
    return this.#consume([product], () => this.reshape(product, shape));
  }

  /** Releases tensors once something was made of them. */
  #consume<Tensors extends readonly DeviceTensor[]>(
    tensors: readonly [...Tensors],
    use: (tensors: readonly [...Tensors]) => DeviceTensor,
  ): DeviceTensor {
    try {
      return use(tensors);
    } finally {
      for (const tensor of tensors) this.release(tensor);
    }
  }

  #run(
    kernel: string,
    inputs: Readonly<Record<string, DeviceTensor>>,
    attributes: Readonly<Record<string, unknown>> = {},
  ): DeviceTensor {
    const infos = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toInfo(tensor)]));
    return this.#made(this.#backend.run(kernel, infos, attributes));
  }

  #made({ dataId, shape }: Kernels): DeviceTensor {
    this.#count++;
    return { id: dataId, shape };
  }
}

function toInfo({ id, shape }: DeviceTensor): Kernels {
  return { dataId: id as object, shape: [...shape], dtype: 'float32' };
}

function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Positions of a map over which a channel's statistics run. */
function positions({ shape }: DeviceTensor): number {
  return sizeOfShape(shape.slice(0, -1));
}

/** WebGL's gradient kernels of convolutions loop over all pixels for each weight; for 1 x 1 kernels matrices do the same, faster. */
function isPointwise({ kind, kernelSize, strides }: Convolution): boolean {
  return kind === 'conv2d' && kernelSize === 1 && strides === 1;
}

function geometry(
  [, height = 0, width = 0]: readonly number[],
  { kernelSize, strides, padding }: Convolution,
): Record<string, unknown> {
  const rows = padAxis({ input: height, kernelSize, strides, padding });
  const columns = padAxis({ input: width, kernelSize, strides, padding });
  const native = padding === 'same' || padding === 'valid';
  const explicit = [
    [0, 0],
    [rows.before, rows.after],
    [columns.before, columns.after],
    [0, 0],
  ];
  return {
    strides: [strides, strides],
    pad: native ? padding : explicit,
    dataFormat: 'NHWC',
    dilations: [1, 1],
    dimRoundingMode: 'floor',
  };
}
