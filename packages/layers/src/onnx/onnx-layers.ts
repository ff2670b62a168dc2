// The interpreter that writes an ONNX graph. Maps are channels-first inside, as ONNX's convolutions want them.

import { describe } from '../describe.ts';
import type {
  BatchSize,
  Conv2dOptions,
  DepthwiseConv2dOptions,
  Layers,
  Network,
  Padding,
} from '../layers.ts';
import { overflowsFloat16, toFloat16 } from '../weights/float16.ts';
import { depthwiseToOihw, hwioToOihw, weightOf } from '../weights/kernel-layout.ts';
import type { Weights, WeightTensor } from '../weights/weights.ts';
import {
  encodeOnnxModel,
  type OnnxAttribute,
  type OnnxInitializer,
  type OnnxNode,
  type OnnxValue,
} from './onnx-model.ts';

export interface OnnxOptions {
  readonly network: Network;
  /** With batch norm folded. */
  readonly weights: Weights;
  /**
   * Layout of the input named `image`: `nchw` (`[batch, channels, height, width]`, default) saves a transposition, `nhwc` is how
   * pictures lie in memory. Outputs have the names and shapes that the network gives them, maps `[batch, height, width, channels]`.
   */
  readonly inputLayout?: 'nchw' | 'nhwc';
  /** Shapes to write into the file, for runtimes that want them fixed. Default: none, the graph takes batches and pictures of any size. */
  readonly size?: BatchSize;
  /** How kernels and biases are stored; they are computed with as float32. `float16` halves the file. Default `float32`. */
  readonly precision?: 'float32' | 'float16';
}

/**
 * A network and its weights as the bytes of an `.onnx` file (opset 17), for batches and pictures of any size: nothing in the graph depends
 * on the network's own input size.
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` if a tensor is missing
 * @example
 * const session = await InferenceSession.create(toOnnx({ network, weights }));
 */
export function toOnnx(options: OnnxOptions): Uint8Array {
  const { network, weights, inputLayout = 'nchw', size, precision = 'float32' } = options;
  const { channels } = network.input;
  const layers = new OnnxLayers(weights, precision);
  const input: OnnxMap = { name: 'image', shape: 'map' };
  const isNchw = inputLayout === 'nchw';
  const image = isNchw
    ? input
    : layers.node('Transpose', 'image_nchw', [input], { shape: 'map', attributes: { perm: [0, 3, 1, 2] } });
  const sized = size && describe({ ...network, input: { ...size, channels } }).outputs;
  const outputs = Object.entries(network.build<OnnxMap>(layers, image)).map(([name, map]) => {
    const output = layers.output(name, map);
    return size ? { ...output, shape: [size.batch, ...(sized?.[name] ?? [])] } : output;
  });
  const { batch, height, width } = size ?? { batch: 'batch', height: 'height', width: 'width' };
  const shape = isNchw ? [channels, height, width] : [height, width, channels];
  return encodeOnnxModel({
    name: 'network',
    nodes: layers.nodes,
    initializers: layers.initializers,
    inputs: [{ name: input.name, shape: [batch, ...shape] }],
    outputs,
  });
}

/** What flows between nodes: a name, and whether it is a map (batch, channels, height, width), rows (batch, rows, numbers) or a vector. */
interface OnnxMap {
  readonly name: string;
  readonly shape: 'map' | 'rows' | 'vector';
}

class OnnxLayers implements Layers<OnnxMap> {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly #weights: Weights;
  readonly #precision: 'float32' | 'float16';

  constructor(weights: Weights, precision: 'float32' | 'float16') {
    this.#weights = weights;
    this.#precision = precision;
  }

