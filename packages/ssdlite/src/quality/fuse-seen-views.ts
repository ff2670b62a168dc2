// From what the views of a picture saw to one list of boxes.

import type { FusedBoxes, FusionOptions } from './fusion/fusion.ts';
import type { FusionName } from './fusion/fusion-name.ts';
import { fusions } from './fusion/fusions.ts';
import { type SizeWeight, sizeWeigher } from './fusion/size-weight.ts';
import { type SeenView, weighView } from './view-boxes.ts';

/** How views are fused. */
export interface FuseOptions extends FusionOptions {
  /** What a view is worth for an object, by the object's size in pixels of the network's input. */
  readonly sizeWeights: readonly SizeWeight[];
  /** Default `size-weighted`. */
  readonly fusion?: FusionName;
}

/** Fuses what the views of one picture saw; best first. */
export function fuseSeenViews(views: readonly SeenView[], options: FuseOptions): FusedBoxes {
  const weigh = sizeWeigher(options.sizeWeights);
  return fusions[options.fusion ?? 'size-weighted'](
    views.map((view) => weighView(view, weigh)),
    options,
  );
}
