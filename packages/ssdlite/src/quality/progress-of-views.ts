// What a caller is told while and after a picture is looked at more than once.

import type { Detection } from '../detection.ts';

/** What was found until now. */
export interface PartialResult<Box> {
  readonly detections: Detection<Box>[];
  /** Views that it is made of. */
  readonly looked: number;
  /** Views that were planned for the picture. */
  readonly planned: number;
}

/** How far a picture is. */
export interface PassProgress {
  /**
   * What is counted: `read`, the rows of a large picture that have been decoded; `sample`, the tiles that `tileSize: 'auto'` looks at first; `look`,
   * the passes of the network.
   */
  readonly stage: 'read' | 'sample' | 'look';
  readonly done: number;
  readonly total: number;
  /** How many of the passes done showed one colour alone, and repeated what the network had said of it. */
  readonly flat: number;
}

/** What a picture's result is made of. */
export interface ViewsReport {
  /** Views that were looked at, the last of them perhaps in part. */
  readonly looked: number;
  /** Views that were planned. */
  readonly planned: number;
  /** Views that could not have helped, and were left out by `adaptive`. */
  readonly skipped: number;
  /** False if the budget left some out: the result is the best until then. */
  readonly complete: boolean;
  /** With `tileSize`: the side of the finest tiles, in pixels of the picture; `auto` has chosen it. */
  readonly tileSize?: number;
}
