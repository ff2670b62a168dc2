// The ImageNet classifier: a backbone, average pooling, a dense layer and softmax.

import { type Layers, type Network, SsdliteError } from '@ssdlite/layers';
import { type BackboneConfig, buildBackbone, takeFeatures } from './backbone.ts';

/** Smallest side that survives five strides of 2, as in Keras. */
const smallestInput = 32;

export interface ClassifierConfig extends BackboneConfig {
  /** Pixels; square or not, each at least 32. */
  readonly inputSize: { readonly height: number; readonly width: number };
  /** Default 1000. */
  readonly classes?: number;
  /**
   * How logits become probabilities: `softmax` (default) where a picture shows one of the classes, `sigmoid` where each class is there
   * or not, whatever the others.
   */
  readonly scores?: 'softmax' | 'sigmoid';
}

export interface FeaturesConfig extends BackboneConfig {
  /** Pixels; square or not, each at least 32. */
  readonly inputSize: { readonly height: number; readonly width: number };
  /** Names of the feature maps that the network puts out, as Keras has them. */
  readonly taps: readonly string[];
}

/** Where each backbone ends, and what Keras calls its dense layer. */
export const classifierHead = {
  'mobilenet-v1': { last: 'conv_pw_13_relu', dense: 'conv_preds' },
  'mobilenet-v2': { last: 'out_relu', dense: 'predictions' },
} as const;

/**
 * A MobileNet classifier: `[n, height, width, 3]` in -1 to 1 gives `features` (the last map), `pooled`, `logits` and `probabilities`.
 *
 * @throws SsdliteError `NETWORK_INVALID` for a side under 32, no class, or what `buildBackbone` refuses
 * @example
 * const network = classifierNetwork({ backbone: 'mobilenet-v2', alpha: 1, inputSize: { height: 224, width: 224 } });
 * describe(network).parameters.total; // 3_538_984
 */
export function classifierNetwork(
  config: ClassifierConfig,
): Network<'features' | 'pooled' | 'logits' | 'probabilities'> {
  const { classes = 1000, scores = 'softmax' } = config;
  return {
    input: inputShape(config.inputSize),
    build(layers, image) {
      const maps = buildBackbone(layers, image, config);
      const head = classifierHead[config.backbone];
      const features = takeFeatures(maps, [head.last])[head.last];
      const pooled = layers.globalAveragePool('global_average_pooling2d', features);
      const logits = layers.dense(head.dense, pooled, { units: classes });
      const probabilities = toProbabilities(layers, logits, scores);
      return { features, pooled, logits, probabilities };
    },
  };
}

/**
 * The feature maps of a backbone, by name.
 *
 * @throws SsdliteError `NETWORK_INVALID` for a side under 32 or an unknown name
 * @example
 * featureNetwork({ backbone: 'mobilenet-v2', alpha: 1, inputSize: { height: 300, width: 300 }, taps: ['block_13_expand_relu'] });
 */
export function featureNetwork(config: FeaturesConfig): Network {
  const { taps } = config;
  return {
    input: inputShape(config.inputSize),
    build: (layers, image) => takeFeatures(buildBackbone(layers, image, config), taps),
  };
}

function toProbabilities<T>(layers: Layers<T>, logits: T, scores: ClassifierConfig['scores']): T {
  switch (scores) {
    case 'softmax':
      return layers.softmax('probabilities', logits);
    case 'sigmoid':
      return layers.sigmoid('probabilities', logits);
    default:
      throw new SsdliteError('NETWORK_INVALID', `There are no scores '${scores}'.`, {
        value: scores,
        next: "Use 'softmax' or 'sigmoid'.",
      });
  }
}

function inputShape({ height, width }: { readonly height: number; readonly width: number }) {
  for (const side of [height, width]) {
    if (!Number.isInteger(side) || side < smallestInput) {
      throw new SsdliteError('NETWORK_INVALID', `The input size is ${height} x ${width}.`, {
        value: side,
        next: `Use whole numbers of at least ${smallestInput} pixels.`,
      });
    }
  }
  return { height, width, channels: 3 };
}
