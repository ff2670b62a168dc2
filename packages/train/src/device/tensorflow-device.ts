// tfjs-node as a training device: TensorFlow's own operations through the binding of its C API.

import { padAxis } from '@ssdlite/layers';
import type { Convolution, DeviceTensor, Normalized, TrainingDevice } from './training-device.ts';

/** What tfjs-node's native addon offers, as far as it is used here. */
export interface TensorFlowBinding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  createTensor(shape: number[], dtype: number, data: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): { readonly id: number; readonly shape: number[] }[];
}

interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/**
 * TensorFlow's operations by name. tfjs-node registers only those for which TensorFlow.js has a kernel; the binding runs any,
 * so batch norm and ReLU6 have their native gradients.
 */
export class TensorFlowDevice implements TrainingDevice {
  readonly name = 'tensorflow';
  readonly #binding: TensorFlowBinding;
  readonly #float: OpAttribute;
  readonly #nothing: DeviceTensor;
  #count = 0;

  constructor(binding: TensorFlowBinding) {
    this.#binding = binding;
    this.#float = this.#type('T', binding.TF_FLOAT);
    // Stands for the moving averages, which training mode does not read.
    this.#nothing = { id: binding.createTensor([0], binding.TF_FLOAT, new Float32Array(0)), shape: [0] };
  }

  get tensorCount(): number {
    return this.#count;
  }

