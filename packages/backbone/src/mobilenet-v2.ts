// MobileNetV2 as in the paper's Table 2 (Sandler et al. 2018, arXiv 1801.04381), with Keras' layer names.

import type { Layers } from '@ssdlite/layers';
import { type Dialect, dialects } from './dialect.ts';
import { makeDivisible } from './width.ts';

/** A row of the paper's Table 2: n inverted residuals to c channels, the first at stride s, expanding by t. */
interface InvertedResiduals {
  readonly t: number;
  readonly c: number;
  readonly n: number;
  readonly s: number;
}

const table: readonly InvertedResiduals[] = [
  { t: 1, c: 16, n: 1, s: 1 },
  { t: 6, c: 24, n: 2, s: 2 },
  { t: 6, c: 32, n: 3, s: 2 },
  { t: 6, c: 64, n: 4, s: 2 },
  { t: 6, c: 96, n: 3, s: 1 },
  { t: 6, c: 160, n: 3, s: 2 },
  { t: 6, c: 320, n: 1, s: 1 },
];

export interface MobileNetV2Config {
  /** Width multiplier. */
  readonly alpha: number;
  /** Which program's weights are to be run. Default `tensorflow`. */
  readonly dialect?: Dialect;
  /**
   * Whether the last convolution shrinks below 1280 channels for alpha < 1, as slim does unless told to classify; the paper and
   * Keras keep 1280. Default false.
   */
  readonly shrinkLast?: boolean;
  /** Fewest channels of a convolution. Default 8: they are multiples of 8 anyway. */
  readonly minChannels?: number;
}

/**
 * Builds the network map by map: yields each feature map under the name that its last layer has in Keras, from `Conv1_relu`
 * (stride 2) by `block_13_expand_relu` (stride 16) to `out_relu` (stride 32).
 *
 * What is not asked for is not built: stop iterating when you have the maps you need, or use `takeFeatures`.
 */
export function* mobileNetV2<T>(
  layers: Layers<T>,
  image: T,
  { alpha, dialect = 'tensorflow', shrinkLast = false, minChannels = 8 }: MobileNetV2Config,
): Generator<readonly [name: string, map: T], void, void> {
  const {
    padding,
    firstPadding,
    stridedPadding,
    batchNormEpsilon: epsilon,
    truncatesChannels,
  } = dialects[dialect];
  const width = (channels: number): number => Math.max(makeDivisible(channels), minChannels);

  let x = layers.conv2d('Conv1', image, {
    filters: width(32 * alpha),
    kernelSize: 3,
    strides: 2,
    padding: firstPadding,
    batchNorm: { name: 'bn_Conv1', epsilon },
    activation: 'relu6',
  });
  yield ['Conv1_relu', x];

  let channels = width(32 * alpha);
  let index = 0;
  for (const { t, c, n, s } of table) {
    for (let repeat = 0; repeat < n; repeat++, index++) {
      const block = index === 0 ? 'expanded_conv' : `block_${index}`;
      const strides = repeat === 0 ? s : 1;
      const filters = width(truncatesChannels ? Math.trunc(c * alpha) : c * alpha);
      let y = x;
      if (t > 1) {
        y = layers.conv2d(`${block}_expand`, y, {
          filters: channels * t,
          kernelSize: 1,
          batchNorm: { name: `${block}_expand_BN`, epsilon },
          activation: 'relu6',
        });
        yield [`${block}_expand_relu`, y];
      }
      y = layers.depthwiseConv2d(`${block}_depthwise`, y, {
        kernelSize: 3,
        strides,
        padding: strides === 1 ? padding : stridedPadding,
        batchNorm: { name: `${block}_depthwise_BN`, epsilon },
        activation: 'relu6',
      });
      yield [`${block}_depthwise_relu`, y];
      // The bottleneck is linear: an activation here would lose what few channels carry (paper, section 3.2).
      y = layers.conv2d(`${block}_project`, y, {
        filters,
        kernelSize: 1,
        batchNorm: { name: `${block}_project_BN`, epsilon },
      });
      yield [`${block}_project_BN`, y];
      if (strides === 1 && channels === filters) {
        y = layers.add(`${block}_add`, x, y);
        yield [`${block}_add`, y];
      }
      x = y;
      channels = filters;
    }
  }

  x = layers.conv2d('Conv_1', x, {
    filters: alpha > 1 || shrinkLast ? width(1280 * alpha) : 1280,
    kernelSize: 1,
    batchNorm: { name: 'Conv_1_bn', epsilon },
    activation: 'relu6',
  });
  yield ['out_relu', x];
}
