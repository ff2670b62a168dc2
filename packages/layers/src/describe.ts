// The interpreter that passes shapes: output sizes, parameters, multiply-adds, and the weights that a network needs.

import { SsdliteError } from './error.ts';
import type {
  Activation,
  BatchNormOptions,
  Conv2dOptions,
  DepthwiseConv2dOptions,
  Layers,
  Network,
} from './layers.ts';
import { type AxisPadding, padAxis } from './padding.ts';
import { sizeOf, type WeightSpec } from './weights/weights.ts';

/** One step of a network, in the order in which it is built. */
export interface LayerDescription {
  readonly name: string;
  readonly kind:
    | 'Conv2D'
    | 'DepthwiseConv2D'
    | 'TakeChannels'
    | 'Add'
    | 'GlobalAveragePooling2D'
    | 'Dense'
    | 'Softmax'
    | 'Sigmoid'
    | 'StackRows';
  /** Without the batch axis, e.g. `[height, width, channels]`. */
  readonly outputShape: readonly number[];
  /** The layer's own tensors: kernel, and bias if it has one. */
  readonly weights: readonly WeightSpec[];
  readonly batchNorm: BatchNormDescription | undefined;
  readonly activation: Activation;
  /** Multiplications with a weight, for one picture. Batch norm and bias are folded and cost nothing. */
  readonly multiplyAdds: number;
}

export interface BatchNormDescription extends BatchNormOptions {
  /** gamma and beta. */
  readonly trainable: readonly WeightSpec[];
  /** moving_mean and moving_variance. */
  readonly statistics: readonly WeightSpec[];
}

export interface ParameterCounts {
  /** Kernels, biases, gammas and betas: what Keras calls trainable. */
  readonly trainable: number;
  /** Moving means and variances. */
  readonly statistics: number;
  /** Both. */
  readonly total: number;
  /** Kernels and the layers' own biases, without any batch norm: the figure that MobileNetV2's authors publish. */
  readonly withoutBatchNorm: number;
  /** With batch norm folded into kernels and biases: what inference needs. */
  readonly folded: number;
}

export interface NetworkDescription<Output extends string = string> {
  /** `[height, width, channels]`. */
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerDescription[];
  /** Shapes without the batch axis, by output name. */
  readonly outputs: Readonly<Record<Output, readonly number[]>>;
  readonly parameters: ParameterCounts;
  /** For one picture. */
  readonly multiplyAdds: number;
}

/**
 * Walks through a network without running it.
 *
 * @throws SsdliteError `NETWORK_INVALID` if a name is used twice, shapes do not fit, or a map shrinks to nothing
 * @example
 * describe(mobileNetV2Classifier({ alpha: 1, inputSize: 224 })).multiplyAdds; // 300_774_272
 */
export function describe<Output extends string>(network: Network<Output>): NetworkDescription<Output> {
  const { height, width, channels } = network.input;
  for (const [side, value] of Object.entries({ height, width, channels })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new SsdliteError('NETWORK_INVALID', `The network's input ${side} is ${value}.`, {
        value,
        next: 'Use a whole number of at least 1.',
      });
    }
  }
  const walk = new ShapeLayers();
  const outputs = network.build(walk, [height, width, channels]);
  const { layers } = walk;
  return {
    inputShape: [height, width, channels],
    layers,
    outputs,
    parameters: countParameters(layers),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
}

/** The tensors of a network as it is trained: kernels, biases and batch norm's four vectors. */
export function trainedWeights({ layers }: Pick<NetworkDescription, 'layers'>): WeightSpec[] {
  return layers.flatMap(({ weights, batchNorm }) => [
    ...weights,
    ...(batchNorm ? [...batchNorm.trainable, ...batchNorm.statistics] : []),
  ]);
}

/** The tensors of a network as inference runs it: batch norm is folded, so every normalised layer has kernel and bias. */
export function foldedWeights({ layers }: Pick<NetworkDescription, 'layers'>): WeightSpec[] {
  return layers.flatMap(({ name, weights, batchNorm }) => {
    const beta = batchNorm?.trainable[1];
    if (!beta || weights.some((weight) => weight.name === `${name}/bias`)) return weights;
    return [...weights, { name: `${name}/bias`, shape: beta.shape }];
  });
}

function countParameters(layers: readonly LayerDescription[]): ParameterCounts {
  const count = (specs: readonly WeightSpec[]): number =>
    specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
  const withoutBatchNorm = count(layers.flatMap((layer) => layer.weights));
  const trainable = withoutBatchNorm + count(layers.flatMap((layer) => layer.batchNorm?.trainable ?? []));
  const statistics = count(layers.flatMap((layer) => layer.batchNorm?.statistics ?? []));
  return {
    trainable,
    statistics,
    total: trainable + statistics,
    withoutBatchNorm,
    folded: count(foldedWeights({ layers })),
  };
}

type Shape = readonly number[];

class ShapeLayers implements Layers<Shape> {
  readonly layers: LayerDescription[] = [];
  readonly #names = new Set<string>();

  conv2d(name: string, x: Shape, options: Conv2dOptions): Shape {
    const { filters, kernelSize } = options;
    const [, , channels] = this.#map(name, x);
    if (!Number.isInteger(filters) || filters < 1) throw invalid(name, `it has ${filters} filters`);
    const kernel = [kernelSize, kernelSize, channels, filters];
    return this.#convolution(name, x, { ...options, kind: 'Conv2D', kernel, filters });
  }

