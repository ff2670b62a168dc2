// The vocabulary in which every network is written once. Interpreters give it a meaning: shapes, tensors, graph nodes.

/**
 * How a convolution pads height and width.
 *
 * - `same`: TensorFlow's rule, ceil(size / stride) outputs, the odd pixel at the bottom and right.
 * - `valid`: no padding.
 * - `symmetric`: floor(kernel / 2) on all four sides, as PyTorch's MobileNets are trained.
 * - `bottom-right`: one row and column at the bottom and right whatever the size, then `valid`; Keras' MobileNetV1 at stride 2.
 */
export type Padding = 'same' | 'valid' | 'symmetric' | 'bottom-right';

/** What a convolution ends with. ReLU6 is min(max(x, 0), 6). */
export type Activation = 'linear' | 'relu6';

export interface BatchNormOptions {
  /** Name of its four vectors in a weights file, e.g. `bn_Conv1`. */
  readonly name: string;
  /** Added to the variance before the root. TensorFlow's MobileNets: 1e-3; PyTorch's: 1e-5. */
  readonly epsilon: number;
}

export interface DepthwiseConv2dOptions {
  /** Side of the square kernel, in pixels. */
  readonly kernelSize: number;
  /** Default 1. */
  readonly strides?: number;
  /** Default `same`. */
  readonly padding?: Padding;
  /** A bias of the layer's own (not batch norm's). Default false. */
  readonly bias?: boolean;
  /** Batch norm between convolution and activation. Interpreters for inference run it folded into kernel and bias. */
  readonly batchNorm?: BatchNormOptions;
  /** Default `linear`. */
  readonly activation?: Activation;
}

export interface Conv2dOptions extends DepthwiseConv2dOptions {
  /** Output channels. */
  readonly filters: number;
}

/**
 * What a network is written in. `T` is whatever an interpreter hands from layer to layer: a shape, a tensor, a node's name.
 *
 * Maps are `[batch, height, width, channels]` for every interpreter, whatever its engine uses inside. Weights are found by name:
 * `NAME/kernel` (`[h, w, in, out]`; depthwise `[h, w, channels, 1]`; dense `[in, out]`), `NAME/bias` `[out]`, and for batch norm
 * `BN/gamma`, `BN/beta`, `BN/moving_mean`, `BN/moving_variance` `[out]`.
 */
export interface Layers<T> {
  conv2d(name: string, x: T, options: Conv2dOptions): T;
  /** One kernel per channel; the number of channels stays. */
  depthwiseConv2d(name: string, x: T, options: DepthwiseConv2dOptions): T;
  /** Some of a map's channels, in the order named: `[n, h, w, c]` to `[n, h, w, channels.length]`. What pruned networks need. */
  takeChannels(name: string, x: T, options: { readonly channels: readonly number[] }): T;
  /** Element by element; both of one shape. */
  add(name: string, a: T, b: T): T;
  /** Mean over height and width: `[n, h, w, c]` to `[n, c]`. */
  globalAveragePool(name: string, x: T): T;
  /** `[n, in]` to `[n, units]`, with bias. */
  dense(name: string, x: T, options: { readonly units: number }): T;
  /** Over the last axis of `[n, c]`. */
  softmax(name: string, x: T): T;
  /** 1 / (1 + exp(-x)), number by number. */
  sigmoid(name: string, x: T): T;
  /**
   * Cuts maps into rows of `width` numbers and stacks them: each `[n, h, w, k * width]` gives h * w * k rows, in the order y, x, k,
   * and the maps follow one another: `[n, rows, width]`.
   */
  stackRows(name: string, maps: readonly T[], options: { readonly width: number }): T;
}

/** Height, width and channels of a network's input. */
export interface InputShape {
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  readonly channels: number;
}

/** How many pictures a network is given at once, and of which size; a convolutional network takes any. */
export interface BatchSize {
  readonly batch: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
}

/** A network as a value: all that an engine needs, besides weights, in order to run it. */
export interface Network<Output extends string = string> {
  readonly input: InputShape;
  /** Writes the network in any interpreter's terms; must name its layers alike each time. */
  build<T>(layers: Layers<T>, image: T): Readonly<Record<Output, T>>;
}
