// How often and how a picture is looked at: the levels of quality, and recipes of a caller's own.

import type { Size } from '../detect/placement.ts';
import type { BoxXywh } from '../detection.ts';
import type { FusionName } from './fusion/fusion-name.ts';
import type { SizeWeight } from './fusion/size-weight.ts';

/** What all views have in common. */
interface AnyView {
  /** Mirrored, left for right. Default false. */
  readonly flip?: boolean;
  /** Look only at this part of the picture, in its pixels. What this part may have cut at its borders is dropped. Default all of it. */
  readonly region?: BoxXywh;
}

/** The whole picture, or a part of it, at one size. */
export interface WholeView extends AnyView {
  /** Pixels of the network's input, each side or both; the picture is squashed to it. Sizes that are 12 more than a multiple of 32 fit best. */
  readonly size: number | Size;
  /** Keep the picture's shape instead: an input of that shape with at most as many pixels as `size`. Default false. */
  readonly keepAspect?: boolean;
}

/** The picture in overlapping tiles of one size. */
export interface TileView extends AnyView {
  /** Columns and rows. */
  readonly tiles: readonly [columns: number, rows: number];
  /** What neighbours have in common, as a share of the picture's side: 0 to less than 1. */
  readonly overlap: number;
  /** Pixels of the network's input for each tile. Default: the size for which the network was trained. */
  readonly size?: number | Size;
}

/** One look at a picture. */
export type View = WholeView | TileView;

/** How much is spent on a picture; see `qualityLevels`. */
export type QualityLevel = 'fast' | 'balanced' | 'high' | 'max';

/** How a picture is looked at, and how what the views see is fused. */
export interface Recipe {
  readonly views: readonly View[];
  /** What a view is worth for an object, by the object's size in pixels of the network's input. Default: as measured on COCO. */
  readonly sizeWeights?: readonly SizeWeight[];
  /** How the boxes of all views become one list. Default `size-weighted`, the only one that asks for `sizeWeights`. */
  readonly fusion?: FusionName;
}

/** A recipe under a name, from a weights' manifest; `ssdlite tune` makes them. */
export interface NamedRecipe extends Required<Pick<Recipe, 'views' | 'sizeWeights'>> {
  readonly name: string;
}

/** A level, a level of the weights' own, or views of a caller's own. */
export type Quality = QualityLevel | (string & {}) | Recipe;

/** Sizes that differ by this are padded alike: the network halves its input five times. */
export const sizeStep = 32;

/** Views by level, for weights trained at 300 x 300. `fast` is one pass by TF-OD's rule; the others fuse several sizes. */
export const qualityLevels: Readonly<
  Record<Exclude<QualityLevel, 'fast'>, readonly (WholeView & { readonly size: number })[]>
> = {
  balanced: [{ size: 300 }, { size: 492 }],
  high: [{ size: 300 }, { size: 300, flip: true }, { size: 428 }, { size: 620, keepAspect: true }],
  max: [
    { size: 300 },
    { size: 300, flip: true },
    { size: 428 },
    { size: 620, keepAspect: true },
    { size: 844, keepAspect: true },
  ],
};

/** The views of a level for weights trained at any size: as much larger than that as they are than 300. */
export function levelViews(level: Exclude<QualityLevel, 'fast'>, trained: Size): WholeView[] {
  return qualityLevels[level].map((view) => {
    const scaled = (side: number): number => {
      const wanted = (view.size / 300) * side;
      return side + Math.round((wanted - side) / sizeStep) * sizeStep;
    };
    return { ...view, size: { height: scaled(trained.height), width: scaled(trained.width) } };
  });
}

/** Whether every weights file has this level. */
export function isBuiltIn(name: string): name is keyof typeof qualityLevels {
  return Object.hasOwn(qualityLevels, name);
}

/** Height and width of a size that may be given as one number. */
export function sizeOf(size: number | Size): Size {
  return typeof size === 'number' ? { height: size, width: size } : size;
}

export function isTiled(view: View): view is TileView {
  return 'tiles' in view;
}
