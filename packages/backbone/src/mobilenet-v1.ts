// MobileNetV1 as in its paper's Table 1 (Howard et al. 2017, arXiv 1704.04861), with Keras' layer names.

import type { Layers } from '@ssdlite/layers';
import { type Dialect, dialects } from './dialect.ts';

/** The thirteen depthwise-separable convolutions: output channels and stride. */
const table: readonly (readonly [channels: number, strides: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

export interface MobileNetV1Config {
  /** Width multiplier. */
  readonly alpha: number;
  /** Which program's weights are to be run. Default `tensorflow`. */
  readonly dialect?: Dialect;
  /** Fewest channels of a convolution. Default: the dialect's, 8 or, in Keras, 1. */
  readonly minChannels?: number;
}

/**
 * Builds the network map by map, from `conv1_relu` (stride 2) by `conv_pw_11_relu` (stride 16) to `conv_pw_13_relu` (stride 32).
 * Widths are truncated, not rounded to a multiple of 8 as MobileNetV2's are.
 */
export function* mobileNetV1<T>(
  layers: Layers<T>,
  image: T,
  { alpha, dialect = 'tensorflow', minChannels = dialects[dialect].minChannels }: MobileNetV1Config,
): Generator<readonly [name: string, map: T], void, void> {
  const { padding, firstPadding, stridedPadding, batchNormEpsilon: epsilon } = dialects[dialect];
  const width = (channels: number): number => Math.max(Math.trunc(channels * alpha), minChannels);

  let x = layers.conv2d('conv1', image, {
    filters: width(32),
    kernelSize: 3,
    strides: 2,
    padding: firstPadding,
    batchNorm: { name: 'conv1_bn', epsilon },
    activation: 'relu6',
  });
  yield ['conv1_relu', x];

  for (const [row, [channels, strides]] of table.entries()) {
    const index = row + 1;
    x = layers.depthwiseConv2d(`conv_dw_${index}`, x, {
      kernelSize: 3,
      strides,
      padding: strides === 1 ? padding : stridedPadding,
      batchNorm: { name: `conv_dw_${index}_bn`, epsilon },
      activation: 'relu6',
    });
    yield [`conv_dw_${index}_relu`, x];
    x = layers.conv2d(`conv_pw_${index}`, x, {
      filters: width(channels),
      kernelSize: 1,
      batchNorm: { name: `conv_pw_${index}_bn`, epsilon },
      activation: 'relu6',
    });
    yield [`conv_pw_${index}_relu`, x];
  }
}
