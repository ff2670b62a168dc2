// What makes one SSD network differ from another.

import type { BackboneConfig } from '@ssdlite/backbone';
import type { PrunedLayers } from '@ssdlite/layers';
import { type AnchorConfig, tfOdAnchors } from './anchors.ts';

/** Whether 3 x 3 convolutions are depthwise-separable (SSDLite) or ordinary (SSD). */
export type ConvolutionKind = 'separable' | 'plain';

/** The architecture of an SSD or SSDLite detector. The manifest of a weights file carries it. */
export interface SsdConfig extends Required<BackboneConfig> {
  /** Pixels; the picture is squashed to this size. */
  readonly inputSize: { readonly height: number; readonly width: number };
  /** Columns of the class heads, background (column 0) included: 91 for COCO. */
  readonly logitColumns: number;
  /** Output channels of the extra feature maps, before `alpha`. */
  readonly extraDepths: readonly number[];
  readonly extras: ConvolutionKind;
  readonly heads: ConvolutionKind;
  /** Side of the heads' kernels, in cells: 3 in SSDLite, 1 or 3 in plain SSD. */
  readonly headKernelSize: number;
  readonly anchors: AnchorConfig;
  /** Convolutions with fewer channels than these rules give; see `pruneDetector`. */
  readonly pruned?: PrunedLayers;
}

/** `ssdlite_mobilenet_v2_coco` of the TF Object Detection API. */
export const ssdliteMobileNetV2: SsdConfig = {
  backbone: 'mobilenet-v2',
  alpha: 1,
  dialect: 'tensorflow',
  shrinkLast: false,
  minChannels: 8,
  inputSize: { height: 300, width: 300 },
  logitColumns: 91,
  extraDepths: [512, 256, 256, 128],
  extras: 'separable',
  heads: 'separable',
  headKernelSize: 3,
  anchors: tfOdAnchors,
};

/** The same heads on MobileNetV1, as in the MobileNetV2 paper's Table 6. */
export const ssdliteMobileNetV1: SsdConfig = { ...ssdliteMobileNetV2, backbone: 'mobilenet-v1' };

/** Architectures by name, as `ssdlite info` takes them. */
export const architectures = {
  'ssdlite-mobilenet-v2': ssdliteMobileNetV2,
  'ssdlite-mobilenet-v1': ssdliteMobileNetV1,
  'ssd-mobilenet-v2': { ...ssdliteMobileNetV2, extras: 'plain', heads: 'plain' },
  'ssd-mobilenet-v1': { ...ssdliteMobileNetV1, extras: 'plain', heads: 'plain' },
} as const satisfies Record<string, SsdConfig>;
