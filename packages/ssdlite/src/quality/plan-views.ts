// From views to what the network is given: which part of the picture, at which size.

import { type Placement, place, type Size } from '../detect/placement.ts';
import type { BoxXywh } from '../detection.ts';
import { isTiled, type TileView, type View, type WholeView } from './views.ts';

/** One pass of the network over a part of the picture. */
export interface PlannedPass {
  /** Place of its view among the views. */
  readonly view: number;
  readonly placement: Placement;
  /** Whether a side of a tile lies inside the region: an object that touches it may be cut. */
  readonly cut: {
    readonly left: boolean;
    readonly top: boolean;
    readonly right: boolean;
    readonly bottom: boolean;
  };
}

/** Plans all passes over a region of a picture. */
export function planViews(
  views: readonly View[],
  { region, trained }: { readonly region: BoxXywh; readonly trained: Size },
): PlannedPass[] {
  return views.flatMap((view, index) =>
    isTiled(view) ? planTiles(view, index, { region, trained }) : [planWhole(view, index, region)],
  );
}

/** Multiply-adds of the passes, as a multiple of one pass at the trained size. */
export function costOf(passes: readonly PlannedPass[], trained: Size): number {
  const pixels = passes.reduce((sum, { placement: { input } }) => sum + input.height * input.width, 0);
  return pixels / (trained.height * trained.width);
}

function planWhole(
  { size, flip = false, keepAspect = false }: WholeView,
  view: number,
  region: BoxXywh,
): PlannedPass {
  const square = typeof size === 'number' ? { height: size, width: size } : size;
  const input = keepAspect ? inShapeOf(region, Math.max(square.height, square.width)) : square;
  return {
    view,
    placement: place(region, { input, letterbox: false, flip }),
    cut: { left: false, top: false, right: false, bottom: false },
  };
}

/** The longer side is `longer`; the other follows the shape, to the nearest size that pads as the trained one (12 over a multiple of 32). */
function inShapeOf({ width, height }: BoxXywh, longer: number): Size {
  const shorter = (longer * Math.min(width, height)) / Math.max(width, height);
  const fitting = Math.max(108, Math.round((shorter - 12) / 32) * 32 + 12);
  return width >= height ? { height: fitting, width: longer } : { height: longer, width: fitting };
}

function planTiles(
  { tiles: [columns, rows], overlap, flip = false }: TileView,
  view: number,
  { region, trained }: { readonly region: BoxXywh; readonly trained: Size },
): PlannedPass[] {
  const across = cutAxis(region.x, region.width, columns, overlap);
  const down = cutAxis(region.y, region.height, rows, overlap);
  return down.flatMap((y, row) =>
    across.map((x, column) => ({
      view,
      placement: place(
        { x: x.from, y: y.from, width: x.length, height: y.length },
        { input: trained, letterbox: false, flip },
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
