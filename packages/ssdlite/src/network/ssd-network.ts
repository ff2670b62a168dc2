// SSD and SSDLite: extra feature maps on a backbone, and box and class heads on each map (MobileNetV2 paper, section 6.2).

import { type BackboneName, buildBackbone, dialects, takeFeatures } from '@ssdlite/backbone';
import { type Activation, type Layers, type Network, prunedNetwork, SsdliteError } from '@ssdlite/layers';
import { anchorSizes } from './anchors.ts';
import type { SsdConfig } from './ssd-config.ts';

/** Smallest side that the TF Object Detection API takes. */
const smallestInput = 33;

/** Numbers that describe one box: ty, tx, th, tw. */
export const boxCodeSize = 4;

/** The two maps of a backbone that carry heads: strides 16 and 32. The first of V2 is the expansion of layer 15 of the paper. */
const taps = {
  'mobilenet-v1': ['conv_pw_11_relu', 'conv_pw_13_relu'],
  'mobilenet-v2': ['block_13_expand_relu', 'out_relu'],
} as const satisfies Record<BackboneName, readonly [string, string]>;

type TapName = (typeof taps)[BackboneName][number];

/** What a detector's network puts out, one row per anchor. */
export type SsdOutput = 'boxes' | 'logits';

/**
 * A detector's network: `[n, height, width, 3]` in -1 to 1 gives `boxes` `[n, anchors, 4]` (ty, tx, th, tw; see `decodeBoxes`) and
 * `logits` `[n, anchors, logitColumns]` (background in column 0; a score is the sigmoid).
 *
 * @throws SsdliteError `NETWORK_INVALID` for a side under 33 px or fewer than two logit columns
 * @example
 * describe(ssdNetwork(ssdliteMobileNetV2)).parameters.trainable; // 4_500_543
 */
export function ssdNetwork(config: SsdConfig): Network<SsdOutput> {
  const { height, width } = config.inputSize;
  for (const side of [height, width]) {
    if (!Number.isInteger(side) || side < smallestInput) {
      throw new SsdliteError('NETWORK_INVALID', `The input size is ${height} x ${width}.`, {
        value: side,
        next: `Use whole numbers of at least ${smallestInput} pixels.`,
      });
    }
  }
  if (!Number.isInteger(config.logitColumns) || config.logitColumns < 2) {
    throw new SsdliteError('NETWORK_INVALID', `The network has ${config.logitColumns} logit columns.`, {
      value: config.logitColumns,
      next: 'Use the number of classes plus one for the background.',
    });
  }
  const network: Network<SsdOutput> = {
    input: { height, width, channels: 3 },
    build<T>(layers: Layers<T>, image: T) {
      const maps = featureMaps(layers, image, config);
      const perCell = anchorSizes(config.anchors, maps.length).map((sizes) => sizes.length);
      const head = (kind: string, columns: number): T => {
        const heads = maps.map((map, index) =>
          predictor(layers, map, {
            name: `${kind}_head_${index}`,
            filters: (perCell[index] ?? 0) * columns,
            config,
          }),
        );
        return layers.stackRows(`${kind}_rows`, heads, { width: columns });
      };
      return { boxes: head('box', boxCodeSize), logits: head('class', config.logitColumns) };
    },
  };
  return config.pruned ? prunedNetwork(network, config.pruned) : network;
}

/** Two maps of the backbone, then one extra per depth, each half the size of the one before. */
function featureMaps<T>(layers: Layers<T>, image: T, config: SsdConfig): T[] {
  const [middle, last] = taps[config.backbone];
  const features = takeFeatures<T, TapName>(buildBackbone(layers, image, config), [middle, last]);
  const maps = [features[middle], features[last]];
  let x = features[last];
  for (const [index, depth] of config.extraDepths.entries()) {
    x = extraMap(layers, x, { name: `extra_${index + 1}`, depth, config });
    maps.push(x);
  }
  return maps;
}

interface PartOptions {
  readonly name: string;
  readonly config: SsdConfig;
}

/** 1 x 1 to half the depth, then 3 x 3 at stride 2 to the depth. */
function extraMap<T>(layers: Layers<T>, x: T, options: PartOptions & { readonly depth: number }): T {
  const { name, depth, config } = options;
  // Truncated and not rounded to multiples of 8, unlike the backbone (feature_map_generators.py).
  const width = (channels: number): number => Math.max(Math.trunc(channels * config.alpha), 16);
  const reduced = layers.conv2d(`${name}_reduce`, x, {
    filters: width(depth / 2),
    kernelSize: 1,
    ...normalized(`${name}_reduce`, config),
  });
  const filters = width(depth);
  const strided = { kernelSize: 3, strides: 2, padding: dialects[config.dialect].stridedPadding };
  if (config.extras === 'plain') {
    const conv = `${name}_conv`;
    return layers.conv2d(conv, reduced, { ...strided, filters, ...normalized(conv, config) });
  }
  const depthwise = `${name}_depthwise`;
  const project = `${name}_project`;
  const halved = layers.depthwiseConv2d(depthwise, reduced, { ...strided, ...normalized(depthwise, config) });
  return layers.conv2d(project, halved, { filters, kernelSize: 1, ...normalized(project, config) });
}

function predictor<T>(layers: Layers<T>, x: T, options: PartOptions & { readonly filters: number }): T {
  const { name, filters, config } = options;
  const { headKernelSize: kernelSize } = config;
  if (config.heads === 'plain') {
    const padding = dialects[config.dialect].padding;
    return layers.conv2d(name, x, { filters, kernelSize, padding, bias: true });
  }
  // Depthwise 3 x 3 even on the 1 x 1 map, as trained.
  const depthwise = layers.depthwiseConv2d(`${name}_depthwise`, x, {
    kernelSize,
    padding: dialects[config.dialect].padding,
    ...normalized(`${name}_depthwise`, config),
  });
  return layers.conv2d(`${name}_project`, depthwise, { filters, kernelSize: 1, bias: true });
}

/** Batch norm and ReLU6, as everywhere but in the predictors' last convolution. */
function normalized(name: string, { dialect }: SsdConfig) {
  const activation: Activation = 'relu6';
  return { batchNorm: { name: `${name}_BN`, epsilon: dialects[dialect].batchNormEpsilon }, activation };
}
