// Size-weighted fusion: boxes that several views found become one, whose score is the mean over the views, misses included.

import { iou } from '../boxes/iou.ts';
import { boxSize, type ClassBoxes, groupBoxes, type ViewBoxes } from './view-boxes.ts';

/** Fused boxes, best first. */
export interface FusedBoxes {
  readonly count: number;
  /** Column of the class in the logits. */
  readonly columns: Int32Array;
  readonly scores: Float64Array;
  /** `[count, 4]`, corners (ymin, xmin, ymax, xmax) in pixels of the picture. */
  readonly boxes: Float32Array;
}

/** Boxes of a class that are looked at, by score times weight. */
const mostBoxes = 600;
/** Fused boxes of a class. */
const mostCentres = 200;
/** From this overlap on two boxes are of one object. */
const sameObject = 0.6;
/** Width of the soft suppression among fused boxes: score * exp(-IoU^2 / 0.6). */
const softness = 0.6;

/**
 * Fuses the boxes of all views, class by class.
 *
 * 1. A box weighs as much as its view is worth for its size, against the view that is worth most.
 * 2. In order of score times weight, a box is a centre unless it overlaps an earlier one by more than 0.6.
 * 3. Each box belongs to the centre that it overlaps most. A centre's box is the mean of its members, by score, overlap and weight.
 * 4. A centre's score is the mean over all views of their best member's score, by what each view is worth; a view that found nothing
 *    counts 0. That is what tells a thing from an accident of one size.
 * 5. Fused boxes that overlap take score from one another (Gaussian soft-NMS).
 *
 * One view alone gives soft-NMS with box voting.
 */
export function fuseViews(
  views: readonly ViewBoxes[],
  { maxDetections }: { readonly maxDetections: number },
): FusedBoxes {
  const fused = groupBoxes(views, mostBoxes).map((group) => fuseClass(group, views, maxDetections));
  const all = fused.flatMap(({ column, scores, boxes }) =>
    Array.from(scores, (score, index) => ({ column, score, boxes, index })),
  );
  const best = all.sort((a, b) => b.score - a.score).slice(0, maxDetections);
  const boxes = new Float32Array(best.length * 4);
  for (const [rank, { boxes: own, index }] of best.entries()) {
    boxes.set(own.subarray(index * 4, index * 4 + 4), rank * 4);
  }
  return {
    count: best.length,
    columns: Int32Array.from(best, ({ column }) => column),
    scores: Float64Array.from(best, ({ score }) => score),
    boxes,
  };
}

interface FusedClass {
  readonly column: number;
  readonly scores: Float64Array;
  readonly boxes: Float32Array;
}

function fuseClass(group: ClassBoxes, views: readonly ViewBoxes[], maxDetections: number): FusedClass {
  const { centres, members } = findObjects(group);
  const count = centres.length;
  const boxes = new Float32Array(count * 4);
  const scores = new Float64Array(count);
  for (let centre = 0; centre < count; centre++) {
    const own = members[centre] ?? [];
    boxes.set(meanBox(group, own), centre * 4);
    scores[centre] = meanScore(group, centres[centre] as number, own, views);
  }
  return { column: group.column, ...suppressSoftly(boxes, scores, maxDetections) };
}

interface Member {
  readonly box: number;
  readonly overlap: number;
}

/**
 * Finds centres, greedily: none overlaps an earlier one by more than `sameObject`; boxes come in order of score times weight. Then every
 * box belongs to the centre that it overlaps most, if by at least `sameObject`.
 */
function findObjects({ count, boxes }: ClassBoxes): { centres: number[]; members: Member[][] } {
  const centres: number[] = [];
  for (let box = 0; box < count && centres.length < mostCentres; box++) {
    if (overlapWith(boxes, centres[closest(boxes, centres, box)], box) <= sameObject) centres.push(box);
  }
  const members: Member[][] = centres.map(() => []);
  for (let box = 0; box < count; box++) {
    const at = closest(boxes, centres, box);
    const overlap = overlapWith(boxes, centres[at], box);
    if (overlap >= sameObject) members[at]?.push({ box, overlap });
  }
  return { centres, members };
}

