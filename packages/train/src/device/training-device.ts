// What training asks of a device: the kernels of a forward and a backward pass, on tensors that the caller releases.

import type { Padding } from '@ssdlite/layers';

/** A float32 tensor on a device. */
export interface DeviceTensor {
  readonly shape: readonly number[];
  /** What the device knows it by. */
  readonly id: number | object;
}

/** A convolution without its tensors. */
export interface Convolution {
  readonly kind: 'conv2d' | 'depthwiseConv2d';
  /** Side of the square kernel, in pixels. */
  readonly kernelSize: number;
  readonly strides: number;
  readonly padding: Padding;
}

/** What batch norm in training mode leaves, besides its output. */
export interface Normalized {
  readonly y: DeviceTensor;
  /** `[channels]`, the batch's mean. */
  readonly mean: DeviceTensor;
  /** `[channels]`, the batch's unbiased variance (n / (n - 1); for n = 1 the biased one), which moving averages take. */
  readonly variance: DeviceTensor;
  /** What `batchNormGradient` needs again. */
  readonly saved: readonly DeviceTensor[];
}

/**
 * One backend of TensorFlow.js, as training uses it. Maps are `[n, h, w, c]`; kernels `[h, w, in, out]`, depthwise `[h, w, c, 1]`.
 *
 * Kernels are called by hand: nothing is recorded, nothing global is read or changed, and every tensor that a method returns is the
 * caller's to release.
 */
export interface TrainingDevice {
  /** TensorFlow.js' name of the backend: `tensorflow` is tfjs-node. */
  readonly name: string;
  /** Tensors that were made here and not released yet. */
  readonly tensorCount: number;
  /** The data must not be changed until the tensor is released: the device may go on reading it. */
  upload(data: Float32Array, shape: readonly number[]): DeviceTensor;
  read(tensor: DeviceTensor): Promise<Float32Array>;
  release(tensor: DeviceTensor): void;

  convolve(x: DeviceTensor, kernel: DeviceTensor, convolution: Convolution): DeviceTensor;
  convolveInputGradient(
    dy: DeviceTensor,
    kernel: DeviceTensor,
    convolution: Convolution & { readonly inputShape: readonly number[] },
  ): DeviceTensor;
  convolveKernelGradient(
    dy: DeviceTensor,
    x: DeviceTensor,
    convolution: Convolution & { readonly kernelShape: readonly number[] },
  ): DeviceTensor;

  /** Adds `[c]` to each position of `[..., c]`. */
  addBias(x: DeviceTensor, bias: DeviceTensor): DeviceTensor;
  /** Sums `[..., c]` over all but the last axis. */
  addBiasGradient(dy: DeviceTensor): DeviceTensor;
  /** Normalises with the batch's biased variance: gamma * (x - mean) / sqrt(variance + epsilon) + beta. */
  batchNorm(
    x: DeviceTensor,
    options: { readonly gamma: DeviceTensor; readonly beta: DeviceTensor; readonly epsilon: number },
  ): Normalized;
  batchNormGradient(
    dy: DeviceTensor,
    options: {
      readonly x: DeviceTensor;
      readonly gamma: DeviceTensor;
      readonly epsilon: number;
      readonly saved: readonly DeviceTensor[];
    },
  ): { readonly dx: DeviceTensor; readonly dgamma: DeviceTensor; readonly dbeta: DeviceTensor };

  relu6(x: DeviceTensor): DeviceTensor;
  /** dy where 0 < y < 6. */
  relu6Gradient(dy: DeviceTensor, y: DeviceTensor): DeviceTensor;
  sigmoid(x: DeviceTensor): DeviceTensor;
  sigmoidGradient(dy: DeviceTensor, y: DeviceTensor): DeviceTensor;
  /** Over the last axis of `[n, c]`. */
  softmax(x: DeviceTensor): DeviceTensor;
  softmaxGradient(dy: DeviceTensor, y: DeviceTensor): DeviceTensor;

  /** Both of one shape. */
  add(a: DeviceTensor, b: DeviceTensor): DeviceTensor;
  /** `[n, h, w, c]` to `[n, c]`. */
  globalAveragePool(x: DeviceTensor): DeviceTensor;
  globalAveragePoolGradient(dy: DeviceTensor, inputShape: readonly number[]): DeviceTensor;
  matMul(
    a: DeviceTensor,
    b: DeviceTensor,
    options?: { readonly transposeA?: boolean; readonly transposeB?: boolean },
  ): DeviceTensor;
  reshape(x: DeviceTensor, shape: readonly number[]): DeviceTensor;
  /** Rows `from` to `from + count` of the second axis of `[n, rows, width]`. */
  sliceRows(x: DeviceTensor, from: number, count: number): DeviceTensor;
  /** Along the second axis of `[n, rows, width]`. */
  concatRows(parts: readonly DeviceTensor[]): DeviceTensor;
}
