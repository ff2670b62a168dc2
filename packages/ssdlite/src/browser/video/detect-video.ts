// Detections of a video as it plays.

import type { BoxFormat, BoxFormats, DetectOptions } from '../../detect/detect-options.ts';
import type { Detection } from '../../detection.ts';
import type { Timings } from '../../stopwatch.ts';
import type { BrowserDetector } from '../browser-detector.ts';
import { FrameRate } from './frame-rate.ts';
import { videoFrames } from './video-frames.ts';

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

/** See `BrowserDetector.detectVideo`. */
export async function* detectVideo<Format extends BoxFormat = 'xywh'>(
  detector: Pick<BrowserDetector, 'detect'>,
  video: HTMLVideoElement,
  options: DetectVideoOptions<Format> = {},
): AsyncGenerator<VideoResult<BoxFormats[Format]>, void, void> {
  const rate = new FrameRate();
  let index = 0;
  for await (const { mediaTime, shownAt, skipped } of videoFrames(video, options.signal)) {
    let timings: Timings = { decode: 0, preprocess: 0, inference: 0, postprocess: 0, total: 0 };
    const { videoWidth: width, videoHeight: height } = video;
    const detections = await detector.detect(video, {
      ...options,
      onTimings(measured) {
        timings = measured;
        options.onTimings?.(measured);
      },
    });
    const now = performance.now();
    yield {
      detections,
      index: index++,
      mediaTime,
      width,
      height,
      timings,
      latency: now - shownAt,
      fps: rate.tick(now),
      skipped,
    };
  }
}
