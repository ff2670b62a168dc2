// The anchors of an architecture.

import { describe } from '@ssdlite/layers';
import { makeAnchors } from './anchors.ts';
import type { SsdConfig } from './ssd-config.ts';
import { ssdNetwork } from './ssd-network.ts';

/**
 * All anchors of a detector's network, one per row of its outputs.
 *
 * @returns float32 `[anchors, 4]`, corners (ymin, xmin, ymax, xmax) as fractions of the network's input
 * @throws SsdliteError `NETWORK_INVALID` if the network cannot be built
 */
export function ssdAnchors(config: SsdConfig): Float32Array {
  const { layers } = describe(ssdNetwork(config));
  // A box head's output has the size of its feature map.
  const heads = layers.filter(({ name }) => /^box_head_\d+(_project)?$/.test(name));
  const grids = heads.map(({ outputShape: [height = 0, width = 0] }) => ({ height, width }));
  return makeAnchors(config.anchors, { image: config.inputSize, grids });
}
