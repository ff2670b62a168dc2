// Which boxes are of one object: greedy centres, and the boxes that overlap them most.

/** Boxes of one class by object. */
export interface FoundObjects {
  /** The box around which each object was found, in the boxes' order. */
  readonly centres: readonly number[];
  /** Object of each box; -1 for a box that overlaps none enough. */
  readonly objectOf: Int32Array;
  /** IoU of each box with its object's centre. */
  readonly overlaps: Float64Array;
}

/**
 * Goes through the boxes in their order: one is a centre unless its IoU with an earlier centre is over `overlap`. Then every box
 * belongs to the centre with which its IoU is highest (the first among equals), if that is at least `overlap`.
 *
 * @param boxes `[n, 4]`, corners (ymin, xmin, ymax, xmax)
 */
export function findObjects(
  boxes: Float32Array,
  { overlap, mostObjects }: { readonly overlap: number; readonly mostObjects: number },
): FoundObjects {
  const count = boxes.length / 4;
  const centres: number[] = [];
  const centreBoxes = new Float64Array(Math.min(count, mostObjects) * 4);
  const best = new Int32Array(count).fill(-1);
  const overlaps = new Float64Array(count);
  // How many centres a box has been compared with.
  const seen = new Int32Array(count);
  const compare = (box: number): void => {
    const at = box * 4;
    const top = boxes[at] as number;
    const left = boxes[at + 1] as number;
    const bottom = boxes[at + 2] as number;
    const right = boxes[at + 3] as number;
    const area = (bottom - top) * (right - left);
    let highest = overlaps[box] as number;
    for (let centre = seen[box] as number; centre < centres.length; centre++) {
      const other = centre * 4;
      const otherTop = centreBoxes[other] as number;
      const otherBottom = centreBoxes[other + 2] as number;
      const height = Math.min(bottom, otherBottom) - Math.max(top, otherTop);
      if (height <= 0) continue;
      const otherLeft = centreBoxes[other + 1] as number;
      const otherRight = centreBoxes[other + 3] as number;
      const width = Math.min(right, otherRight) - Math.max(left, otherLeft);
      if (width <= 0) continue;
      const intersection = height * width;
      const otherArea = (otherBottom - otherTop) * (otherRight - otherLeft);
      const iou = intersection / (area + otherArea - intersection);
      if (iou > highest) {
        highest = iou;
        best[box] = centre;
      }
    }
    overlaps[box] = highest;
    seen[box] = centres.length;
  };
  for (let box = 0; box < count && centres.length < mostObjects; box++) {
    compare(box);
    if ((overlaps[box] as number) > overlap) continue;
    for (let side = 0; side < 4; side++) {
      centreBoxes[centres.length * 4 + side] = boxes[box * 4 + side] as number;
    }
    centres.push(box);
  }
  for (let box = 0; box < count; box++) compare(box);
  const objectOf = best.map((centre, box) => ((overlaps[box] as number) >= overlap ? centre : -1));
  return { centres, objectOf, overlaps };
}