function overlapWith(boxes: Float32Array, centre: number | undefined, box: number): number {
  return centre === undefined ? 0 : iou(boxes, centre, box);
}

/** Place of the one that a box overlaps most, the first among equals; -1 for none. Flat: pictures have hundreds of thousands of such pairs. */
function closest(boxes: Float32Array, others: readonly number[], box: number): number {
  const top = boxes[box * 4] as number;
  const left = boxes[box * 4 + 1] as number;
  const bottom = boxes[box * 4 + 2] as number;
  const right = boxes[box * 4 + 3] as number;
  const area = (bottom - top) * (right - left);
  let best = -1;
  let highest = 0;
  for (let at = 0; at < others.length; at++) {
    const other = (others[at] as number) * 4;
    const height = Math.min(bottom, boxes[other + 2] as number) - Math.max(top, boxes[other] as number);
    if (height <= 0) continue;
    const width = Math.min(right, boxes[other + 3] as number) - Math.max(left, boxes[other + 1] as number);
    if (width <= 0) continue;
    const otherHeight = (boxes[other + 2] as number) - (boxes[other] as number);
    const otherArea = otherHeight * ((boxes[other + 3] as number) - (boxes[other + 1] as number));
    const intersection = height * width;
    const overlap = intersection / (area + otherArea - intersection);
    if (overlap > highest) {
      best = at;
      highest = overlap;
    }
  }
  return best;
}

function meanBox({ boxes, scores, weights }: ClassBoxes, members: readonly Member[]): Float64Array {
  const mean = new Float64Array(4);
  let total = 0;
  for (const { box, overlap } of members) {
    const weight = (scores[box] as number) * overlap * Math.sqrt(weights[box] as number);
    total += weight;
    for (let side = 0; side < 4; side++) {
      mean[side] = (mean[side] as number) + weight * (boxes[box * 4 + side] as number);
    }
  }
  return mean.map((side) => side / total);
}

function meanScore(
  group: ClassBoxes,
  centre: number,
  members: readonly Member[],
  views: readonly ViewBoxes[],
): number {
  const best = new Float64Array(views.length);
  for (const { box } of members) {
    const view = group.views[box] as number;
    best[view] = Math.max(best[view] as number, group.scores[box] as number);
  }
  const corners = group.boxes.subarray(centre * 4, centre * 4 + 4);
  const size = boxSize(group.boxes, centre);
  let sum = 0;
  let total = 0;
  for (const [index, view] of views.entries()) {
    const score = best[index] as number;
    // A tiled view cannot be blamed for an object that none of its tiles holds whole.
    if (score === 0 && !view.sees(corners)) continue;
    const worth = view.worthOf(size);
    sum += worth * score;
    total += worth;
  }
  return sum / total;
}

/** The best box of those left is kept each time, and takes score from those that it overlaps. */
function suppressSoftly(boxes: Float32Array, scores: Float64Array, most: number): Omit<FusedClass, 'column'> {
  const left = Array.from(scores, (_, index) => index);
  const kept: number[] = [];
  const decayed = Float64Array.from(scores);
  while (left.length > 0 && kept.length < most) {
    let best = 0;
    for (let i = 1; i < left.length; i++) {
      if ((decayed[left[i] as number] as number) > (decayed[left[best] as number] as number)) best = i;
    }
    const [winner] = left.splice(best, 1) as [number];
    kept.push(winner);
    for (const other of left) {
      const overlap = iou(boxes, winner, other);
      if (overlap > 0)
        decayed[other] = (decayed[other] as number) * Math.exp(-(overlap * overlap) / softness);
    }
  }
  const ordered = new Float32Array(kept.length * 4);
  for (const [rank, index] of kept.entries()) ordered.set(boxes.subarray(index * 4, index * 4 + 4), rank * 4);
  return { scores: Float64Array.from(kept, (index) => decayed[index] as number), boxes: ordered };
}
