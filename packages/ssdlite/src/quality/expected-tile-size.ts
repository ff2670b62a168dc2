// How large tiles should be: by the size of the objects that a few tiles of every size find.

import type { Candidates } from '../boxes/candidates.ts';
import type { Size } from '../detect/placement.ts';
import type { BoxXywh } from '../detection.ts';
import { type PlannedPass, planView, sidesInside } from './plan-views.ts';
import { layerSizes, tilesOf } from './tile-layers.ts';
import { collectView } from './view-boxes.ts';

/** A tile that is looked at to learn how large objects are. */
export interface SampleTile {
  readonly pass: PlannedPass;
  /** How many tiles of its size it stands for. */
  readonly standsFor: number;
}

/** Tiles of one size that are looked at. */
const samplesPerLayer = 25;
/** What is found with less is not counted. */
const surely = 0.4;
/** Sizes in a tile's input at which a sample counts objects, as shares of its side: an octave and a half, so that few count twice. */
const counted = { from: 40 / 300, to: 120 / 300 };
/** Share of the objects that may be smaller than those for which tiles are made: of a mixture, few are lost. */
const smallerShare = 0.1;
/** Side of a tile, in sides of these objects: they are then some 64 of 300 pixels, where the network sees best. */
const tilePerObject = 300 / 64;
/** A tile's side where nothing was found, in sides of the trained input: as COCO's photos are. */
const photo = 640 / 300;

/** Tiles of every size from the whole region down to the picture's own resolution, spread evenly. */
export function planSamples(region: BoxXywh, trained: Size): SampleTile[] {
  const side = Math.max(trained.width, trained.height);
  return [Math.max(region.width, region.height), ...layerSizes(region, side)].flatMap((size) => {
    const tiles = tilesOf(region, size);
    const samples = spread(tiles, samplesPerLayer);
    return samples.flatMap((tile) =>
      planView({ size: trained }, { region: tile, trained }).map((pass) => ({
        pass: { ...pass, cut: sidesInside(tile, region) },
        standsFor: tiles.length / samples.length,
      })),
    );
  });
}

/** At most `most` of a list: every nth, by the golden ratio, so that they do not all lie in the same columns. */
function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  const golden = (Math.sqrt(5) - 1) / 2;
  const chosen = new Set<number>();
  for (let i = 1; chosen.size < most; i++) chosen.add(Math.floor(((i * golden) % 1) * list.length));
  return [...chosen].sort((a, b) => a - b).map((index) => list[index] as T);
}

/**
 * The side of the finest tiles, in pixels of the picture.
 *
 * @param samples with what was found on them, before suppression
 */
export function expectedTileSize(
  samples: readonly (SampleTile & { readonly candidates: Candidates })[],
  { region, trained }: { readonly region: BoxXywh; readonly trained: Size },
): number {
  const side = Math.max(trained.width, trained.height);
  const longest = Math.max(region.width, region.height);
  const objects = samples.flatMap((sample) => objectSizes(sample, side));
  const total = objects.reduce((sum, { weight }) => sum + weight, 0);
  let size = photo * side;
  let below = 0;
  for (const object of objects.sort((a, b) => a.size - b.size)) {
    below += object.weight;
    if (below < total * smallerShare) continue;
    size = object.size * tilePerObject;
    break;
  }
  // Not finer than the picture itself.
  return Math.round(Math.min(Math.max(size, side), Math.max(longest, side)));
}

/** Sizes in pixels of the picture, of what a sample is there to count. A box's weight is its score, as objects have several. */
function objectSizes(
  { pass, candidates, standsFor }: SampleTile & { readonly candidates: Candidates },
  side: number,
): { size: number; weight: number }[] {
  const { count, boxes, scores } = collectView([{ pass, candidates }]);
  const { region } = pass.placement;
  const magnification = side / Math.max(region.width, region.height);
  const found = [];
  for (let index = 0; index < count; index++) {
    const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = boxes.subarray(index * 4, index * 4 + 4);
    const size = Math.sqrt((ymax - ymin) * (xmax - xmin));
    const share = (size * magnification) / side;
    const score = scores[index] as number;
    if (score >= surely && share >= counted.from && share < counted.to)
      found.push({ size, weight: score * standsFor });
  }
  return found;
}
