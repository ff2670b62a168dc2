// Size-weighted fusion: boxes that several views found become one, whose score is the mean over the views, misses included.

import type { ViewBoxes } from '../view-boxes.ts';
import { decayScores } from './decay-scores.ts';
import { type FoundObjects, findObjects } from './find-objects.ts';
import { bestOf, type FusedBoxes, type FusedClass, type FusionOptions } from './fusion.ts';
import { type ClassBoxes, groupBoxes, logSizeOf } from './group-boxes.ts';
import { voteBoxes } from './vote-boxes.ts';

/** From this overlap on two boxes are of one object. */
export const sameObject = 0.6;
/** Width of the soft suppression among fused boxes: score * exp(-IoU^2 / 0.6). */
const sigma = 0.6;

/**
 * Fuses the boxes of all views, class by class.
 *
 * 1. A box weighs as much as its view is worth for its size, against the view that is worth most.
 * 2. In order of score times weight, a box is a centre unless it overlaps an earlier one by more than 0.6 (`findObjects`).
 * 3. Each box belongs to the centre that it overlaps most. An object's box is the mean of its members (`voteBoxes`).
 * 4. An object's score is the mean over all views of their best member's score, by what each view is worth; a view that found nothing
 *    counts 0. That is what tells a thing from an accident of one size.
 * 5. Fused boxes that overlap take score from one another (`decayScores`).
 *
 * One view alone gives soft-NMS with box voting. The best 2,000 boxes are looked at, 600 of a class and 200 objects of it; more if more
 * are asked for.
 */
export function sizeWeightedFusion(
  views: readonly ViewBoxes[],
  { maxDetections, thresholds }: FusionOptions,
): FusedBoxes {
  const most = 20 * Math.max(100, maxDetections);
  const mostOfClass = 6 * Math.max(100, maxDetections);
  const mostObjects = Math.max(200, 2 * maxDetections);
  const classes: FusedClass[] = [];
  // The highest scores of all classes so far, in rising order.
  let highest: Float64Array = new Float64Array();
  for (const group of groupBoxes(views, { most, mostOfClass, thresholds })) {
    // A mean is no higher than the best score of any view.
    const lowest = highest.length < maxDetections ? 0 : (highest[0] as number);
    if (maximum(group.scores) < lowest) continue;
    const objects = findObjects(group.boxes, { overlap: sameObject, mostObjects });
    const scores = meanScores(group, objects, views);
    const decayed = decayScores(voteBoxes(group, objects), scores, {
      sigma,
      most: maxDetections,
      least: Math.max(lowest, thresholds?.[group.column] ?? 0),
    });
    classes.push({ column: group.column, ...decayed });
    highest = highestOf(highest, decayed.scores, maxDetections);
  }
  return bestOf(classes, maxDetections);
}

function maximum(numbers: Float64Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < numbers.length; i++)
    if ((numbers[i] as number) > highest) highest = numbers[i] as number;
  return highest;
}

/** The highest numbers of two lists, in rising order. */
function highestOf(a: Float64Array, b: Float64Array, most: number): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both.sort().slice(-most);
}

function meanScores(
  { count, boxes, scores, views: viewOf }: ClassBoxes,
  { centres, objectOf }: FoundObjects,
  views: readonly ViewBoxes[],
): Float64Array {
  const best = new Float64Array(centres.length * views.length);
  for (let box = 0; box < count; box++) {
    const object = objectOf[box] as number;
    if (object < 0) continue;
    const at = object * views.length + (viewOf[box] as number);
    best[at] = Math.max(best[at] as number, scores[box] as number);
  }
  return Float64Array.from(centres, (centre, object) => {
    const corners = boxes.subarray(centre * 4, centre * 4 + 4);
    const logSize = logSizeOf(boxes, centre);
    let sum = 0;
    let total = 0;
    for (const [index, view] of views.entries()) {
      const score = best[object * views.length + index] as number;
      // A tiled view cannot be blamed for an object that none of its tiles holds whole.
      if (score === 0 && !view.sees(corners)) continue;
      const worth = view.worthAt(logSize);
      sum += worth * score;
      total += worth;
    }
    return sum / total;
  });
}
