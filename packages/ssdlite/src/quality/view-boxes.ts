// What each view found, in pixels of the picture, and the same sorted by class.

import type { Candidates } from '../boxes/candidates.ts';
import { toImageBox } from '../detect/placement.ts';
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
  /** What this view is worth for a box, by the square root of its area in pixels of the picture. */
  worthOf(size: number): number;
  /** Whether the view, or one of its tiles, holds a box whole. */
  sees(corners: Float32Array): boolean;
}

/** Room for rounding when a box is compared with the border of a tile, in pixels of the picture. */
const borderSlack = 1;

/** Maps the candidates of a view's passes back to the picture; a tile's boxes that its inner borders may have cut are left out. */
export function collectView(
  passes: readonly { readonly pass: PlannedPass; readonly candidates: Candidates }[],
): SeenView {
  const columns: number[] = [];
  const scores: number[] = [];
  const boxes: number[] = [];
  for (const { pass, candidates } of passes) {
    for (let index = 0; index < candidates.count; index++) {
      const box = toImageBox(candidates.boxes, index, pass.placement);
      if (!box || isCut(box, pass)) continue;
      columns.push(candidates.columns[index] as number);
      scores.push(candidates.scores[index] as number);
      boxes.push(box.y, box.x, box.y + box.height, box.x + box.width);
    }
  }
  const [first] = passes;
  const { region, input } = (first as NonNullable<typeof first>).pass.placement;
  return {
    count: scores.length,
    columns: Int32Array.from(columns),
    scores: Float64Array.from(scores),
    boxes: Float32Array.from(boxes),
    regions: passes.map(({ pass }) => pass.placement.region),
    magnification: Math.sqrt((input.width / region.width) * (input.height / region.height)),
  };
}

/** @param weigh what a view is worth for an object, by its size in pixels of the network's input */
export function weighView(seen: SeenView, weigh: (size: number) => number): ViewBoxes {
  const { regions, magnification } = seen;
  return {
    ...seen,
    worthOf: (size) => weigh(size * magnification),
    sees: ([ymin = 0, xmin = 0, ymax = 0, xmax = 0]) =>
      regions.some(
        ({ x, y, width, height }) =>
          xmin >= x - borderSlack &&
          ymin >= y - borderSlack &&
          xmax <= x + width + borderSlack &&
          ymax <= y + height + borderSlack,
      ),
  };
}

function isCut(
  box: { x: number; y: number; width: number; height: number },
  { cut, placement }: PlannedPass,
): boolean {
  const { x, y, width, height } = placement.region;
  return (
    (cut.left && box.x <= x + borderSlack) ||
    (cut.top && box.y <= y + borderSlack) ||
    (cut.right && box.x + box.width >= x + width - borderSlack) ||
    (cut.bottom && box.y + box.height >= y + height - borderSlack)
  );
}

/** Square root of a box's area. */
export function boxSize(boxes: Float32Array, index: number): number {
  const at = index * 4;
  const height = (boxes[at + 2] as number) - (boxes[at] as number);
  return Math.sqrt(height * ((boxes[at + 3] as number) - (boxes[at + 1] as number)));
}

/** The boxes of one class from all views, in falling order of score times weight. */
export interface ClassBoxes {
  readonly column: number;
  readonly count: number;
  readonly scores: Float64Array;
  /** What a box's own view is worth for it, against the view that is worth most: 0 to 1. */
  readonly weights: Float64Array;
  /** Place of a box's view among the views. */
  readonly views: Int32Array;
  /** `[count, 4]`, corners in pixels of the picture. */
  readonly boxes: Float32Array;
}

/** Sorts the boxes of all views by class, and keeps the `most` best of each. */
export function groupBoxes(views: readonly ViewBoxes[], most: number): ClassBoxes[] {
  const groups = new Map<number, Entry[]>();
  for (const [index, view] of views.entries()) {
    for (let box = 0; box < view.count; box++) {
      const size = boxSize(view.boxes, box);
      let most = 0;
      for (const other of views) most = Math.max(most, other.worthOf(size));
      const weight = view.worthOf(size) / most;
      const score = view.scores[box] as number;
      const entry = { view: index, box, score, weight, rank: score * weight };
      const column = view.columns[box] as number;
      const group = groups.get(column);
      if (group) group.push(entry);
      else groups.set(column, [entry]);
    }
  }
  return Array.from(groups, ([column, entries]) => {
    const best = entries.sort((a, b) => b.rank - a.rank).slice(0, most);
    const boxes = new Float32Array(best.length * 4);
    for (const [at, { view, box }] of best.entries()) {
      const from = (views[view] as ViewBoxes).boxes;
      for (let side = 0; side < 4; side++) boxes[at * 4 + side] = from[box * 4 + side] as number;
    }
    return {
      column,
      count: best.length,
      scores: Float64Array.from(best, ({ score }) => score),
      weights: Float64Array.from(best, ({ weight }) => weight),
      views: Int32Array.from(best, ({ view }) => view),
      boxes,
    };
  });
}

interface Entry {
  readonly view: number;
  readonly box: number;
  readonly score: number;
  readonly weight: number;
  /** Score times weight. */
  readonly rank: number;
}
