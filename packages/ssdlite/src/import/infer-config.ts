// Reads the architecture off the shapes of a graph's convolutions.

import type { BackboneName, Dialect } from '@ssdlite/backbone';
import { describe, SsdliteError } from '@ssdlite/layers';
import { tfOdAnchors } from '../network/anchors.ts';
import type { ConvolutionKind, SsdConfig } from '../network/ssd-config.ts';
import { ssdNetwork } from '../network/ssd-network.ts';
import type { Convolution } from './convolution.ts';
import type { DetectorParts } from './find-detector-parts.ts';

/** A configuration without anchors, which the shapes of convolutions do not tell. */
export type ConfigWithoutAnchors = Omit<SsdConfig, 'anchors'>;

/**
 * The configuration of the detector whose parts these are.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` if no MobileNet has these widths, or heads or extras are of another make
 */
export function inferConfig(parts: DetectorParts, inputSize: SsdConfig['inputSize']): ConfigWithoutAnchors {
  const { headedMaps, logitColumns, features } = parts;
  const second = headedMaps[1]?.map;
  const backboneLength = features.findIndex(({ output }) => output === second) + 1;
  const backbone = features.slice(0, backboneLength);
  const extras = inferExtras(features.slice(backboneLength), headedMaps.length - 2);
  const common = {
    dialect: inferDialect(features),
    inputSize,
    logitColumns,
    extras: extras.kind,
    ...inferHeads(parts),
  };
  const widths = inferWidths(backbone, (widths) => ({ ...common, ...widths, extraDepths: [] }));
  return { ...common, ...widths, extraDepths: inferExtraDepths(extras.pairs, widths.alpha) };
}

type Widths = Pick<SsdConfig, 'backbone' | 'alpha' | 'shrinkLast' | 'minChannels'>;

/** Widths that people train, then whatever has two digits. */
const commonAlphas = [1, 0.75, 0.5, 0.35, 1.4, 1.3, 0.25];
const alphas = [
  ...new Set([...commonAlphas, ...Array.from({ length: 400 }, (_, index) => (index + 1) / 100)]),
];

function inferWidths(
  backbone: readonly Convolution[],
  configOf: (widths: Widths) => ConfigWithoutAnchors,
): Widths {
  // The third convolution projects without activation in V2; V1 has none that is linear.
  const name: BackboneName = backbone[2]?.activation === 'linear' ? 'mobilenet-v2' : 'mobilenet-v1';
  const got = backbone.map(({ channels }) => channels);
  const first = got[0] ?? 0;
  let nearest: { readonly widths: Widths; readonly text: string; readonly distance: number } | undefined;
  for (const minChannels of [8, 16]) {
    for (const shrinkLast of name === 'mobilenet-v2' ? [false, true] : [false]) {
      for (const alpha of alphas) {
        // 32 channels before alpha; rounding moves them by at most 8, or up to the least.
        if (Math.abs(32 * alpha - first) > 16) continue;
        const widths: Widths = { backbone: name, alpha, shrinkLast, minChannels };
        const expected = backboneChannels(configOf(widths));
        if (expected.length !== got.length) break;
        const distance = expected.reduce((sum, width, index) => sum + Math.abs(width - (got[index] ?? 0)), 0);
        if (distance === 0) return widths;
        if (!nearest || distance < nearest.distance) {
          const at = expected.findIndex((width, index) => width !== got[index]);
          const text = `at width ${alpha}, '${backbone[at]?.name}' would have ${expected[at]} channels and has ${got[at]}`;
          nearest = { widths, text, distance };
        }
      }
    }
  }
  const why = nearest?.text ?? `it has ${got.length} convolutions up to the second feature map with heads`;
  throw unsupported(
    `The backbone is no ${name === 'mobilenet-v2' ? 'MobileNetV2' : 'MobileNetV1'}: ${why}`,
    got,
  );
}

/** Output channels of a backbone's convolutions. */
function backboneChannels(config: ConfigWithoutAnchors): number[] {
  return describe(ssdNetwork({ ...config, extraDepths: [], anchors: tfOdAnchors }))
    .layers.filter(
      ({ name, kind }) =>
        (kind === 'Conv2D' || kind === 'DepthwiseConv2D') && !/^(box|class)_head_/.test(name),
    )
    .map(({ outputShape }) => outputShape.at(-1) ?? 0);
}

