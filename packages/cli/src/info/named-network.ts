// Networks that `ssdlite info` knows by name: detectors and their backbones as classifiers, at any width, size and number of classes.

import { type BackboneName, classifierNetwork } from '@ssdlite/backbone';
import { type Network, SsdliteError } from '@ssdlite/layers';
import { architectures, type SsdConfig, ssdNetwork } from 'ssdlite';

export interface NetworkSettings {
  /** Width multiplier. Default 1. */
  readonly alpha?: number;
  /** Pixels. Default 300 x 300 for detectors, 224 x 224 for classifiers. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Without the background of detectors. Default 90 ids (COCO's 80 classes) or 1000. */
  readonly classes?: number;
}

export type NamedNetwork =
  | { readonly kind: 'detector'; readonly network: Network; readonly architecture: SsdConfig }
  | { readonly kind: 'classifier'; readonly network: Network; readonly backbone: BackboneName };

const classifiers: readonly BackboneName[] = ['mobilenet-v2', 'mobilenet-v1'];

/** The names, detectors first. */
export const networkNames: readonly string[] = [...Object.keys(architectures), ...classifiers];

/**
 * A network by its name; undefined if there is none.
 *
 * @throws SsdliteError `NETWORK_INVALID` for a size that it cannot have
 */
export function namedNetwork(name: string, settings: NetworkSettings): NamedNetwork | undefined {
  const { alpha = 1, size, classes } = settings;
  const backbone = classifiers.find((each) => each === name);
  if (backbone) {
    const config = { backbone, alpha, inputSize: size ?? { width: 224, height: 224 } };
    const network = classifierNetwork({ ...config, ...(classes !== undefined && { classes }) });
    return { kind: 'classifier', network, backbone };
  }
  if (!isArchitecture(name)) return undefined;
  const base = architectures[name];
  const architecture: SsdConfig = {
    ...base,
    alpha,
    inputSize: size ?? base.inputSize,
    // Column 0 is the background.
    logitColumns: classes === undefined ? base.logitColumns : classes + 1,
  };
  return { kind: 'detector', network: ssdNetwork(architecture), architecture };
}

/**
 * Refuses settings for weights, which have their own.
 *
 * @throws SsdliteError `INVALID_ARGUMENT`
 */
export function refuseSettings(settings: NetworkSettings): void {
  const given = Object.entries(settings).find(([, value]) => value !== undefined);
  if (!given) return;
  throw new SsdliteError('INVALID_ARGUMENT', `--${given[0]} is for architectures; weights have their own.`, {
    value: given[1],
    next: `Leave it out, or name an architecture: ${networkNames.join(', ')}.`,
  });
}

function isArchitecture(name: string): name is keyof typeof architectures {
  return Object.hasOwn(architectures, name);
}
