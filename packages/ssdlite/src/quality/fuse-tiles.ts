// Fusion of a large picture's tiles window by window: fusing compares boxes in pairs, and those that lie far apart have nothing to do with each other.

import { iou } from '../boxes/iou.ts';
import type { BoxXywh } from '../detection.ts';
import { type FuseOptions, fuseSeenViews } from './fuse-seen-views.ts';
import type { FusedBoxes } from './fusion/fusion.ts';
import { sameObject } from './fusion/size-weighted-fusion.ts';
import type { SeenView } from './view-boxes.ts';

export interface FuseTilesOptions extends FuseOptions {
  /** What was looked at, in pixels of the picture. */
  readonly region: BoxXywh;
  /** Side of the finest tiles, in pixels of the picture. */
  readonly tileSize: number;
}

/** A window, and the objects that it is there for: their centre lies in its core, their longer side is within bounds. */
interface Window {
  readonly core: BoxXywh;
  readonly over: number;
  readonly upTo: number;
}

/** Side of a window, in sides of the largest objects that it is there for. */
const windowPerObject = 4;
/** Boxes this much smaller or larger than an object overlap it by too little to change its score: by less than a thousandth. */
const otherSizes = 8;
/** Most objects of one window, of which a crowd has some hundreds. */
const mostPerWindow = 400;
/** Objects so near to a window's bounds may count beyond them: what is found on both sides is dropped on one. */
const slack = 0.03;

/**
 * What `fuseSeenViews` gives for all boxes at once, but for what differs in a far corner of the picture: objects are fused among the boxes
 * around them, small ones in small windows and large ones in larger ones, up to the whole picture.
 */
export function fuseTiles(
  views: readonly SeenView[],
  { region, tileSize, ...options }: FuseTilesOptions,
): FusedBoxes {
  const { maxDetections } = options;
  // However few are asked for: a window's best may be another's objects.
  const bound = { ...options, maxDetections: mostPerWindow };
  const found: Found[] = [];
  for (const windows of windowLevels(region, tileSize)) {
    for (const [place, parts] of partsOf(views, windows)) {
      const window = windows.at(place);
      const fused = fuseSeenViews(parts, bound);
      for (let index = 0; index < fused.count; index++) {
        const corners = fused.boxes.subarray(index * 4, index * 4 + 4);
        if (!isFor(window, corners)) continue;
        const column = fused.columns[index] as number;
        const score = fused.scores[index] as number;
        found.push({ column, score, corners });
      }
    }
  }
  return toFused(withoutTwice(found).slice(0, maxDetections));
}

/** A fused box. */
interface Found {
  readonly column: number;
  readonly score: number;
  readonly corners: Float32Array;
}

/** Windows of one size, side by side over the region. */
interface WindowLevel {
  readonly side: number;
  readonly across: number;
  readonly down: number;
  /** How far a window sees beyond its core. */
  readonly margin: number;
  readonly region: BoxXywh;
  /** Longer sides of the boxes that matter. */
  readonly least: number;
  readonly most: number;
  at(place: number): Window;
}

/** From the windows for objects of a tile's size up to one for the whole region. */
function windowLevels(region: BoxXywh, tileSize: number): WindowLevel[] {
  const levels: WindowLevel[] = [];
  for (let object = tileSize, last = false; !last; object *= 2) {
    const side = object * windowPerObject;
    last = side >= Math.max(region.width, region.height);
    const over = levels.length === 0 ? 0 : object / 2;
    const upTo = last ? Number.POSITIVE_INFINITY : object;
    const across = Math.ceil(region.width / side);
    levels.push({
      side,
      across,
      down: Math.ceil(region.height / side),
      margin: object / 2,
      region,
      least: over / otherSizes,
      most: upTo * otherSizes,
      at: (place) => ({
        core: {
          x: region.x + (place % across) * side,
          y: region.y + Math.floor(place / across) * side,
          width: side,
          height: side,
        },
        over,
        upTo,
      }),
    });
  }
  return levels;
}