function inferDialect(features: readonly Convolution[]): Dialect {
  // Zeros on all sides, as explicit padding and PyTorch have them. Batch norm's epsilon is folded and does not matter.
  return features.some(({ strides, padding }) => strides === 2 && typeof padding === 'object')
    ? 'pytorch'
    : 'tensorflow';
}

function inferHeads({ headedMaps, roles }: DetectorParts): Pick<SsdConfig, 'heads' | 'headKernelSize'> {
  const kinds = headedMaps.flatMap(({ map, box, class: classes }) =>
    [box, classes].map((last): Pick<SsdConfig, 'heads' | 'headKernelSize'> => {
      if (last.input === map) return { heads: 'plain', headKernelSize: last.kernel.shape[0] ?? 0 };
      const { from } = last.input;
      const depthwise = from && 'kind' in from && roles.has(from) ? from : undefined;
      if (depthwise?.kind === 'DepthwiseConv2D' && depthwise.input === map && last.kernel.shape[0] === 1) {
        return { heads: 'separable', headKernelSize: depthwise.kernel.shape[0] ?? 0 };
      }
      throw unsupported(`Head '${last.name}' is neither one convolution nor depthwise and 1 x 1`, last.name);
    }),
  );
  const [first = { heads: 'plain', headKernelSize: 0 }] = kinds;
  if (kinds.some((kind) => kind.heads !== first.heads || kind.headKernelSize !== first.headKernelSize)) {
    throw unsupported('The heads are not all of one kind and kernel size', kinds);
  }
  return first;
}

interface Extras {
  readonly kind: ConvolutionKind;
  /** Channels of the reducing and of the last convolution of each. */
  readonly pairs: readonly (readonly [reduced: number, depth: number])[];
}

function inferExtras(convolutions: readonly Convolution[], count: number): Extras {
  const kind: ConvolutionKind = convolutions.some((extra) => extra.kind === 'DepthwiseConv2D')
    ? 'separable'
    : 'plain';
  const each = kind === 'separable' ? 3 : 2;
  if (convolutions.length !== count * each) {
    const names = convolutions.map(({ name }) => name);
    throw unsupported(
      `The ${count} extra feature maps are made by ${names.length} convolutions (${names.slice(0, 4).join(', ')}, ...)`,
      names,
      `Extra maps of ${each} convolutions each are known.`,
    );
  }
  const pairs = Array.from({ length: count }, (_, index): [number, number] => [
    convolutions[index * each]?.channels ?? 0,
    convolutions[index * each + each - 1]?.channels ?? 0,
  ]);
  return { kind, pairs };
}

/** Depths before the width multiplier. Rounding hides which it was: the usual ones where they fit, else the roundest. */
function inferExtraDepths(pairs: Extras['pairs'], alpha: number): number[] {
  const usual = [512, 256, 256, 128];
  const width = (channels: number): number => Math.max(Math.trunc(channels * alpha), 16);
  return pairs.map(([reduced, depth], index) => {
    const upTo = Math.ceil((depth + 1) / alpha);
    const range = Array.from({ length: upTo }, (_, below) => upTo - below);
    const found = [usual[index] ?? 0, ...range.sort((a, b) => roundness(b) - roundness(a))].find(
      (value) => width(value) === depth && width(value / 2) === reduced,
    );
    if (found !== undefined) return found;
    throw unsupported(
      `Extra feature map ${index + 1} is reduced to ${reduced} channels before its ${depth}`,
      [reduced, depth],
      'Extra maps are reduced to half their depth.',
    );
  });
}

/** The largest power of two in a number. */
function roundness(value: number): number {
  return value & -value;
}

function unsupported(what: string, value: unknown, next?: string): SsdliteError {
  return new SsdliteError('WEIGHTS_UNSUPPORTED', `${what}.`, {
    value,
    next: next ?? 'Imported are SSD and SSDLite detectors on MobileNet V1 or V2.',
  });
}
