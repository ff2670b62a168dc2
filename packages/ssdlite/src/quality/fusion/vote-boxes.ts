// Box voting: an object's box is the mean of its members' (Gidaris and Komodakis 2015, arXiv 1505.01749, section 5), by score, overlap and weight.

import type { FoundObjects } from './find-objects.ts';
import type { ClassBoxes } from './group-boxes.ts';

/**
 * The box of each object: the mean of its members, weighted by score * IoU with the centre * sqrt(weight).
 *
 * @returns `[objects, 4]`, corners (ymin, xmin, ymax, xmax)
 */
export function voteBoxes(
  { count, boxes, scores, weights }: Pick<ClassBoxes, 'count' | 'boxes' | 'scores' | 'weights'>,
  { centres, objectOf, overlaps }: FoundObjects,
): Float32Array {
  const sums = new Float64Array(centres.length * 4);
  const totals = new Float64Array(centres.length);
  for (let box = 0; box < count; box++) {
    const object = objectOf[box] as number;
    if (object < 0) continue;
    const weight = (scores[box] as number) * (overlaps[box] as number) * Math.sqrt(weights[box] as number);
    totals[object] = (totals[object] as number) + weight;
    for (let side = 0; side < 4; side++) {
      const at = object * 4 + side;
      sums[at] = (sums[at] as number) + weight * (boxes[box * 4 + side] as number);
    }
  }
  return Float32Array.from(sums, (sum, at) => sum / (totals[at >> 2] as number));
}
