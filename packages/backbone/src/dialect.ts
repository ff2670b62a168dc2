// How the programs that trained a set of weights compute a convolution: padding and the epsilon of batch norm.

import type { Padding } from '@ssdlite/layers';

/** What differs between those programs. */
export interface TrainingDialect {
  /** Padding of all convolutions at stride 1. */
  readonly padding: Padding;
  /** Padding of the convolutions at stride 2. */
  readonly stridedPadding: Padding;
  /** Added to the variance before the root. */
  readonly batchNormEpsilon: number;
}

/**
 * The dialects of known weights.
 *
 * - `tensorflow`: slim, TF Object Detection, Keras' MobileNetV2: `same` padding, epsilon 1e-3.
 * - `keras-v1`: Keras' MobileNetV1, which pads one row and column at the bottom and right whatever the size.
 * - `pytorch`: torchvision: one pixel on all four sides, epsilon 1e-5.
 */
export const dialects = {
  tensorflow: { padding: 'same', stridedPadding: 'same', batchNormEpsilon: 1e-3 },
  'keras-v1': { padding: 'same', stridedPadding: 'bottom-right', batchNormEpsilon: 1e-3 },
  pytorch: { padding: 'symmetric', stridedPadding: 'symmetric', batchNormEpsilon: 1e-5 },
} as const satisfies Record<string, TrainingDialect>;

/** Name of a dialect. */
export type Dialect = keyof typeof dialects;
