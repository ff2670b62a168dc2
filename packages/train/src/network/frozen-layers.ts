// Which layers a configuration freezes.

import { buildBackbone } from '@ssdlite/backbone';
import { describe, SsdliteError } from '@ssdlite/layers';
import { nearestName, type SsdConfig, ssdNetwork } from 'ssdlite';
import type { TrainerConfig } from '../trainer-config.ts';

/** Names of the backbone's layers that have weights. */
export function backboneLayers(architecture: SsdConfig): Set<string> {
  const { layers } = describe({
    input: { ...architecture.inputSize, channels: 3 },
    build(layers, image) {
      let last = image;
      for (const [, map] of buildBackbone(layers, image, architecture)) last = map;
      return { last };
    },
  });
  return new Set(layers.filter(({ weights }) => weights.length > 0).map(({ name }) => name));
}

/**
 * Names of the layers that stay as they are.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for a layer that the network does not have
 */
export function frozenLayers({
  architecture,
  freeze,
}: Pick<TrainerConfig, 'architecture' | 'freeze'>): Set<string> {
  if (freeze === 'none') return new Set();
  if (freeze === 'backbone') return backboneLayers(architecture);
  const { layers } = describe(ssdNetwork(architecture));
  const names = layers.filter(({ weights }) => weights.length > 0).map(({ name }) => name);
  const last = names.indexOf(freeze);
  if (last >= 0) return new Set(names.slice(0, last + 1));
  const nearest = nearestName(freeze, names);
  throw new SsdliteError('INVALID_ARGUMENT', `There is no layer '${freeze}' to freeze up to.`, {
    value: freeze,
    next: nearest
      ? `Did you mean '${nearest}'?`
      : "Use 'none', 'backbone', or a layer such as 'block_12_project'.",
  });
}
