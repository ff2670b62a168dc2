// The interpreter that writes an ONNX graph. Maps are channels-first inside, as ONNX's convolutions want them.

import type { Conv2dOptions, DepthwiseConv2dOptions, InputShape, Layers, Network } from '../layers.ts';
import { padAxis } from '../padding.ts';
import { depthwiseToOihw, hwioToOihw, weightOf } from '../weights/kernel-layout.ts';
import type { Weights, WeightTensor } from '../weights/weights.ts';
import { encodeOnnxModel, type OnnxAttribute, type OnnxInitializer, type OnnxNode } from './onnx-model.ts';

export interface OnnxOptions {
  readonly network: Network;
  /** With batch norm folded. */
  readonly weights: Weights;
  /**
   * Layout of the input named `image`: `nchw` (`[batch, channels, height, width]`, default) saves a transposition, `nhwc` is how
   * pictures lie in memory. Outputs have the names and shapes that the network gives them, maps `[batch, height, width, channels]`.
   */
  readonly inputLayout?: 'nchw' | 'nhwc';
}

/**
 * A network and its weights as the bytes of an `.onnx` file (opset 17), for a batch of any size.
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` if a tensor is missing
 * @example
 * const session = await InferenceSession.create(toOnnx({ network, weights }));
 */
export function toOnnx({ network, weights, inputLayout = 'nchw' }: OnnxOptions): Uint8Array {
  const { height, width, channels } = network.input;
  const layers = new OnnxLayers(weights);
  const { image, shape } = inputMap(layers, { height, width, channels, inputLayout });
  const outputs = Object.entries(network.build<OnnxMap>(layers, image)).map(([name, map]) =>
    layers.output(name, map),
  );
  return encodeOnnxModel({
    name: 'network',
    nodes: layers.nodes,
    initializers: layers.initializers,
    inputs: [{ name: 'image', shape: ['batch', ...shape] }],
    outputs: outputs.map(({ name, shape }) => ({ name, shape: ['batch', ...shape] })),
  });
}

function inputMap(
  layers: OnnxLayers,
  options: InputShape & { readonly inputLayout: 'nchw' | 'nhwc' },
): { image: OnnxMap; shape: readonly number[] } {
  const { height, width, channels, inputLayout } = options;
  const firstChannels = { name: 'image', shape: [channels, height, width] };
  if (inputLayout === 'nchw') return { image: firstChannels, shape: firstChannels.shape };
  const perm = [0, 3, 1, 2];
  const image = layers.node('Transpose', 'image_nchw', [firstChannels], {
    shape: firstChannels.shape,
    attributes: { perm },
  });
  return { image, shape: [height, width, channels] };
}

/** What flows between nodes: a name, and the shape without the batch axis (maps: channels, height, width). */
interface OnnxMap {
  readonly name: string;
  readonly shape: readonly number[];
}

class OnnxLayers implements Layers<OnnxMap> {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly #weights: Weights;

  constructor(weights: Weights) {
    this.#weights = weights;
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
    const [, height = 0, width = 0] = x.shape;
    const y = padAxis({ input: height, kernelSize, strides, padding });
    const xAxis = padAxis({ input: width, kernelSize, strides, padding });
    const shape = [kernel.shape[0] ?? 0, y.output, xAxis.output];
    const inputs = [x, this.#constant(`${name}/kernel`, kernel)];
    if (bias || batchNorm) {
      inputs.push(this.#constant(`${name}/bias`, weightOf(this.#weights, `${name}/bias`)));
    }
    const output = this.node('Conv', name, inputs, {
      shape,
      attributes: {
        kernel_shape: [kernelSize, kernelSize],
        strides: [strides, strides],
        pads: [y.before, xAxis.before, y.after, xAxis.after],
        group,
      },
    });
    if (activation !== 'relu6') return output;
    const bounds = [this.#scalar('zero', 0), this.#scalar('six', 6)];
    return this.node('Clip', `${name}_relu`, [output, ...bounds], { shape });
  }

  add(name: string, a: OnnxMap, b: OnnxMap): OnnxMap {
    return this.node('Add', name, [a, b], { shape: a.shape });
  }

  globalAveragePool(name: string, x: OnnxMap): OnnxMap {
    const [channels = 0] = x.shape;
    const pooled = this.node('GlobalAveragePool', `${name}_map`, [x], { shape: [channels, 1, 1] });
    return this.node('Flatten', name, [pooled], { shape: [channels] });
  }

  dense(name: string, x: OnnxMap, { units }: { readonly units: number }): OnnxMap {
    const kernel = this.#constant(`${name}/kernel`, weightOf(this.#weights, `${name}/kernel`));
    const bias = this.#constant(`${name}/bias`, weightOf(this.#weights, `${name}/bias`));
    return this.node('Gemm', name, [x, kernel, bias], { shape: [units] });
  }

  softmax(name: string, x: OnnxMap): OnnxMap {
    return this.node('Softmax', name, [x], { shape: x.shape, attributes: { axis: -1 } });
  }

  sigmoid(name: string, x: OnnxMap): OnnxMap {
    return this.node('Sigmoid', name, [x], { shape: x.shape });
  }

  stackRows(name: string, maps: readonly OnnxMap[], { width }: { readonly width: number }): OnnxMap {
    const rows = maps.map((map, index) => {
      const [channels = 0, height = 0, columns = 0] = map.shape;
      const shape = [(channels * height * columns) / width, width];
      const last = this.node('Transpose', `${name}_${index}_nhwc`, [map], {
        shape: [height, columns, channels],
        attributes: { perm: [0, 2, 3, 1] },
      });
      // 0 copies the batch axis.
      const rowShape = BigInt64Array.from([0n, BigInt(shape[0] ?? 0), BigInt(width)]);
      const target = this.#initializer({ name: `${name}_${index}_shape`, shape: [3], data: rowShape });
      return this.node('Reshape', `${name}_${index}`, [last, target], { shape });
    });
    const count = rows.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
    return this.node('Concat', name, rows, { shape: [count, width], attributes: { axis: 1 } });
  }

  /** Gives a value the network's name for it. */
  output(name: string, map: OnnxMap): OnnxMap {
    const [channels, height, width] = map.shape;
    const isMap = channels !== undefined && height !== undefined && width !== undefined;
    const node: OnnxNode = isMap
      ? { opType: 'Transpose', inputs: [map.name], outputs: [name], attributes: { perm: [0, 2, 3, 1] } }
      : { opType: 'Identity', inputs: [map.name], outputs: [name] };
    this.nodes.push(node);
    return { name, shape: isMap ? [height, width, channels] : map.shape };
  }

  node(
    opType: string,
    name: string,
    inputs: readonly OnnxMap[],
    { shape, attributes }: { shape: readonly number[]; attributes?: Readonly<Record<string, OnnxAttribute>> },
  ): OnnxMap {
    // The suffix keeps layers apart from the graph's outputs, which may have the same names.
    const output = `${name}:0`;
    const names = inputs.map((input) => input.name);
    this.nodes.push({ opType, inputs: names, outputs: [output], ...(attributes && { attributes }) });
    return { name: output, shape };
  }

  #constant(name: string, { shape, data }: WeightTensor): OnnxMap {
    return this.#initializer({ name, shape, data });
  }

  #scalar(name: string, value: number): OnnxMap {
    if (this.initializers.some((initializer) => initializer.name === name)) return { name, shape: [] };
    return this.#initializer({ name, shape: [], data: Float32Array.of(value) });
  }

  #initializer(initializer: OnnxInitializer): OnnxMap {
    this.initializers.push(initializer);
    return { name: initializer.name, shape: initializer.shape };
  }
}
