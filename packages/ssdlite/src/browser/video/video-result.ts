// What detecting on a video takes and gives.

import type { BoxFormat, DetectOptions } from '../../detect/detect-options.ts';
import type { Detection } from '../../detection.ts';
import type { Timings } from '../../stopwatch.ts';

/** Options of `detectVideo`: those of `detect`. */
export type DetectVideoOptions<Format extends BoxFormat = BoxFormat> = DetectOptions<Format>;

/** A frame of a video, and what was found on it. */
export interface VideoResult<Box> {
  readonly detections: Detection<Box>[];
  /** Place among the results, from 0. */
  readonly index: number;
  /** Seconds from the start of the video. */
  readonly mediaTime: number;
  /** Of the frame, in pixels. */
  readonly width: number;
  readonly height: number;
  /** How long each stage took. */
  readonly timings: Timings;
  /** Milliseconds from when the frame was shown to its detections. */
  readonly latency: number;
  /** Results a second, over the last second or so. */
  readonly fps: number;
  /** Frames of the video that were left out since the last result, as they came while it was made. */
  readonly skipped: number;
}
