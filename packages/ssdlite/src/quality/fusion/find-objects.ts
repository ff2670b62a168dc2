// Which boxes are of one object: greedy centres, and the boxes that overlap them most.

/** Boxes of one class by object. */
export interface FoundObjects {
  /** The box around which each object was found, in the boxes' order. */
  readonly centres: readonly number[];
  /** Object of each box; -1 for a box that overlaps none enough. */
  readonly objectOf: Int32Array;
  /** IoU of each box with its object's centre; 0 without one. */
  readonly overlaps: Float64Array;
}

/**
 * Goes through the boxes in their order: one is a centre unless its IoU with an earlier centre is over `overlap`. Then every box
 * belongs to the centre with which its IoU is highest (the first among equals), if that is at least `overlap`.
 *
 * Boxes whose areas differ by more than a factor of 1 / `overlap` cannot overlap so much: centres are kept by the logarithm of their area
 * to that base, and a box is compared with those of its own step and the two beside it.
 *
 * @param boxes `[n, 4]`, corners (ymin, xmin, ymax, xmax)
 */
export function findObjects(
  boxes: Float32Array,
  { overlap, mostObjects }: { readonly overlap: number; readonly mostObjects: number },
): FoundObjects {
  const count = boxes.length / 4;
  const areas = new Float64Array(count);
  const steps = new Int32Array(count);
  const perStep = -1 / Math.log(overlap);
  for (let box = 0; box < count; box++) {
    const at = box * 4;
    const height = (boxes[at + 2] as number) - (boxes[at] as number);
    areas[box] = height * ((boxes[at + 3] as number) - (boxes[at + 1] as number));
    steps[box] = Math.floor(Math.log(areas[box] as number) * perStep);
  }
  const centres: number[] = [];
  // Of each centre its corners and its area, side by side.
  const facts = new Float64Array(Math.min(count, mostObjects) * factsPerCentre);
  const bySteps = new Map<number, number[]>();
  const objectOf = new Int32Array(count).fill(-1);
  const overlaps = new Float64Array(count);
  // IoU >= overlap where intersection >= leastShare * (sum of the areas); a little less, as both are rounded.
  const leastShare = (overlap / (1 + overlap)) * (1 - 1e-9);
  /** Compares a box with the centres from the given one on. */
  const compare = (box: number, from: number): void => {
    const at = box * 4;
    const top = boxes[at] as number;
    const left = boxes[at + 1] as number;
    const bottom = boxes[at + 2] as number;
    const right = boxes[at + 3] as number;
    const area = areas[box] as number;
    const step = steps[box] as number;
    let highest = overlaps[box] as number;
    let found = objectOf[box] as number;
    for (let beside = step - 1; beside <= step + 1; beside++) {
      const near = bySteps.get(beside);
      if (!near) continue;
      for (let i = near.length - 1; i >= 0; i--) {
        const object = near[i] as number;
        if (object < from) break;
        const other = object * factsPerCentre;
        // Across first: in pictures there is more side by side than one above the other.
        const otherLeft = facts[other + 1] as number;
        const otherRight = facts[other + 3] as number;
        const width = Math.min(right, otherRight) - Math.max(left, otherLeft);
        if (width <= 0) continue;
        const otherTop = facts[other] as number;
        const otherBottom = facts[other + 2] as number;
        const height = Math.min(bottom, otherBottom) - Math.max(top, otherTop);
        const intersection = height * width;
        const sum = area + (facts[other + 4] as number);
        if (height <= 0 || intersection < leastShare * sum) continue;
        const iou = intersection / (sum - intersection);
        if (iou < overlap || iou < highest || (iou === highest && object > found)) continue;
        highest = iou;
        found = object;
      }
    }
    overlaps[box] = highest;
    objectOf[box] = found;
  };
  // How many centres a box has been compared with.
  const compared = new Int32Array(count);
  for (let box = 0; box < count && centres.length < mostObjects; box++) {
    compare(box, 0);
    compared[box] = centres.length;
    if ((overlaps[box] as number) > overlap) continue;
    const object = centres.length;
    const step = steps[box] as number;
    const same = bySteps.get(step);
    if (same) same.push(object);
    else bySteps.set(step, [object]);
    facts.set(boxes.subarray(box * 4, box * 4 + 4), object * factsPerCentre);
    facts[object * factsPerCentre + 4] = areas[box] as number;
    centres.push(box);
  }
  for (let box = 0; box < count; box++) compare(box, compared[box] as number);
  return { centres, objectOf, overlaps };
}

/** ymin, xmin, ymax, xmax, area. */
const factsPerCentre = 5;