  depthwiseConv2d(name: string, x: Shape, options: DepthwiseConv2dOptions): Shape {
    const { kernelSize } = options;
    const [, , channels] = this.#map(name, x);
    const kernel = [kernelSize, kernelSize, channels, 1];
    return this.#convolution(name, x, { ...options, kind: 'DepthwiseConv2D', kernel, filters: channels });
  }

  #convolution(
    name: string,
    x: Shape,
    options: DepthwiseConv2dOptions & {
      readonly kind: 'Conv2D' | 'DepthwiseConv2D';
      readonly kernel: Shape;
      readonly filters: number;
    },
  ): Shape {
    const { kind, kernel, filters, kernelSize, strides = 1, padding = 'same', batchNorm } = options;
    const [height, width] = this.#map(name, x);
    const along = (input: number): AxisPadding => padAxis({ input, kernelSize, strides, padding });
    const outputShape = [along(height).output, along(width).output, filters];
    if (outputShape.some((side) => side < 1)) {
      throw invalid(name, `its input ${shapeText(x)} is smaller than its kernel`);
    }
    const vector = (owner: string, suffix: string): WeightSpec => ({
      name: `${owner}/${suffix}`,
      shape: [filters],
    });
    this.#push({
      name,
      kind,
      outputShape,
      weights: [{ name: `${name}/kernel`, shape: kernel }, ...(options.bias ? [vector(name, 'bias')] : [])],
      batchNorm: batchNorm && {
        ...batchNorm,
        trainable: [vector(batchNorm.name, 'gamma'), vector(batchNorm.name, 'beta')],
        statistics: [vector(batchNorm.name, 'moving_mean'), vector(batchNorm.name, 'moving_variance')],
      },
      activation: options.activation ?? 'linear',
      // A kernel's weights are used once per output pixel, in both kinds.
      multiplyAdds: sizeOf(kernel) * (outputShape[0] ?? 0) * (outputShape[1] ?? 0),
    });
    return outputShape;
  }

  takeChannels(name: string, x: Shape, { channels }: { readonly channels: readonly number[] }): Shape {
    const [height, width, count] = this.#map(name, x);
    const wrong = channels.find((channel) => !Number.isInteger(channel) || channel < 0 || channel >= count);
    if (wrong !== undefined) throw invalid(name, `its input has ${count} channels, and no channel ${wrong}`);
    if (channels.length === 0) throw invalid(name, 'it takes no channel');
    return this.#plain(name, 'TakeChannels', [height, width, channels.length]);
  }

  add(name: string, a: Shape, b: Shape): Shape {
    if (shapeText(a) !== shapeText(b)) throw invalid(name, `it adds ${shapeText(a)} to ${shapeText(b)}`);
    return this.#plain(name, 'Add', a);
  }

  globalAveragePool(name: string, x: Shape): Shape {
    const [, , channels] = this.#map(name, x);
    return this.#plain(name, 'GlobalAveragePooling2D', [channels]);
  }

  dense(name: string, x: Shape, { units }: { readonly units: number }): Shape {
    const [inputs, ...rest] = x;
    if (inputs === undefined || rest.length > 0)
      throw invalid(name, `its input is ${shapeText(x)}, not a vector`);
    if (!Number.isInteger(units) || units < 1) throw invalid(name, `it has ${units} units`);
    this.#push({
      name,
      kind: 'Dense',
      outputShape: [units],
      weights: [
        { name: `${name}/kernel`, shape: [inputs, units] },
        { name: `${name}/bias`, shape: [units] },
      ],
      batchNorm: undefined,
      activation: 'linear',
      multiplyAdds: inputs * units,
    });
    return [units];
  }

  softmax(name: string, x: Shape): Shape {
    return this.#plain(name, 'Softmax', x);
  }

  sigmoid(name: string, x: Shape): Shape {
    return this.#plain(name, 'Sigmoid', x);
  }

  stackRows(name: string, maps: readonly Shape[], { width }: { readonly width: number }): Shape {
    const numbers = maps.map((map) => {
      const [, , channels] = this.#map(name, map);
      if (channels % width !== 0) throw invalid(name, `${channels} channels are no multiple of ${width}`);
      return sizeOf(map);
    });
    return this.#plain(name, 'StackRows', [numbers.reduce((sum, n) => sum + n, 0) / width, width]);
  }

  #plain(name: string, kind: LayerDescription['kind'], outputShape: Shape): Shape {
    this.#push({
      name,
      kind,
      outputShape,
      weights: [],
      batchNorm: undefined,
      activation: 'linear',
      multiplyAdds: 0,
    });
    return outputShape;
  }

  #push(layer: LayerDescription): void {
    for (const name of [layer.name, ...(layer.batchNorm ? [layer.batchNorm.name] : [])]) {
      if (this.#names.has(name)) throw invalid(name, 'two layers have this name');
      this.#names.add(name);
    }
    this.layers.push(layer);
  }

  #map(name: string, shape: Shape): [height: number, width: number, channels: number] {
    const [height, width, channels, ...rest] = shape;
    if (height === undefined || width === undefined || channels === undefined || rest.length > 0) {
      throw invalid(name, `its input is ${shapeText(shape)}, not a map`);
    }
    return [height, width, channels];
  }
}

function shapeText(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

function invalid(layer: string, why: string): SsdliteError {
  return new SsdliteError('NETWORK_INVALID', `Layer '${layer}' cannot be built: ${why}.`, {
    value: layer,
    next: 'Check the input size and the configuration of the network.',
  });
}
