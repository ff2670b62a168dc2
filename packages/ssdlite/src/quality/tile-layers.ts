// A large picture in layers of tiles, each layer's tiles twice as large as those of the next: every object is whole in some tile that shows it at a good size.

import { SsdliteError } from '@ssdlite/layers';
import type { Size } from '../detect/placement.ts';
import type { BoxXywh } from '../detection.ts';
import { type PlannedPass, planView, sidesInside } from './plan-views.ts';
import type { View } from './views.ts';

/** What neighbouring tiles have in common, as a share of a tile: what is cut in one layer is smaller than that in the next coarser one. */
const overlap = 0.25;

/** Most tiles of a layer. */
const mostTiles = 65_536;

/** Smallest tile, in pixels of the picture. */
export const smallestTile = 96;

export interface TileLayersOptions {
  /** What is looked at, in pixels of the picture. */
  readonly region: BoxXywh;
  /** Side of the smallest tiles, in pixels of the picture. */
  readonly tileSize: number;
  readonly trained: Size;
}

/**
 * The passes over a picture by layers, coarse to fine: each view on the whole region, then on the tiles of each layer. Tiles double from
 * `tileSize` until the whole region is not much larger than one.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` if there were more than 65,536 tiles
 */
export function planTileLayers(
  views: readonly View[],
  { region, tileSize, trained }: TileLayersOptions,
): PlannedPass[][] {
  const layers = layerSizes(region, tileSize).map((size) => tilesOf(region, size));
  const looks = [[region], ...layers];
  return looks.flatMap((tiles) =>
    views.map((view) =>
      tiles.flatMap((tile) =>
        planView(view, { region: tile, trained }).map((pass) => ({
          ...pass,
          cut: sidesInside(tile, region),
        })),
      ),
    ),
  );
}

/** Sides of the tiles by layer, coarse to fine. */
export function layerSizes(region: BoxXywh, tileSize: number): number[] {
  const sizes = [];
  // A tile that holds most of the region adds nothing to the whole.
  for (let size = tileSize; size < Math.max(region.width, region.height) / 1.25; size *= 2)
    sizes.unshift(size);
  return sizes;
}

/** Tiles of one size that cover a region, row by row. Neighbours have at least a quarter in common. */
export function tilesOf(region: BoxXywh, size: number): BoxXywh[] {
  const across = starts(region.x, region.width, size);
  const down = starts(region.y, region.height, size);
  if (across.length * down.length > mostTiles) {
    throw new SsdliteError(
      'INVALID_ARGUMENT',
      `Tiles of ${size} pixels are ${across.length} x ${down.length} on a picture of ${region.width} x ${region.height}.`,
      { value: size, next: `Pass a larger tileSize: at most ${mostTiles} tiles are looked at.` },
    );
  }
  const width = Math.min(size, region.width);
  const height = Math.min(size, region.height);
  return down.flatMap((y) => across.map((x) => ({ x, y, width, height })));
}

/** Whole pixels at which tiles begin, evenly spread from one end to the other. */
function starts(from: number, length: number, size: number): number[] {
  if (length <= size) return [from];
  const count = Math.ceil((length - size * overlap) / (size * (1 - overlap)));
  return Array.from({ length: count }, (_, index) =>
    index === count - 1 ? from + length - size : from + Math.floor((index * (length - size)) / (count - 1)),
  );
}
