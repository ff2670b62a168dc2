// The ways to fuse views, by name.

import type { Fusion } from './fusion.ts';
import { pooledNms, pooledSoftNms } from './pooled-suppression.ts';
import { sizeWeightedFusion } from './size-weighted-fusion.ts';
import { weightedBoxesFusion } from './weighted-boxes-fusion.ts';

/**
 * How the boxes of several views become one list.
 *
 * - `size-weighted`: means by how well each view sees an object of that size, misses included.
 * - `weighted-boxes`: weighted boxes fusion, all views alike.
 * - `soft-nms`, `nms`: all boxes in one list, thinned out as if one view had found them.
 */
export type FusionName = 'size-weighted' | 'weighted-boxes' | 'soft-nms' | 'nms';

export const fusions: Readonly<Record<FusionName, Fusion>> = {
  'size-weighted': sizeWeightedFusion,
  'weighted-boxes': weightedBoxesFusion,
  'soft-nms': pooledSoftNms,
  nms: pooledNms,
};

export const fusionNames = Object.keys(fusions) as FusionName[];
