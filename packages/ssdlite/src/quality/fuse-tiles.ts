// Fusion of a large picture's tiles window by window: fusing compares boxes in pairs, and those that lie far apart have nothing to do with each other.

import type { BoxXywh } from '../detection.ts';
import { type FuseOptions, fuseSeenViews } from './fuse-seen-views.ts';
import type { FusedBoxes } from './fusion/fusion.ts';
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
/** From this overlap on two boxes are of one object, in fusion too; suppression leaves some such. */
const sameObject = 0.6;

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
  const boxesOf = views.map(({ boxes, count }) => {
    const byPlace = new Map<number, number[]>();
    for (let box = 0; box < count; box++) {
      const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = boxes.subarray(box * 4, box * 4 + 4);
      const longer = Math.max(ymax - ymin, xmax - xmin);
      if (longer < level.least || longer > level.most) continue;
      const corners = { x: xmin, y: ymin, width: xmax - xmin, height: ymax - ymin };
      for (const place of placesOf(corners, level)) {
        const list = byPlace.get(place);
        if (list) list.push(box);
        else byPlace.set(place, [box]);
      }
    }
    return byPlace;
  });
  const regionsOf = views.map(({ regions }) => {
    const byPlace = new Map<number, BoxXywh[]>();
    for (const part of regions) {
      for (const place of placesOf(part, level)) {
        const list = byPlace.get(place);
        if (list) list.push(part);
        else byPlace.set(place, [part]);
      }
    }
    return byPlace;
  });
  const places = new Set(boxesOf.flatMap((byPlace) => [...byPlace.keys()]));
  for (const place of [...places].sort((a, b) => a - b)) {
    const seen = views.map((view, index) => ({
      ...pick(view, boxesOf[index]?.get(place) ?? []),
      regions: regionsOf[index]?.get(place) ?? [],
    }));
    yield [place, seen];
  }
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

/** Best first; of an object that was found twice, by two windows or by one, the better one. */
function withoutTwice(found: Found[]): Found[] {
  const kept: Found[] = [];
  const byColumn = new Map<number, Found[]>();
  for (const one of found.sort((a, b) => b.score - a.score)) {
    const others = byColumn.get(one.column) ?? [];
    byColumn.set(one.column, others);
    if (others.some((other) => areOne(other.corners, one.corners))) continue;
    others.push(one);
    kept.push(one);
  }
  return kept;
}

function areOne(a: Float32Array, b: Float32Array): boolean {
  const [aTop = 0, aLeft = 0, aBottom = 0, aRight = 0] = a;
  const [bTop = 0, bLeft = 0, bBottom = 0, bRight = 0] = b;
  const height = Math.min(aBottom, bBottom) - Math.max(aTop, bTop);
  const width = Math.min(aRight, bRight) - Math.max(aLeft, bLeft);
  if (height <= 0 || width <= 0) return false;
  const both = height * width;
  const either = (aBottom - aTop) * (aRight - aLeft) + (bBottom - bTop) * (bRight - bLeft) - both;
  return both >= sameObject * either;
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
