// The interpreter that writes a TensorFlow Lite graph. Maps are channels-last, as in TensorFlow.

import type { BatchSize, Conv2dOptions, DepthwiseConv2dOptions, Layers, Network } from '../layers.ts';
import { padAxis } from '../padding.ts';
import { overflowsFloat16, toFloat16 } from '../weights/float16.ts';
import { hwioToOhwi, weightOf } from '../weights/kernel-layout.ts';
import { sizeOf, type Weights, type WeightTensor } from '../weights/weights.ts';
import { encodeTfliteModel, type TfliteOperator, type TfliteTensor, tfliteEnum } from './tflite-model.ts';

export interface TfliteOptions {
  readonly network: Network;
  /** With batch norm folded. */
  readonly weights: Weights;
  /** Shapes are fixed in this format. Default: one picture of the network's own size. */
  readonly size?: BatchSize;
  /** How kernels and biases are stored; they are computed with as float32. `float16` halves the file. Default `float32`. */
  readonly precision?: 'float32' | 'float16';
}

/**
 * A network and its weights as the bytes of a `.tflite` file (schema 3, builtin operators only). Its input is named `image`,
 * `[batch, height, width, channels]`; outputs have the names and shapes that the network gives them. Both are in the signature
 * `serving_default`. The batch alone can be resized when it is run.
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` if a tensor is missing
 * @example
 * const model = await loadAndCompile(toTflite({ network, weights }), { accelerator: 'wasm' });
 */
export function toTflite({
  network,
  weights,
  size,
  precision = 'float32',
}: TfliteOptions): Uint8Array<ArrayBuffer> {
  const { batch, height, width } = size ?? { batch: 1, ...network.input };
  const layers = new TfliteLayers(weights, precision);
  const image = layers.value('image', [batch, height, width, network.input.channels]);
  const outputs = Object.entries(network.build<TfliteValue>(layers, image)).map(
    ([name, value]): [string, number] => [name, layers.output(name, value)],
  );
  return encodeTfliteModel({
    description: 'ssdlite',
    tensors: layers.tensors,
    operators: layers.operators,
    inputs: { image: image.tensor },
    outputs: Object.fromEntries(outputs),
  });
}

/** What flows between operators: the number of a tensor, and its shape with the batch axis. */
interface TfliteValue {
  readonly tensor: number;
  readonly shape: readonly number[];
}

class TfliteLayers implements Layers<TfliteValue> {
  readonly tensors: TfliteTensor[] = [];
  readonly operators: TfliteOperator[] = [];
  readonly #weights: Weights;
  readonly #precision: 'float32' | 'float16';
  readonly #outputs = new Set<number>();

  constructor(weights: Weights, precision: 'float32' | 'float16') {
    this.#weights = weights;
    this.#precision = precision;
  }

  conv2d(name: string, x: TfliteValue, options: Conv2dOptions): TfliteValue {
    const kernel = hwioToOhwi(weightOf(this.#weights, `${name}/kernel`));
    return this.#convolution(name, x, { ...options, kernel, operator: 'conv2d' });
  }

  depthwiseConv2d(name: string, x: TfliteValue, options: DepthwiseConv2dOptions): TfliteValue {
    const { shape, data } = weightOf(this.#weights, `${name}/kernel`);
    const kernel = { shape: [1, ...shape.slice(0, 3)], data };
    const [, , , filters = 1] = kernel.shape;
    return this.#convolution(name, x, { ...options, kernel, filters, operator: 'depthwiseConv2d' });
  }

  #convolution(
    name: string,
    x: TfliteValue,
    options: Conv2dOptions & {
      readonly kernel: WeightTensor;
      readonly operator: 'conv2d' | 'depthwiseConv2d';
    },
  ): TfliteValue {
    const { operator, kernel, filters, strides = 1, bias, batchNorm, activation } = options;
    const [batch = 1, height = 0, width = 0] = x.shape;
    const { input, padding, output } = this.#pad(name, x, options);
    // Not all runtimes take a convolution without bias.
    const biases =
      bias || batchNorm
        ? weightOf(this.#weights, `${name}/bias`)
        : { shape: [filters], data: new Float32Array(filters) };
    const inputs = [input, this.#weight(`${name}/kernel`, kernel), this.#weight(`${name}/bias`, biases)];
    const depthMultiplier = operator === 'depthwiseConv2d' ? [1] : [];
    return this.#operate(name, operator, {
      inputs,
      shape: [batch, output(height), output(width), filters],
      options: [padding, strides, strides, ...depthMultiplier, tfliteEnum.activation[activation ?? 'linear']],
    });
  }

  /** `same` and `valid` are the format's own; where another padding is neither, zeros are put around the map first. */
  #pad(name: string, x: TfliteValue, { kernelSize, strides = 1, padding = 'same' }: DepthwiseConv2dOptions) {
    const along = (input: number, rule = padding) => padAxis({ input, kernelSize, strides, padding: rule });
    const output = (input: number): number => along(input).output;
    const [, height = 0, width = 0] = x.shape;
    const native = (['same', 'valid'] as const).find((rule) =>
      [height, width].every((side) => JSON.stringify(along(side)) === JSON.stringify(along(side, rule))),
    );
    if (native) return { input: x.tensor, padding: tfliteEnum.padding[native], output };
    const zeros = [along(height), along(width)].flatMap(({ before, after }) => [before, after]);
    const [top = 0, bottom = 0, left = 0, right = 0] = zeros;
    const [batch = 1, , , channels = 1] = x.shape;
    const padded = this.#operate(`${name}_pad`, 'pad', {
      inputs: [x.tensor, this.#integers(`${name}_paddings`, [4, 2], [0, 0, ...zeros, 0, 0])],
      shape: [batch, height + top + bottom, width + left + right, channels],
    });
    return { input: padded.tensor, padding: tfliteEnum.padding.valid, output };
  }

