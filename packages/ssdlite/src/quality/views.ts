// How often and how a picture is looked at: the levels of quality, and recipes of a caller's own.

import { SsdliteError } from '@ssdlite/layers';
import type { Size } from '../detect/placement.ts';
import { nearestName } from '../nearest-name.ts';
import { checkSizeWeights, cocoSizeWeights, type SizeWeight } from './size-weight.ts';

/** The whole picture, at one size. */
export interface WholeView {
  /** Pixels of the network's input, each side or both; the picture is squashed to it. Sizes that are 12 more than a multiple of 32 fit best. */
  readonly size: number | Size;
  /** Mirrored, left for right. Default false. */
  readonly flip?: boolean;
  /** Keep the picture's shape: `size` is the longer side. Default false. */
  readonly keepAspect?: boolean;
}

/** The picture in overlapping tiles of one size, each at the size for which the network was trained. */
export interface TileView {
  /** Columns and rows. */
  readonly tiles: readonly [columns: number, rows: number];
  /** What neighbours have in common, as a share of the picture's side: 0 to less than 1. */
  readonly overlap: number;
  /** Mirrored, left for right. Default false. */
  readonly flip?: boolean;
}

/** One look at a picture. */
export type View = WholeView | TileView;

/** How much is spent on a picture; see `qualityLevels`. */
export type QualityLevel = 'fast' | 'balanced' | 'high' | 'max';

/** How a picture is looked at, and how the views are weighed. */
export interface Recipe {
  readonly views: readonly View[];
  /** What a view is worth for an object, by the object's size in pixels of the network's input. Default: as measured on COCO. */
  readonly sizeWeights?: readonly SizeWeight[];
}

/** A recipe under a name, from a weights' manifest; `ssdlite tune` makes them. */
export interface NamedRecipe extends Required<Recipe> {
  readonly name: string;
}

/** A level, a level of the weights' own, or views of a caller's own. */
export type Quality = QualityLevel | (string & {}) | Recipe;

/** Views by level. `fast` is one pass by TF-OD's rule; the others fuse several sizes. */
export const qualityLevels: Readonly<Record<Exclude<QualityLevel, 'fast'>, readonly View[]>> = {
  balanced: [{ size: 300 }, { size: 492 }],
  high: [{ size: 300 }, { size: 300, flip: true }, { size: 428 }, { size: 620 }],
  max: [{ size: 300 }, { size: 300, flip: true }, { size: 428 }, { size: 620 }, { size: 876 }],
};

/** Smallest side of a view: below it the last feature maps have nothing to see. */
const smallestView = 96;
/** Largest side of a view: a pass needs some 500 bytes of memory per pixel. */
const largestView = 2048;
/** Most tiles of a view. */
const mostTiles = 4096;

export function isTiled(view: View): view is TileView {
  return 'tiles' in view;
}

/**
 * The recipe of a quality; undefined for `fast`.
 *
 * @param levels those of the weights' own
 * @throws SsdliteError `INVALID_ARGUMENT` for an unknown level, no view, a size under 96 or over 2048, an overlap of 1, no tile, size
 *   weights that do not rise
 */
export function resolveQuality(
  quality: Quality,
  levels: readonly NamedRecipe[] = [],
): Required<Recipe> | undefined {
  if (quality === 'fast') return undefined;
  if (typeof quality === 'string') return findLevel(quality, levels);
  const { views, sizeWeights = cocoSizeWeights } = (quality ?? {}) as Partial<Recipe>;
  checkViews(views);
  checkSizeWeights(sizeWeights);
  return { views, sizeWeights };
}

/** @throws SsdliteError `INVALID_ARGUMENT` */
export function checkViews(views: unknown): asserts views is readonly View[] {
  if (!Array.isArray(views) || views.length === 0) {
    throw invalid('quality.views is empty', views, 'Pass at least one view, for instance { size: 300 }.');
  }
  for (const [index, view] of views.entries()) checkView(view, `quality.views[${index}]`);
}

function findLevel(name: string, levels: readonly NamedRecipe[]): Required<Recipe> {
  const own = levels.find((level) => level.name === name);
  if (own) return own;
  if (isBuiltIn(name)) return { views: qualityLevels[name], sizeWeights: cocoSizeWeights };
  const names = ['fast', ...Object.keys(qualityLevels), ...levels.map((level) => level.name)];
  const nearest = nearestName(name, names);
  throw invalid(
    `quality is ${JSON.stringify(name)}`,
    name,
    `${nearest === undefined ? '' : `Did you mean '${nearest}'? `}Pass one of ${names.join(', ')}, or { views }.`,
  );
}

/** Whether every weights file has this level. */
export function isBuiltIn(name: string): name is keyof typeof qualityLevels {
  return Object.hasOwn(qualityLevels, name);
}

function checkView(view: View, name: string): void {
  if (typeof view !== 'object' || view === null)
    throw invalid(`${name} is ${String(view)}`, view, 'Pass { size } or { tiles, overlap }.');
  if (!isTiled(view)) {
    const { size } = view;
    const sides = typeof size === 'object' && size !== null ? [size.height, size.width] : [size];
    for (const side of sides) {
      if (Number.isInteger(side) && side >= smallestView && side <= largestView) continue;
      throw invalid(
        `${name}.size is ${JSON.stringify(size)}`,
        size,
        `Pass whole pixels from ${smallestView} to ${largestView}.`,
      );
    }
    return;
  }
  const { tiles, overlap } = view;
  const [columns, rows] = Array.isArray(tiles) ? tiles : [];
  const counts = [columns, rows].every((count) => Number.isInteger(count) && (count ?? 0) >= 1);
  if (!counts || (columns ?? 0) * (rows ?? 0) > mostTiles) {
    throw invalid(
      `${name}.tiles is ${JSON.stringify(tiles)}`,
      tiles,
      `Pass columns and rows, at most ${mostTiles} tiles.`,
    );
  }
  if (!(typeof overlap === 'number' && overlap >= 0 && overlap < 1)) {
    throw invalid(
      `${name}.overlap is ${overlap}`,
      overlap,
      'Pass a number from 0 to less than 1, for instance 0.2.',
    );
  }
}

function invalid(what: string, value: unknown, next: string): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `${what}.`, { value, next });
}