/** What each window sees of the views, and its place. Windows that see nothing are left out. */
function* partsOf(
  views: readonly SeenView[],
  level: WindowLevel,
): Generator<readonly [place: number, parts: SeenView[]], void, void> {
  const boxesOf = views.map(({ boxes, count }) =>
    byPlace(Array(count).keys(), level, (box) => {
      const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = boxes.subarray(box * 4, box * 4 + 4);
      const corners = { x: xmin, y: ymin, width: xmax - xmin, height: ymax - ymin };
      const longer = Math.max(corners.width, corners.height);
      return longer < level.least || longer > level.most ? undefined : corners;
    }),
  );
  const regionsOf = views.map(({ regions }) => byPlace(regions, level, (part) => part));
  const places = new Set(boxesOf.flatMap((byPlace) => [...byPlace.keys()]));
  for (const place of [...places].sort((a, b) => a - b)) {
    const seen = views.map((view, index) => ({
      ...pick(view, boxesOf[index]?.get(place) ?? []),
      regions: regionsOf[index]?.get(place) ?? [],
    }));
    yield [place, seen];
  }
}

/** Things by the windows that see something of where they lie; what lies nowhere is left out. */
function byPlace<T>(
  things: Iterable<T>,
  level: WindowLevel,
  whereOf: (thing: T) => BoxXywh | undefined,
): Map<number, T[]> {
  const found = new Map<number, T[]>();
  for (const thing of things) {
    const where = whereOf(thing);
    if (!where) continue;
    for (const place of placesOf(where, level)) {
      const list = found.get(place);
      if (list) list.push(thing);
      else found.set(place, [thing]);
    }
  }
  return found;
}

/** The windows that see something of a part of the picture. */
function* placesOf(
  { x, y, width, height }: BoxXywh,
  { side, across, down, margin, region }: WindowLevel,
): Generator<number, void, void> {
  const bounded = (place: number, count: number) => Math.min(Math.max(Math.floor(place), 0), count - 1);
  const left = bounded((x - region.x - margin) / side, across);
  const right = bounded((x + width - region.x + margin) / side, across);
  const top = bounded((y - region.y - margin) / side, down);
  const bottom = bounded((y + height - region.y + margin) / side, down);
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) yield row * across + column;
}

function pick(view: SeenView, indices: readonly number[]): SeenView {
  const boxes = new Float32Array(indices.length * 4);
  for (const [place, index] of indices.entries())
    boxes.set(view.boxes.subarray(index * 4, index * 4 + 4), place * 4);
  return {
    ...view,
    count: indices.length,
    columns: Int32Array.from(indices, (index) => view.columns[index] as number),
    scores: Float64Array.from(indices, (index) => view.scores[index] as number),
    boxes,
  };
}

function isFor({ core, over, upTo }: Window, corners: Float32Array): boolean {
  const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = corners;
  const longer = Math.max(ymax - ymin, xmax - xmin);
  if (longer <= over * (1 - slack) || longer > upTo * (1 + slack)) return false;
  const room = longer * slack;
  const x = (xmin + xmax) / 2 - core.x;
  const y = (ymin + ymax) / 2 - core.y;
  return x >= -room && y >= -room && x < core.width + room && y < core.height + room;
}

/** Best first; of an object that was found twice, by two windows or by one (suppression leaves some such), the better one. */
function withoutTwice(found: Found[]): Found[] {
  const sorted = found.sort((a, b) => b.score - a.score);
  const { boxes } = toFused(sorted);
  const keptOf = new Map<number, number[]>();
  return sorted.filter(({ column }, index) => {
    const others = keptOf.get(column) ?? [];
    keptOf.set(column, others);
    if (others.some((other) => iou(boxes, other, index) >= sameObject)) return false;
    others.push(index);
    return true;
  });
}

function toFused(found: readonly Found[]): FusedBoxes {
  const boxes = new Float32Array(found.length * 4);
  for (const [place, { corners }] of found.entries()) boxes.set(corners, place * 4);
  return {
    count: found.length,
    columns: Int32Array.from(found, ({ column }) => column),
    scores: Float64Array.from(found, ({ score }) => score),
    boxes,
  };
}
