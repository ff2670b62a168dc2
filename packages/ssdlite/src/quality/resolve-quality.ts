// The `quality` of a call: checked, and turned into views and what fuses them.

import { SsdliteError } from '@ssdlite/layers';
import { oneOf } from '../check-option.ts';
import type { Size } from '../detect/placement.ts';
import { nearestName } from '../nearest-name.ts';
import { fusionNames } from './fusion/fusion-name.ts';
import { checkSizeWeights, cocoSizeWeights } from './fusion/size-weight.ts';
import {
  isBuiltIn,
  isTiled,
  levelViews,
  type NamedRecipe,
  type Quality,
  qualityLevels,
  type Recipe,
  type TileView,
  type View,
  type WholeView,
} from './views.ts';

/** What a quality other than `fast` comes to. */
export type ResolvedQuality = Required<Recipe>;

/** Smallest side of a view: below it the last feature maps have nothing to see. */
const smallestSide = 96;
/** Memory of one pass by pixels of its input: some 230 bytes on ONNX Runtime, twice as much on TensorFlow.js. */
const bytesPerPixel = 500;
/** Most memory that one pass may need. */
export const passMemoryBound = 2 * 1024 ** 3;
/** Most pixels of a view: 2072 x 2072. */
export const mostPixels = Math.floor(passMemoryBound / bytesPerPixel);
/** Most tiles of a view. */
const mostTiles = 4096;

const wholeNames = ['size', 'flip', 'keepAspect', 'region'] as const satisfies readonly (keyof WholeView)[];
const tileNames = [
  'tiles',
  'overlap',
  'size',
  'flip',
  'region',
] as const satisfies readonly (keyof TileView)[];
const recipeNames = ['views', 'sizeWeights', 'fusion'] as const satisfies readonly (keyof Recipe)[];

/**
 * The recipe of a quality; undefined for `fast`.
 *
 * @param levels those of the weights' own
 * @throws SsdliteError `INVALID_ARGUMENT` for an unknown level, fusion or name, no view, a size under 96 or of more memory than the bound,
 *   an overlap of 1, no tile, size weights that do not rise. A region is checked against the picture by `planView`.
 */
export function resolveQuality(
  quality: Quality,
  { trained, levels = [] }: { readonly trained: Size; readonly levels?: readonly NamedRecipe[] | undefined },
): ResolvedQuality | undefined {
  if (quality === 'fast') return undefined;
  if (typeof quality === 'string') return findLevel(quality, { trained, levels });
  const {
    views,
    sizeWeights = cocoSizeWeights,
    fusion = 'size-weighted',
  } = (quality ?? {}) as Partial<Recipe>;
  checkViews(views);
  checkNames(quality, recipeNames, 'quality');
  checkSizeWeights(sizeWeights);
  return { views, sizeWeights, fusion: oneOf('quality.fusion', fusion, fusionNames) };
}

/** @throws SsdliteError `INVALID_ARGUMENT` */
export function checkViews(views: unknown): asserts views is readonly View[] {
  if (!Array.isArray(views) || views.length === 0) {
    throw invalid('quality.views is empty', views, 'Pass at least one view, for instance { size: 300 }.');
  }
  for (const [index, view] of views.entries()) checkView(view, `quality.views[${index}]`);
}

function findLevel(
  name: string,
  { trained, levels }: { readonly trained: Size; readonly levels: readonly NamedRecipe[] },
): ResolvedQuality {
  const own = levels.find((level) => level.name === name);
  if (own) return { views: own.views, sizeWeights: own.sizeWeights, fusion: 'size-weighted' };
  if (isBuiltIn(name)) {
    return { views: levelViews(name, trained), sizeWeights: cocoSizeWeights, fusion: 'size-weighted' };
  }
  const names = ['fast', ...Object.keys(qualityLevels), ...levels.map((level) => level.name)];
  const nearest = nearestName(name, names);
  throw invalid(
    `quality is ${JSON.stringify(name)}`,
    name,
    `${nearest === undefined ? '' : `Did you mean '${nearest}'? `}Pass one of ${names.join(', ')}, or { views }.`,
  );
}

function checkView(view: View, name: string): void {
  if (typeof view !== 'object' || view === null)
    throw invalid(`${name} is ${String(view)}`, view, 'Pass { size } or { tiles, overlap }.');
  checkNames(view, isTiled(view) ? tileNames : wholeNames, name);
  checkFlag(`${name}.flip`, view.flip);
  if (isTiled(view)) {
    checkTiles(view, name);
    if (view.size !== undefined) checkSize(view.size, `${name}.size`);
  } else {
    checkFlag(`${name}.keepAspect`, view.keepAspect);
    checkSize(view.size, `${name}.size`);
  }
}

function checkSize(size: WholeView['size'], name: string): void {
  const sides = typeof size === 'object' && size !== null ? [size.height, size.width] : [size];
  for (const side of sides) {
    if (Number.isInteger(side) && side >= smallestSide) continue;
    throw invalid(
      `${name} is ${JSON.stringify(size)}`,
      size,
      `Pass whole pixels, at least ${smallestSide}: a number, or { width, height }.`,
    );
  }
  const [height = 0, width = height] = sides;
  if (height * width <= mostPixels) return;
  const gigabytes = (pixels: number): string => ((pixels * bytesPerPixel) / 1e9).toFixed(1);
  throw invalid(
    `${name} is ${JSON.stringify(size)}: one pass would need some ${gigabytes(height * width)} GB of memory, and the bound is ${gigabytes(mostPixels)} GB`,
    size,
    `Pass at most ${Math.floor(Math.sqrt(mostPixels))} x ${Math.floor(Math.sqrt(mostPixels))} pixels, or tiles.`,
  );
}

function checkTiles({ tiles, overlap }: TileView, name: string): void {
  const [columns, rows] = Array.isArray(tiles) ? tiles : [];
  const counts = [columns, rows].every((count) => Number.isInteger(count) && (count ?? 0) >= 1);
  if (!counts || (columns ?? 0) * (rows ?? 0) > mostTiles) {
    throw invalid(
      `${name}.tiles is ${JSON.stringify(tiles)}`,
      tiles,
      `Pass columns and rows, at most ${mostTiles} tiles.`,
    );
  }
  if (typeof overlap === 'number' && overlap >= 0 && overlap < 1) return;
  throw invalid(
    `${name}.overlap is ${overlap}`,
    overlap,
    'Pass a number from 0 to less than 1, for instance 0.2.',
  );
}

function checkFlag(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw invalid(`${name} is ${String(value)}`, value, 'Pass true or false.');
}

function checkNames(value: object, names: readonly string[], where: string): void {
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    throw invalid(
      `There is no ${where}.${name}`,
      name,
      nearest ? `Did you mean '${nearest}'?` : `There are: ${names.join(', ')}.`,
    );
  }
}

function invalid(what: string, value: unknown, next: string): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `${what}.`, { value, next });
}
