// How the programs that trained a set of weights build a MobileNet: padding, the epsilon of batch norm, rounding of channels.

import type { Padding } from '@ssdlite/layers';

/** What differs between those programs. */
export interface TrainingDialect {
  /** Padding of all convolutions at stride 1. */
  readonly padding: Padding;
  /** Padding of the first convolution, whose stride is 2. */
  readonly firstPadding: Padding;
  /** Padding of the other convolutions at stride 2. */
  readonly stridedPadding: Padding;
  /** Added to the variance before the root. */
  readonly batchNormEpsilon: number;
  /** Whether MobileNetV2's blocks cut channels * alpha to a whole number before it is rounded to a multiple of 8. */
  readonly truncatesChannels: boolean;
  /** No convolution of MobileNetV1 gets fewer channels, however small alpha is. (MobileNetV2's multiples of 8 start at 8.) */
  readonly minChannels: number;
}

/**
 * The dialects of known weights.
 *
 * - `tensorflow`: slim and TF Object Detection: `same` padding, epsilon 1e-3.
 * - `keras`: Keras' MobileNetV2 at the size for which it was built. Differs from `tensorflow` in the channels of a few unusual alphas.
 * - `keras-bottom-right`: Keras' MobileNetV1, and its MobileNetV2 built without a size: strided depthwise convolutions pad one row and
 *   column at the bottom and right whatever the size. Differs from `same` where a map has an odd side.
 * - `pytorch`: torchvision: one pixel on all four sides, epsilon 1e-5.
 */
export const dialects = {
  tensorflow: {
    padding: 'same',
    firstPadding: 'same',
    stridedPadding: 'same',
    batchNormEpsilon: 1e-3,
    truncatesChannels: false,
    minChannels: 8,
  },
  keras: {
    padding: 'same',
    firstPadding: 'same',
    stridedPadding: 'same',
    batchNormEpsilon: 1e-3,
    truncatesChannels: true,
    minChannels: 1,
  },
  'keras-bottom-right': {
    padding: 'same',
    firstPadding: 'same',
    stridedPadding: 'bottom-right',
    batchNormEpsilon: 1e-3,
    truncatesChannels: true,
    minChannels: 1,
  },
  pytorch: {
    padding: 'symmetric',
    firstPadding: 'symmetric',
    stridedPadding: 'symmetric',
    batchNormEpsilon: 1e-5,
    truncatesChannels: false,
    minChannels: 8,
  },
} as const satisfies Record<string, TrainingDialect>;

/** Name of a dialect. */
export type Dialect = keyof typeof dialects;
