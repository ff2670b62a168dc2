// What each view found, in pixels of the picture.

import type { Candidates } from '../boxes/candidates.ts';
import { mapToImage } from '../detect/placement.ts';
import type { BoxXywh } from '../detection.ts';
import type { PlannedPass } from './plan-views.ts';

/** What one view saw, of all its tiles together. */
export interface SeenView {
  readonly count: number;
  /** Columns of the classes in the logits. */
  readonly columns: Int32Array;
  readonly scores: Float64Array;
  /** `[count, 4]`, corners (ymin, xmin, ymax, xmax) in pixels of the picture. */
  readonly boxes: Float32Array;
  /** The parts of the picture that its passes saw, in pixels. */
  readonly regions: readonly BoxXywh[];
  /** Pixels of the network's input per pixel of the picture: the geometric mean of the two axes. */
  readonly magnification: number;
}

/** The same, with what the view is worth. */
export interface ViewBoxes extends Pick<SeenView, 'count' | 'columns' | 'scores' | 'boxes'> {
  /** What this view is worth for a box, by log2 of the square root of its area in pixels of the picture. */
  worthAt(logSize: number): number;
  /** Whether the view, or one of its tiles, holds a box whole. */
  sees(corners: Float32Array): boolean;
}

/** A pass and what it found. */
export interface PassBoxes {
  readonly pass: PlannedPass;
  readonly candidates: Candidates;
}

/** Room for rounding when a box is compared with the border of a tile, in pixels of the picture. */
const borderSlack = 1;

/**
 * Maps the candidates of a view's passes back to the picture; boxes that the inner borders of its parts may have cut are left out.
 *
 * @param passes at least one, all of one magnification
 */
export function collectView(passes: readonly PassBoxes[]): SeenView {
  const most = passes.reduce((sum, { candidates }) => sum + candidates.count, 0);
  const columns = new Int32Array(most);
  const scores = new Float64Array(most);
  const boxes = new Float32Array(most * 4);
  let count = 0;
  for (const { pass, candidates } of passes) {
    const mapped = mapToImage(candidates.boxes, pass.placement);
    for (let index = 0; index < candidates.count; index++) {
      const at = index * 4;
      if (!hasArea(mapped, at) || isCut(mapped, at, pass)) continue;
      columns[count] = candidates.columns[index] as number;
      scores[count] = candidates.scores[index] as number;
      for (let side = 0; side < 4; side++) boxes[count * 4 + side] = mapped[at + side] as number;
      count++;
    }
  }
  const [first] = passes as readonly [PassBoxes, ...PassBoxes[]];
  const { region, input } = first.pass.placement;
  return {
    count,
    columns: columns.subarray(0, count),
    scores: scores.subarray(0, count),
    boxes: boxes.subarray(0, count * 4),
    regions: passes.map(({ pass }) => pass.placement.region),
    magnification: Math.sqrt((input.width / region.width) * (input.height / region.height)),
  };
}

/** @param weigh what a view is worth for an object, by log2 of its size in pixels of the network's input */
export function weighView(seen: SeenView, weigh: (logSize: number) => number): ViewBoxes {
  const { regions, magnification } = seen;
  const logMagnification = Math.log2(magnification);
  return {
    ...seen,
    worthAt: (logSize) => weigh(logSize + logMagnification),
    sees: (corners) => regions.some((part) => holds(part, corners)),
  };
}

function hasArea(boxes: Float64Array, at: number): boolean {
  return (
    (boxes[at + 2] as number) > (boxes[at] as number) && (boxes[at + 3] as number) > (boxes[at + 1] as number)
  );
}

function isCut(boxes: Float64Array, at: number, { cut, placement }: PlannedPass): boolean {
  const { x, y, width, height } = placement.region;
  return (
    (cut.top && (boxes[at] as number) <= y + borderSlack) ||
    (cut.left && (boxes[at + 1] as number) <= x + borderSlack) ||
    (cut.bottom && (boxes[at + 2] as number) >= y + height - borderSlack) ||
    (cut.right && (boxes[at + 3] as number) >= x + width - borderSlack)
  );
}

function holds({ x, y, width, height }: BoxXywh, [ymin = 0, xmin = 0, ymax = 0, xmax = 0]: Float32Array) {
  return (
    xmin >= x - borderSlack &&
    ymin >= y - borderSlack &&
    xmax <= x + width + borderSlack &&
    ymax <= y + height + borderSlack
  );
}
