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

/** Passes of the network that a picture has taken, and will take. */
export interface PassProgress {
  readonly done: number;
  readonly total: number;
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
}
