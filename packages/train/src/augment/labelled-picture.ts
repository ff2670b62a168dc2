// A picture with its boxes, on its way through augmentation.

import type { Sample } from '../sample.ts';

/** What augmentation changes of a sample. Boxes are `[n, 4]`, corners (ymin, xmin, ymax, xmax) as fractions of the picture. */
export type LabelledPicture = Pick<Sample, 'pixels' | 'boxes' | 'classes' | 'boxWeights'>;

/** Where a box goes, as its new corners; undefined: it is left out. */
export type MoveBox = (
  box: readonly [ymin: number, xmin: number, ymax: number, xmax: number],
  index: number,
) => readonly [number, number, number, number] | undefined;

/** Boxes with their classes and weights. */
export type Labels = Omit<LabelledPicture, 'pixels'>;

/** The boxes at their new places; those without area are left out. */
export function moveBoxes({ boxes, classes, boxWeights }: Labels, move: MoveBox): Labels {
  const moved: number[] = [];
  const kept: number[] = [];
  for (const index of classes.keys()) {
    const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = boxes.subarray(index * 4, index * 4 + 4);
    const box = move([ymin, xmin, ymax, xmax], index);
    if (!box) continue;
    const [top, left, bottom, right] = box.map(Math.fround) as [number, number, number, number];
    // In TF-OD such a box stays, and forces absurd targets on the first anchor.
    if (!(bottom > top && right > left)) continue;
    moved.push(top, left, bottom, right);
    kept.push(index);
  }
  return {
    boxes: Float32Array.from(moved),
    classes: Int32Array.from(kept, (index) => classes[index] as number),
    ...(boxWeights && { boxWeights: Float32Array.from(kept, (index) => boxWeights[index] as number) }),
  };
}

/** Several lists of boxes as one. */
export function joinLabels(parts: readonly Labels[]): Labels {
  const weights = parts.flatMap(({ classes, boxWeights }) => [...(boxWeights ?? classes.map(() => 1))]);
  return {
    boxes: Float32Array.from(parts.flatMap(({ boxes }) => [...boxes])),
    classes: Int32Array.from(parts.flatMap(({ classes }) => [...classes])),
    ...(parts.some(({ boxWeights }) => boxWeights) && { boxWeights: Float32Array.from(weights) }),
  };
}