  upload(data: Float32Array, shape: readonly number[]): DeviceTensor {
    this.#count++;
    return { id: this.#binding.createTensor([...shape], this.#binding.TF_FLOAT, data), shape };
  }

  async read({ id }: DeviceTensor): Promise<Float32Array> {
    return this.#binding.tensorDataSync(id as number);
  }

  release({ id }: DeviceTensor): void {
    this.#binding.deleteTensor(id as number);
    this.#count--;
  }

  convolve(x: DeviceTensor, kernel: DeviceTensor, convolution: Convolution): DeviceTensor {
    const name = convolution.kind === 'conv2d' ? 'Conv2D' : 'DepthwiseConv2dNative';
    return this.#run(name, this.#convolution(x.shape, convolution), x, kernel);
  }

  convolveInputGradient(
    dy: DeviceTensor,
    kernel: DeviceTensor,
    convolution: Convolution & { readonly inputShape: readonly number[] },
  ): DeviceTensor {
    const { kind, inputShape } = convolution;
    const name = kind === 'conv2d' ? 'Conv2DBackpropInput' : 'DepthwiseConv2dNativeBackpropInput';
    const attributes = this.#convolution(inputShape, convolution);
    return this.#withIntegers(inputShape, (shape) => this.#run(name, attributes, shape, kernel, dy));
  }

  convolveKernelGradient(
    dy: DeviceTensor,
    x: DeviceTensor,
    convolution: Convolution & { readonly kernelShape: readonly number[] },
  ): DeviceTensor {
    const { kind, kernelShape } = convolution;
    const name = kind === 'conv2d' ? 'Conv2DBackpropFilter' : 'DepthwiseConv2dNativeBackpropFilter';
    const attributes = this.#convolution(x.shape, convolution);
    return this.#withIntegers(kernelShape, (shape) => this.#run(name, attributes, x, shape, dy));
  }

  addBias(x: DeviceTensor, bias: DeviceTensor): DeviceTensor {
    return this.#run('BiasAdd', [this.#float], x, bias);
  }

  addBiasGradient(dy: DeviceTensor): DeviceTensor {
    return this.#run('BiasAddGrad', [this.#float], dy);
  }

  batchNorm(
    x: DeviceTensor,
    { gamma, beta, epsilon }: { gamma: DeviceTensor; beta: DeviceTensor; epsilon: number },
  ): Normalized {
    const inputs = [x, gamma, beta, this.#nothing, this.#nothing];
    const outputs = this.#execute('FusedBatchNormV3', this.#normalization(epsilon), inputs, 6);
    const [y, mean, variance, ...saved] = outputs as [DeviceTensor, DeviceTensor, DeviceTensor];
    return { y, mean, variance, saved };
  }

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
    const attributes = this.#normalization(epsilon);
    const outputs = this.#execute('FusedBatchNormGradV3', attributes, [dy, x, gamma, ...saved], 5);
    const [dx, dgamma, dbeta, ...unused] = outputs as [DeviceTensor, DeviceTensor, DeviceTensor];
    for (const tensor of unused) this.release(tensor);
    return { dx, dgamma, dbeta };
  }

  relu6(x: DeviceTensor): DeviceTensor {
    return this.#run('Relu6', [this.#float], x);
  }

  relu6Gradient(dy: DeviceTensor, y: DeviceTensor): DeviceTensor {
    return this.#run('Relu6Grad', [this.#float], dy, y);
  }

  sigmoid(x: DeviceTensor): DeviceTensor {
    return this.#run('Sigmoid', [this.#float], x);
  }

  sigmoidGradient(dy: DeviceTensor, y: DeviceTensor): DeviceTensor {
    return this.#run('SigmoidGrad', [this.#float], y, dy);
  }

  softmax(x: DeviceTensor): DeviceTensor {
    return this.#run('Softmax', [this.#float], x);
  }

  /** y * (dy - sum(dy * y)) */
  softmaxGradient(dy: DeviceTensor, y: DeviceTensor): DeviceTensor {
    const product = this.#run('Mul', [this.#float], dy, y);
    const sum = this.#withIntegers([1], (axis) => this.#run('Sum', this.#reduction(true), product, axis));
    const centred = this.#run('Sub', [this.#float], dy, sum);
    const gradient = this.#run('Mul', [this.#float], centred, y);
    for (const tensor of [product, sum, centred]) this.release(tensor);
    return gradient;
  }

  add(a: DeviceTensor, b: DeviceTensor): DeviceTensor {
    return this.#run('AddV2', [this.#float], a, b);
  }

  globalAveragePool(x: DeviceTensor): DeviceTensor {
    return this.#withIntegers([1, 2], (axes) => this.#run('Mean', this.#reduction(false), x, axes));
  }

  globalAveragePoolGradient(dy: DeviceTensor, inputShape: readonly number[]): DeviceTensor {
    const [batch = 1, height = 1, width = 1, channels = 1] = inputShape;
    const share = this.upload(Float32Array.of(1 / (height * width)), []);
    const scaled = this.#run('Mul', [this.#float], dy, share);
    const pixels = this.reshape(scaled, [batch, 1, 1, channels]);
    const attributes = [this.#float, this.#type('Tmultiples', this.#binding.TF_INT32)];
    const gradient = this.#withIntegers([1, height, width, 1], (multiples) =>
      this.#run('Tile', attributes, pixels, multiples),
    );
    for (const tensor of [share, scaled, pixels]) this.release(tensor);
    return gradient;
  }

  matMul(
    a: DeviceTensor,
    b: DeviceTensor,
    { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
  ): DeviceTensor {
    const attributes = [
      this.#float,
      this.#attribute('transpose_a', 'TF_ATTR_BOOL', transposeA),
      this.#attribute('transpose_b', 'TF_ATTR_BOOL', transposeB),
    ];
    return this.#run('MatMul', attributes, a, b);
  }

  reshape(x: DeviceTensor, shape: readonly number[]): DeviceTensor {
    const attributes = [this.#float, this.#type('Tshape', this.#binding.TF_INT32)];
    return this.#withIntegers(shape, (sides) => this.#run('Reshape', attributes, x, sides));
  }

  sliceRows(x: DeviceTensor, from: number, count: number): DeviceTensor {
    const [batch = 1, , width = 1] = x.shape;
    const attributes = [this.#float, this.#type('Index', this.#binding.TF_INT32)];
    return this.#withIntegers([0, from, 0], (begin) =>
      this.#withIntegers([batch, count, width], (size) => this.#run('Slice', attributes, x, begin, size)),
    );
  }

  concatRows(parts: readonly DeviceTensor[]): DeviceTensor {
    const attributes = [
      this.#float,
      this.#type('Tidx', this.#binding.TF_INT32),
      this.#attribute('N', 'TF_ATTR_INT', parts.length),
    ];
    const axis = this.#integers([1], []);
    const joined = this.#run('ConcatV2', attributes, ...parts, axis);
    this.release(axis);
    return joined;
  }

  #convolution(
    [, height = 0, width = 0]: readonly number[],
    { kernelSize, strides, padding }: Convolution,
  ): OpAttribute[] {
    const native = padding === 'same' || padding === 'valid';
    const attributes = [
      this.#float,
      this.#attribute('strides', 'TF_ATTR_INT', [1, strides, strides, 1]),
      this.#attribute('padding', 'TF_ATTR_STRING', native ? padding.toUpperCase() : 'EXPLICIT'),
      this.#attribute('data_format', 'TF_ATTR_STRING', 'NHWC'),
    ];
    if (native) return attributes;
    const rows = padAxis({ input: height, kernelSize, strides, padding });
    const columns = padAxis({ input: width, kernelSize, strides, padding });
    const zeros = [0, 0, rows.before, rows.after, columns.before, columns.after, 0, 0];
    return [...attributes, this.#attribute('explicit_paddings', 'TF_ATTR_INT', zeros)];
  }

  #normalization(epsilon: number): OpAttribute[] {
    return [
      this.#float,
      this.#type('U', this.#binding.TF_FLOAT),
      this.#attribute('epsilon', 'TF_ATTR_FLOAT', epsilon),
      this.#attribute('data_format', 'TF_ATTR_STRING', 'NHWC'),
      this.#attribute('is_training', 'TF_ATTR_BOOL', true),
    ];
  }

  #reduction(keepDims: boolean): OpAttribute[] {
    return [
      this.#float,
      this.#type('Tidx', this.#binding.TF_INT32),
      this.#attribute('keep_dims', 'TF_ATTR_BOOL', keepDims),
    ];
  }

  #attribute(
    name: string,
    type: 'TF_ATTR_BOOL' | 'TF_ATTR_FLOAT' | 'TF_ATTR_INT' | 'TF_ATTR_STRING',
    value: unknown,
  ): OpAttribute {
    return { name, type: this.#binding[type], value };
  }

  #type(name: string, value: number): OpAttribute {
    return { name, type: this.#binding.TF_ATTR_TYPE, value };
  }

  #integers(values: readonly number[], shape: readonly number[] = [values.length]): DeviceTensor {
    this.#count++;
    const id = this.#binding.createTensor([...shape], this.#binding.TF_INT32, Int32Array.from(values));
    return { id, shape };
  }

  #withIntegers(values: readonly number[], use: (tensor: DeviceTensor) => DeviceTensor): DeviceTensor {
    const tensor = this.#integers(values);
    try {
      return use(tensor);
    } finally {
      this.release(tensor);
    }
  }

  #run(name: string, attributes: readonly OpAttribute[], ...inputs: readonly DeviceTensor[]): DeviceTensor {
    const [output] = this.#execute(name, attributes, inputs, 1);
    return output as DeviceTensor;
  }

  #execute(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly DeviceTensor[],
    outputs: number,
  ): DeviceTensor[] {
    const ids = inputs.map(({ id }) => id as number);
    const made = this.#binding.executeOp(name, attributes, ids, outputs);
    this.#count += outputs;
    return made;
  }
}
