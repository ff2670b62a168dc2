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
    mostOfClass = most,
    thresholds,
  }: {
    /** Best boxes of all classes together that are kept. */
    readonly most: number;
    /** Best boxes of one class that are kept. Default: `most`. */
    readonly mostOfClass?: number;
    readonly thresholds?: Float64Array | undefined;
  },
): ClassBoxes[] {
  const highest = highestScores(views);
  const total = views.reduce((sum, { count }) => sum + count, 0);
  const viewOf = new Int32Array(total);
  const placeOf = new Int32Array(total);
  const weights = new Float64Array(total);
  const allRanks = new Float32Array(total);
  const left = Uint8Array.from(highest, (score, column) => (score < (thresholds?.[column] ?? 0) ? 1 : 0));
  let at = 0;
  for (const [index, view] of views.entries()) {
    const { boxes, columns, scores } = view;
    for (let box = 0; box < view.count; box++) {
      if (left[columns[box] as number]) continue;
      const weight = weightOf(view, views, logSizeOf(boxes, box));
      viewOf[at] = index;
      placeOf[at] = box;
      weights[at] = weight;
      allRanks[at] = weight * (scores[box] as number);
      at++;
    }
  }
  const groups = new Map<number, number[]>();
  for (const box of fallingOrder(allRanks.subarray(0, at), most)) {
    const column = views[viewOf[box] as number]?.columns[placeOf[box] as number] as number;
    const group = groups.get(column);
    if (!group) groups.set(column, [box]);
    else if (group.length < mostOfClass) group.push(box);
  }
  return Array.from(groups, ([column, members]) => {
    const count = members.length;
    const group = {
      column,
      count,
      scores: new Float64Array(count),
      weights: new Float64Array(count),
      views: new Int32Array(count),
      boxes: new Float32Array(count * 4),
    };
    for (let rank = 0; rank < count; rank++) {
      const member = members[rank] as number;
      const index = viewOf[member] as number;
      const from = placeOf[member] as number;
      const { scores, boxes } = views[index] as ViewBoxes;
      group.scores[rank] = scores[from] as number;
      group.weights[rank] = weights[member] as number;
      group.views[rank] = index;
      for (let side = 0; side < 4; side++) group.boxes[rank * 4 + side] = boxes[from * 4 + side] as number;
    }
    return group;
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

function weightOf(view: ViewBoxes, views: readonly ViewBoxes[], logSize: number): number {
  let own = 0;
  let most = 0;
  for (const other of views) {
    const worth = other.worthAt(logSize);
    if (other === view) own = worth;
    if (worth > most) most = worth;
  }
  return own / most;
}

/** Places that one number holds beside a rank: 2^21, of float64's 53 bits. */
const places = 2 ** 21;

/**
 * Places of the highest ranks, the highest first, the lower place first among equals. Positive float32 numbers are in the order of their
 * bits, so rank and place fit into one number, and a typed array of numbers is sorted without a call per pair.
 *
 * @param most how many are wanted. Default: all
 */
export function fallingOrder(ranks: Float32Array, most = ranks.length): Int32Array {
  const bits = new Uint32Array(ranks.buffer, ranks.byteOffset, ranks.length);
  const lowest = ranks.length > most ? lowestOfHighest(bits, most) : 0;
  const wanted = new Int32Array(ranks.length);
  let count = 0;
  for (let place = 0; place < ranks.length; place++) {
    if ((bits[place] as number) >= lowest) wanted[count++] = place;
  }
  if (ranks.length > places) {
    return wanted
      .subarray(0, count)
      .sort((a, b) => (ranks[b] as number) - (ranks[a] as number) || a - b)
      .slice(0, most);
  }
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const place = wanted[i] as number;
    keys[i] = (bits[place] as number) * places + (places - 1 - place);
  }
  keys.sort();
  const order = new Int32Array(Math.min(count, most));
  for (let i = 0; i < order.length; i++) order[i] = places - 1 - ((keys[count - 1 - i] as number) % places);
  return order;
}

/** A number that at least so many reach, and few more: their upper halves are counted, which is faster than sorting them. */
function lowestOfHighest(numbers: Uint32Array, most: number): number {
  const counts = new Int32Array(2 ** 16);
  for (const number of numbers) counts[number >>> 16] = (counts[number >>> 16] as number) + 1;
  let half = counts.length;
  for (let reached = 0; reached < most && half > 0; ) reached += counts[--half] as number;
  return half * 2 ** 16;
}
