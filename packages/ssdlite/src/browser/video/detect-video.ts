// Detections of a video as it plays.

import type { BoxFormat, BoxFormats } from '../../detect/detect-options.ts';
import type { Timings } from '../../stopwatch.ts';
import type { BrowserDetector } from '../browser-detector.ts';
import { FrameRate } from './frame-rate.ts';
import { videoFrames } from './video-frames.ts';
import type { DetectVideoOptions, VideoResult } from './video-result.ts';

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
