// From views to what the network is given: which part of the picture, at which size.

import { describe } from '@ssdlite/layers';
import { type Placement, place, type Size } from '../detect/placement.ts';
import { resolveRegion } from '../detect/resolve-region.ts';
import type { BoxXywh } from '../detection.ts';
import type { SsdConfig } from '../network/ssd-config.ts';
import { ssdNetwork } from '../network/ssd-network.ts';
import { isTiled, sizeOf, sizeStep, type TileView, type View, type WholeView } from './views.ts';

/** One pass of the network over a part of the picture. */
export interface PlannedPass {
  readonly placement: Placement;
  /** Whether a side of the part lies inside what is looked at: an object that touches it may be cut. */
  readonly cut: Sides;
}

/** What holds of the four sides of a part of a picture. */
export interface Sides {
  readonly left: boolean;
  readonly top: boolean;
  readonly right: boolean;
  readonly bottom: boolean;
}

/**
 * The passes of one view over a region of a picture.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for a view whose own region is not inside
 */
export function planView(
  view: View,
  { region, trained }: { readonly region: BoxXywh; readonly trained: Size },
): PlannedPass[] {
  const part = view.region === undefined ? region : resolveRegion(view.region, region);
  const passes = isTiled(view) ? planTiles(view, part, trained) : [planWhole(view, part, trained)];
  return passes.map(({ placement, cut }) => ({ placement, cut: join(cut, sidesInside(part, region)) }));
}

/** Multiply-adds of passes, as a multiple of one pass at the trained size. */
export function costOf(passes: readonly PlannedPass[], architecture: SsdConfig): number {
  const multiplyAdds = (inputSize: Size): number => multiplyAddsAt(architecture, inputSize);
  const sum = passes.reduce((sum, { placement }) => sum + multiplyAdds(placement.input), 0);
  return sum / multiplyAdds(architecture.inputSize);
}

/** The same of looking at a whole picture by these views. */
export function costOfViews(
  views: readonly View[],
  { image, architecture }: { readonly image: Size; readonly architecture: SsdConfig },
): number {
  const region = { x: 0, y: 0, width: image.width, height: image.height };
  const passes = views.flatMap((view) => planView(view, { region, trained: architecture.inputSize }));
  return costOf(passes, architecture);
}

/** What was counted before, as counting takes a few milliseconds. */
const counted = new WeakMap<SsdConfig, Map<string, number>>();

function multiplyAddsAt(architecture: SsdConfig, inputSize: Size): number {
  const sizes = counted.get(architecture) ?? new Map<string, number>();
  counted.set(architecture, sizes);
  const key = `${inputSize.height} x ${inputSize.width}`;
  const known = sizes.get(key) ?? describe(ssdNetwork({ ...architecture, inputSize })).multiplyAdds;
  sizes.set(key, known);
  return known;
}

function planWhole(
  { size, flip = false, keepAspect = false }: WholeView,
  region: BoxXywh,
  trained: Size,
): PlannedPass {
  const most = sizeOf(size);
  const input = keepAspect ? inShapeOf(region, most.height * most.width, trained) : most;
  return { placement: place(region, { input, letterbox: false, flip }), cut: nowhere };
}

const nowhere: Sides = { left: false, top: false, right: false, bottom: false };

/** Shortest side of an input that keeps its picture's shape: of very long pictures the shape gives way. */
const shortest = 96;

/**
 * The input that is nearest to a region's shape, of sides that are padded as the trained one, with at most `most` pixels: what is lost
 * of shape and what is lost of pixels count alike.
 */
function inShapeOf({ width, height }: BoxXywh, most: number, trained: Size): Size {
  const sides = (of: number): number[] => {
    const found = [];
    const longest = most / shortest;
    for (let side = shortest + ((of - shortest) % sizeStep); side <= longest; side += sizeStep)
      if (side >= shortest) found.push(side);
    return found;
  };
  const shape = Math.log(width / height);
  let best: Size = { height: shortest, width: shortest };
  let least = Number.POSITIVE_INFINITY;
  const heights = sides(trained.height);
  for (const across of sides(trained.width)) {
    for (const down of heights) {
      if (across * down > most) break;
      const loss = Math.abs(Math.log(across / down) - shape) + Math.log(most / (across * down));
      if (loss < least) {
        best = { height: down, width: across };
        least = loss;
      }
    }
  }
  return best;
}

function planTiles(
  { tiles: [columns, rows], overlap, size, flip = false }: TileView,
  region: BoxXywh,
  trained: Size,
): PlannedPass[] {
  const across = cutAxis(region.x, region.width, columns, overlap);
  const down = cutAxis(region.y, region.height, rows, overlap);
  const input = size === undefined ? trained : sizeOf(size);
  return down.flatMap((y, row) =>
    across.map((x, column) => ({
      placement: place(
        { x: x.from, y: y.from, width: x.length, height: y.length },
        { input, letterbox: false, flip },
      ),
      cut: { left: column > 0, top: row > 0, right: column < columns - 1, bottom: row < rows - 1 },
    })),
  );
}

/** Equal parts that share `overlap` of the whole with each neighbour. */
function cutAxis(
  from: number,
  length: number,
  count: number,
  overlap: number,
): { from: number; length: number }[] {
  const part = count === 1 ? length : (length * (1 + (count - 1) * overlap)) / count;
  const step = count === 1 ? 0 : (length - part) / (count - 1);
  return Array.from({ length: count }, (_, index) => ({ from: from + index * step, length: part }));
}

/** Which sides of a part do not lie on the border of the whole. */
export function sidesInside(part: BoxXywh, whole: BoxXywh): Sides {
  return {
    left: part.x > whole.x,
    top: part.y > whole.y,
    right: part.x + part.width < whole.x + whole.width,
    bottom: part.y + part.height < whole.y + whole.height,
  };
}

function join(a: Sides, b: Sides): Sides {
  return {
    left: a.left || b.left,
    top: a.top || b.top,
    right: a.right || b.right,
    bottom: a.bottom || b.bottom,
  };
}