  conv2d(name: string, x: OnnxMap, options: Conv2dOptions): OnnxMap {
    const kernel = hwioToOihw(weightOf(this.#weights, `${name}/kernel`));
    return this.#convolution(name, x, { ...options, kernel, group: 1 });
  }

  depthwiseConv2d(name: string, x: OnnxMap, options: DepthwiseConv2dOptions): OnnxMap {
    const kernel = depthwiseToOihw(weightOf(this.#weights, `${name}/kernel`));
    return this.#convolution(name, x, { ...options, kernel, group: kernel.shape[0] ?? 1 });
  }

  #convolution(
    name: string,
    x: OnnxMap,
    options: DepthwiseConv2dOptions & { readonly kernel: WeightTensor; readonly group: number },
  ): OnnxMap {
    const { kernel, group, kernelSize, strides = 1, padding = 'same', bias, batchNorm, activation } = options;
    const inputs = [x, this.#constant(`${name}/kernel`, kernel)];
    if (bias || batchNorm) {
      inputs.push(this.#constant(`${name}/bias`, weightOf(this.#weights, `${name}/bias`)));
    }
    const output = this.node('Conv', name, inputs, {
      shape: 'map',
      attributes: {
        kernel_shape: [kernelSize, kernelSize],
        strides: [strides, strides],
        group,
        ...padAttributes(padding, kernelSize),
      },
    });
    if (activation !== 'relu6') return output;
    const bounds = [this.#scalar('zero', 0), this.#scalar('six', 6)];
    return this.node('Clip', `${name}_relu`, [output, ...bounds], { shape: 'map' });
  }

  takeChannels(name: string, x: OnnxMap, { channels }: { readonly channels: readonly number[] }): OnnxMap {
    const indices = this.#initializer({
      name: `${name}_indices`,
      shape: [channels.length],
      data: BigInt64Array.from(channels, BigInt),
    });
    return this.node('Gather', name, [x, indices], { shape: 'map', attributes: { axis: 1 } });
  }

  add(name: string, a: OnnxMap, b: OnnxMap): OnnxMap {
    return this.node('Add', name, [a, b], { shape: a.shape });
  }

  globalAveragePool(name: string, x: OnnxMap): OnnxMap {
    const pooled = this.node('GlobalAveragePool', `${name}_map`, [x], { shape: 'map' });
    return this.node('Flatten', name, [pooled], { shape: 'vector' });
  }

  dense(name: string, x: OnnxMap): OnnxMap {
    const kernel = this.#constant(`${name}/kernel`, weightOf(this.#weights, `${name}/kernel`));
    const bias = this.#constant(`${name}/bias`, weightOf(this.#weights, `${name}/bias`));
    return this.node('Gemm', name, [x, kernel, bias], { shape: 'vector' });
  }

  softmax(name: string, x: OnnxMap): OnnxMap {
    return this.node('Softmax', name, [x], { shape: x.shape, attributes: { axis: -1 } });
  }

  sigmoid(name: string, x: OnnxMap): OnnxMap {
    return this.node('Sigmoid', name, [x], { shape: x.shape });
  }

  stackRows(name: string, maps: readonly OnnxMap[], { width }: { readonly width: number }): OnnxMap {
    // 0 copies the batch axis, -1 takes what is left: rows of all cells.
    const target = this.#initializer({
      name: `${name}_shape`,
      shape: [3],
      data: BigInt64Array.from([0n, -1n, BigInt(width)]),
    });
    const rows = maps.map((map, index) => {
      const attributes = { perm: [0, 2, 3, 1] };
      const last = this.node('Transpose', `${name}_${index}_nhwc`, [map], { shape: 'map', attributes });
      return this.node('Reshape', `${name}_${index}`, [last, target], { shape: 'rows' });
    });
    return this.node('Concat', name, rows, { shape: 'rows', attributes: { axis: 1 } });
  }

  /** Gives a value the network's name for it. */
  output(name: string, map: OnnxMap): OnnxValue {
    const node: OnnxNode =
      map.shape === 'map'
        ? { opType: 'Transpose', inputs: [map.name], outputs: [name], attributes: { perm: [0, 2, 3, 1] } }
        : { opType: 'Identity', inputs: [map.name], outputs: [name] };
    this.nodes.push(node);
    const axes = { map: ['height', 'width', 'channels'], rows: ['rows', 'columns'], vector: ['columns'] };
    return { name, shape: ['batch', ...axes[map.shape].map((axis) => `${name}_${axis}`)] };
  }

  node(
    opType: string,
    name: string,
    inputs: readonly Pick<OnnxMap, 'name'>[],
    options: { shape: OnnxMap['shape']; attributes?: Readonly<Record<string, OnnxAttribute>> },
  ): OnnxMap {
    const { shape, attributes } = options;
    // The suffix keeps layers apart from the graph's outputs, which may have the same names.
    const output = `${name}:0`;
    const names = inputs.map((input) => input.name);
    this.nodes.push({ opType, inputs: names, outputs: [output], ...(attributes && { attributes }) });
    return { name: output, shape };
  }

  #constant(name: string, { shape, data }: WeightTensor): Pick<OnnxMap, 'name'> {
    const halves = this.#precision === 'float16' ? toFloat16(data) : undefined;
    if (!halves || overflowsFloat16(halves)) return this.#initializer({ name, shape, data });
    const stored = this.#initializer({ name: `${name}_float16`, shape, data: halves });
    // ONNX's number for float32. Runtimes do this once, when they load the graph.
    return this.node('Cast', name, [stored], { shape: 'map', attributes: { to: 1 } });
  }

  #scalar(name: string, value: number): Pick<OnnxMap, 'name'> {
    if (this.initializers.some((initializer) => initializer.name === name)) return { name };
    return this.#initializer({ name, shape: [], data: Float32Array.of(value) });
  }

  #initializer(initializer: OnnxInitializer): Pick<OnnxMap, 'name'> {
    this.initializers.push(initializer);
    return { name: initializer.name };
  }
}

/** `same` depends on the size of the map, so ONNX Runtime works it out by the same rule; see `padAxis`. */
function padAttributes(padding: Padding, kernelSize: number): Record<string, OnnxAttribute> {
  switch (padding) {
    case 'same':
      return { auto_pad: 'SAME_UPPER' };
    case 'valid':
      return { pads: [0, 0, 0, 0] };
    case 'symmetric': {
      const side = Math.floor(kernelSize / 2);
      return { pads: [side, side, side, side] };
    }
    case 'bottom-right':
      return { pads: [0, 0, 1, 1] };
  }
}
