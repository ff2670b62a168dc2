// Views made of a few boxes, for tests of what fuses them.

import type { ViewBoxes } from '../view-boxes.ts';

/** Score, column of the class, then ymin, xmin, ymax, xmax. */
export type MadeUpBox = readonly [
  score: number,
  column: number,
  ymin: number,
  xmin: number,
  ymax: number,
  xmax: number,
];

/** A view that is worth the same for boxes of all sizes. */
export function madeUpView(
  boxes: readonly MadeUpBox[],
  { worth = 1, sees = true }: { readonly worth?: number; readonly sees?: boolean } = {},
): ViewBoxes {
  return {
    count: boxes.length,
    columns: Int32Array.from(boxes, ([, column]) => column),
    scores: Float64Array.from(boxes, ([score]) => score),
    boxes: Float32Array.from(boxes.flatMap(([, , ...corners]) => corners)),
    worthAt: () => worth,
    sees: () => sees,
  };
}
