// The boxes of all views by class, the most telling first.

import type { ViewBoxes } from '../view-boxes.ts';

/** The boxes of one class from all views, in falling order of score times weight. */
export interface ClassBoxes {
  readonly column: number;
  readonly count: number;
  readonly scores: Float64Array;
  /** What a box's own view is worth for it, against the view that is worth most: 0 to 1. */
  readonly weights: Float64Array;
  /** Place of a box's view among the views. */
  readonly views: Int32Array;
  /** `[count, 4]`, corners (ymin, xmin, ymax, xmax) in pixels of the picture. */
  readonly boxes: Float32Array;
}

/**
 * Sorts the boxes of all views by class; of equal ones the first. Classes in order of their best box.
 *
 * @param thresholds by column: a class without a box of so high a score in any view is left out, as fused boxes have no higher ones
 */
export function groupBoxes(
  views: readonly ViewBoxes[],
  {
    most,
    thresholds,
  }: {
    /** Best boxes of a class that are kept. */
    readonly most: number;
    readonly thresholds?: Float64Array | undefined;
  },
): ClassBoxes[] {
  const highest = highestScores(views);
  const total = views.reduce((sum, { count }) => sum + count, 0);
  const viewOf = new Int32Array(total);
  const placeOf = new Int32Array(total);
  const weights = new Float64Array(total);
  const allRanks = new Float32Array(total);
  let at = 0;
  for (const [index, view] of views.entries()) {
    for (let box = 0; box < view.count; box++) {
      const column = view.columns[box] as number;
      if ((highest[column] as number) < (thresholds?.[column] ?? 0)) continue;
      const weight = weightOf(view, { views, logSize: logSizeOf(view.boxes, box) });
      viewOf[at] = index;
      placeOf[at] = box;
      weights[at] = weight;
      allRanks[at] = weight * (view.scores[box] as number);
      at++;
    }
  }
  const ranks = allRanks.subarray(0, at);
  const groups = new Map<number, number[]>();
  for (const box of fallingOrder(ranks)) {
    const column = views[viewOf[box] as number]?.columns[placeOf[box] as number] as number;
    const group = groups.get(column);
    if (!group) groups.set(column, [box]);
    else if (group.length < most) group.push(box);
  }
  return Array.from(groups, ([column, members]) => {
    const boxes = new Float32Array(members.length * 4);
    const scores = new Float64Array(members.length);
    for (const [rank, member] of members.entries()) {
      const view = views[viewOf[member] as number] as ViewBoxes;
      const box = placeOf[member] as number;
      scores[rank] = view.scores[box] as number;
      for (let side = 0; side < 4; side++) boxes[rank * 4 + side] = view.boxes[box * 4 + side] as number;
    }
    return {
      column,
      count: members.length,
      scores,
      weights: Float64Array.from(members, (member) => weights[member] as number),
      views: Int32Array.from(members, (member) => viewOf[member] as number),
      boxes,
    };
  });
}

/** The highest score of each column in any view. */
function highestScores(views: readonly ViewBoxes[]): Float64Array {
  let last = 0;
  for (const { columns } of views) for (const column of columns) if (column > last) last = column;
  const highest = new Float64Array(last + 1);
  for (const { count, columns, scores } of views) {
    for (let box = 0; box < count; box++) {
      const column = columns[box] as number;
      if ((scores[box] as number) > (highest[column] as number)) highest[column] = scores[box] as number;
    }
  }
  return highest;
}

/** log2 of the square root of a box's area. */
export function logSizeOf(boxes: Float32Array, index: number): number {
  const at = index * 4;
  const height = (boxes[at + 2] as number) - (boxes[at] as number);
  return Math.log2(height * ((boxes[at + 3] as number) - (boxes[at + 1] as number))) / 2;
}

function weightOf(
  view: ViewBoxes,
  { views, logSize }: { readonly views: readonly ViewBoxes[]; readonly logSize: number },
): number {
  let most = 0;
  for (const other of views) most = Math.max(most, other.worthAt(logSize));
  return view.worthAt(logSize) / most;
}

/** Places that one number holds beside a rank: 2^21, of float64's 53 bits. */
const places = 2 ** 21;

/**
 * Places of the ranks, the highest rank first, the lower place first among equals. Positive float32 numbers are in the order of their bits,
 * so rank and place fit into one number, and a typed array of numbers is sorted without a call per pair.
 */
export function fallingOrder(ranks: Float32Array): Int32Array {
  const bits = new Uint32Array(ranks.buffer, ranks.byteOffset, ranks.length);
  if (ranks.length > places)
    return Int32Array.from(ranks.keys()).sort((a, b) => (ranks[b] as number) - (ranks[a] as number) || a - b);
  const keys = Float64Array.from(bits, (rank, place) => rank * places + (places - 1 - place)).sort();
  const order = new Int32Array(ranks.length);
  for (let i = 0; i < order.length; i++)
    order[i] = places - 1 - ((keys[order.length - 1 - i] as number) % places);
  return order;
}