  takeChannels(
    name: string,
    x: TfliteValue,
    { channels }: { readonly channels: readonly number[] },
  ): TfliteValue {
    const places = this.#integers(`${name}_channels`, [channels.length], channels);
    const shape = [...x.shape.slice(0, 3), channels.length];
    return this.#operate(name, 'gather', { inputs: [x.tensor, places], shape, options: [3] });
  }

  add(name: string, a: TfliteValue, b: TfliteValue): TfliteValue {
    const options = [tfliteEnum.activation.linear];
    return this.#operate(name, 'add', { inputs: [a.tensor, b.tensor], shape: a.shape, options });
  }

  globalAveragePool(name: string, x: TfliteValue): TfliteValue {
    const [batch = 1, , , channels = 1] = x.shape;
    const axes = this.#integers(`${name}_axes`, [2], [1, 2]);
    return this.#operate(name, 'mean', { inputs: [x.tensor, axes], shape: [batch, channels], options: [0] });
  }

  dense(name: string, x: TfliteValue): TfliteValue {
    const { shape, data } = weightOf(this.#weights, `${name}/kernel`);
    const [inputs = 1, units = 1] = shape;
    const { data: transposed } = hwioToOhwi({ shape: [1, 1, inputs, units], data });
    const kernel = this.#weight(`${name}/kernel`, { shape: [units, inputs], data: transposed });
    const bias = this.#weight(`${name}/bias`, weightOf(this.#weights, `${name}/bias`));
    const [batch = 1] = x.shape;
    return this.#operate(name, 'fullyConnected', { inputs: [x.tensor, kernel, bias], shape: [batch, units] });
  }

  softmax(name: string, x: TfliteValue): TfliteValue {
    return this.#operate(name, 'softmax', { inputs: [x.tensor], shape: x.shape, options: [1] });
  }

  sigmoid(name: string, x: TfliteValue): TfliteValue {
    return this.#operate(name, 'logistic', { inputs: [x.tensor], shape: x.shape });
  }

  stackRows(name: string, maps: readonly TfliteValue[], { width }: { readonly width: number }): TfliteValue {
    const rows = maps.map(({ tensor, shape }, index) => {
      const [batch = 1, ...sides] = shape;
      const count = sizeOf(sides) / width;
      // -1 is what is left: the batch, so that it can be resized.
      const target = this.#integers(`${name}_${index}_shape`, [3], [-1, count, width]);
      const part = `${name}_${index}`;
      return this.#operate(part, 'reshape', { inputs: [tensor, target], shape: [batch, count, width] });
    });
    const [first] = rows;
    if (first && rows.length === 1) return first;
    const count = rows.reduce((sum, { shape }) => sum + (shape[1] ?? 0), 0);
    return this.#operate(name, 'concatenation', {
      inputs: rows.map(({ tensor }) => tensor),
      shape: [first?.shape[0] ?? 1, count, width],
      options: [1, tfliteEnum.activation.linear],
    });
  }

  /** A tensor that is no constant. */
  value(name: string, shape: readonly number[]): TfliteValue {
    return { tensor: this.#tensor({ name, shape }), shape };
  }

  /** Gives a value the network's name for it: a copy's, where the value is the input or another output. */
  output(name: string, { tensor, shape }: TfliteValue): number {
    const isFree = this.operators.some(({ output }) => output === tensor) && !this.#outputs.has(tensor);
    if (!isFree) {
      const target = this.#integers(`${name}_output_shape`, [shape.length], [-1, ...shape.slice(1)]);
      return this.#operate(name, 'reshape', { inputs: [tensor, target], shape }).tensor;
    }
    this.#outputs.add(tensor);
    this.tensors[tensor] = { name, shape };
    return tensor;
  }

  #operate(
    name: string,
    operator: TfliteOperator['operator'],
    what: Pick<TfliteOperator, 'inputs' | 'options'> & { readonly shape: readonly number[] },
  ): TfliteValue {
    const { inputs, options, shape } = what;
    const value = this.value(name, shape);
    this.operators.push({ operator, inputs, output: value.tensor, ...(options && { options }) });
    return value;
  }

  #weight(name: string, { shape, data }: WeightTensor): number {
    const halves = this.#precision === 'float16' ? toFloat16(data) : undefined;
    if (!halves || overflowsFloat16(halves)) return this.#tensor({ name, shape, data });
    const stored = this.#tensor({ name: `${name}_float16`, shape, data: halves });
    return this.#operate(name, 'dequantize', { inputs: [stored], shape }).tensor;
  }

  #integers(name: string, shape: readonly number[], values: readonly number[]): number {
    return this.#tensor({ name, shape, data: Int32Array.from(values) });
  }

  #tensor(tensor: TfliteTensor): number {
    return this.tensors.push(tensor) - 1;
  }
}
