// The backbones by name, and how feature maps are taken from them.

import { type Layers, SsdliteError } from '@ssdlite/layers';
import { type Dialect, dialects } from './dialect.ts';
import { mobileNetV1 } from './mobilenet-v1.ts';
import { mobileNetV2 } from './mobilenet-v2.ts';

/** Names of the backbones. */
export const backboneNames = ['mobilenet-v1', 'mobilenet-v2'] as const;

/** Name of a backbone. */
export type BackboneName = (typeof backboneNames)[number];

export interface BackboneConfig {
  readonly backbone: BackboneName;
  /** Width multiplier, over 0. */
  readonly alpha: number;
  /** Which program's weights are to be run. Default `tensorflow`. */
  readonly dialect?: Dialect;
  /** Whether MobileNetV2's last convolution shrinks below 1280 channels for alpha < 1; see `MobileNetV2Config`. Default false. */
  readonly shrinkLast?: boolean;
  /** No convolution gets fewer channels, however small alpha is. Default: the dialect's; TF Object Detection's SSDs: 16. */
  readonly minChannels?: number;
}

/**
 * All maps of a backbone, in the order in which they are computed.
 *
 * @throws SsdliteError `NETWORK_INVALID` for an alpha that is no number over 0, an unknown backbone or dialect
 */
export function buildBackbone<T>(
  layers: Layers<T>,
  image: T,
  config: BackboneConfig,
): Generator<readonly [name: string, map: T], void, void> {
  const { backbone, alpha, dialect = 'tensorflow', shrinkLast = false } = config;
  if (!Object.hasOwn(dialects, dialect)) {
    throw new SsdliteError('NETWORK_INVALID', `There is no dialect '${dialect}'.`, {
      value: dialect,
      next: `Use one of: ${Object.keys(dialects).join(', ')}.`,
    });
  }
  const { minChannels = dialects[dialect].minChannels } = config;
  if (!(alpha > 0 && Number.isFinite(alpha))) {
    throw new SsdliteError('NETWORK_INVALID', `The width multiplier alpha is ${alpha}.`, {
      value: alpha,
      next: 'Use a number over 0; trained weights exist for 0.35, 0.5, 0.75, 1.0, 1.3 and 1.4.',
    });
  }
  switch (backbone) {
    case 'mobilenet-v1':
      return mobileNetV1(layers, image, { alpha, dialect, minChannels });
    case 'mobilenet-v2':
      return mobileNetV2(layers, image, { alpha, dialect, shrinkLast, minChannels });
    default:
      throw new SsdliteError('NETWORK_INVALID', `There is no backbone '${backbone}'.`, {
        value: backbone,
        next: "Use 'mobilenet-v1' or 'mobilenet-v2'.",
      });
  }
}

/**
 * Takes feature maps by name and builds nothing beyond the last of them.
 *
 * @throws SsdliteError `NETWORK_INVALID` for a name that the backbone does not have
 * @example
 * const features = takeFeatures(buildBackbone(layers, image, config), ['block_13_expand_relu', 'out_relu']);
 * features.out_relu;
 */
export function takeFeatures<T, Name extends string>(
  maps: Iterable<readonly [name: string, map: T]>,
  names: readonly Name[],
): Record<Name, T> {
  const missing = new Set<string>(names);
  const taken: Record<string, T> = {};
  const seen: string[] = [];
  for (const [name, map] of maps) {
    seen.push(name);
    if (missing.delete(name)) taken[name] = map;
    if (missing.size === 0) return taken as Record<Name, T>;
  }
  const [name] = missing;
  throw new SsdliteError('NETWORK_INVALID', `The backbone has no feature map '${name}'.`, {
    value: name,
    next: `Use some of: ${seen.join(', ')}.`,
  });
}
