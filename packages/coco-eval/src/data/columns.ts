// Ground truth and detections as columns: a few typed arrays instead of a million small objects.

import type { Rle } from '../mask/rle.ts';

/** What both have. */
interface ObjectColumns {
  readonly count: number;
  readonly imageIds: Float64Array;
  readonly categoryIds: Float64Array;
  /** `[count, 4]`: left, top, width, height. Empty where the type of evaluation needs none. */
  readonly boxes: Float64Array;
  /** Square pixels. */
  readonly areas: Float64Array;
  /** Masks, for `segm`. */
  readonly masks?: readonly Rle[];
  /** x, y, v per point; `[count, points * 3]`, for `keypoints`. */
  readonly keypoints?: Float64Array;
}

/** Annotations, in the order of their file. */
export interface TruthColumns extends ObjectColumns {
  readonly ids: Float64Array;
  readonly crowds: Uint8Array;
  /** Number of labelled keypoints, for `keypoints`. */
  readonly keypointCounts?: Float64Array;
}

/** Detections, in the order of their file; a detection's id is its place, from 1. */
export interface DetectionColumns extends ObjectColumns {
  readonly scores: Float64Array;
}
