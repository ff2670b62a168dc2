// The ways to fuse views, by name.

import type { Fusion } from './fusion.ts';
import type { FusionName } from './fusion-name.ts';
import { pooledNms, pooledSoftNms } from './pooled-suppression.ts';
import { sizeWeightedFusion } from './size-weighted-fusion.ts';
import { weightedBoxesFusion } from './weighted-boxes-fusion.ts';

export const fusions: Readonly<Record<FusionName, Fusion>> = {
  'size-weighted': sizeWeightedFusion,
  'weighted-boxes': weightedBoxesFusion,
  'soft-nms': pooledSoftNms,
  nms: pooledNms,
};
