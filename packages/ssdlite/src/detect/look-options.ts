// The options of several views: checked one against the other.

import { invalidOption } from '../check-option.ts';
import { cocoSizeWeights } from '../quality/fusion/size-weight.ts';
import { type ResolvedQuality, resolveQuality } from '../quality/resolve-quality.ts';
import { smallestTile } from '../quality/tile-layers.ts';
import { isTiled } from '../quality/views.ts';
import type { Manifest } from '../weights/manifest.ts';
import type { DetectOptions } from './detect-options.ts';

/** The options that decide how often a picture is looked at. */
type LookOptions = Pick<
  DetectOptions,
  'quality' | 'nms' | 'letterbox' | 'tileSize' | 'adaptive' | 'budgetMs'
>;

/**
 * The views and what fuses them; undefined for one pass by TF-OD's rule.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for a quality that is none, or options that do not go together
 */
export function resolveFusing(
  { quality = 'fast', nms, letterbox, tileSize, adaptive, budgetMs }: LookOptions,
  { architecture: { inputSize }, levels }: Pick<Manifest, 'architecture' | 'levels'>,
): ResolvedQuality | undefined {
  const resolved = resolveQuality(quality, { trained: inputSize, levels });
  if (nms !== undefined && (resolved || tileSize !== undefined)) {
    throw invalidOption('nms', {
      value: nms,
      shown: JSON.stringify(nms),
      next: resolved
        ? `Leave it out: a quality of ${JSON.stringify(quality)} fuses boxes in its own way.`
        : 'Leave it out: the boxes of tiles are fused in their own way.',
    });
  }
  const onePass: ResolvedQuality = {
    views: [{ size: inputSize }],
    sizeWeights: cocoSizeWeights,
    fusion: 'size-weighted',
  };
  const fusing = resolved ?? (nms === 'soft-vote' || tileSize !== undefined ? onePass : undefined);
  if (fusing && letterbox) {
    throw invalidOption('letterbox', {
      value: letterbox,
      next: 'Leave it out where boxes are fused; views have keepAspect for the same purpose.',
    });
  }
  const several = fusing && (fusing.views.length > 1 || tileSize !== undefined);
  for (const [name, value] of Object.entries({ adaptive, budgetMs })) {
    if (several || !value) continue;
    throw invalidOption(name, {
      value,
      next: "Pass a quality of several views with it, for instance 'max': one pass has nothing to leave out.",
    });
  }
  const own = fusing?.views.find((view) => isTiled(view) || view.region !== undefined);
  if (tileSize !== undefined && own) {
    throw invalidOption('tileSize', {
      value: tileSize,
      shown: JSON.stringify(tileSize),
      next: 'Leave it out where views have tiles or regions of their own.',
    });
  }
  return fusing;
}

/** @throws SsdliteError `INVALID_ARGUMENT` */
export function resolveTileSize(tileSize: LookOptions['tileSize']): number | 'auto' | undefined {
  if (tileSize === undefined || tileSize === 'auto') return tileSize;
  if (Number.isInteger(tileSize) && tileSize >= smallestTile) return tileSize;
  throw invalidOption('tileSize', {
    value: tileSize,
    shown: JSON.stringify(tileSize),
    next: `Pass 'auto', or whole pixels of the picture, at least ${smallestTile}.`,
  });
}
