// The detector as a page sees it, wherever its engine runs.

import type { BoxFormat, BoxFormats } from '../detect/detect-options.ts';
import type { Detector } from '../detector.ts';
import type { ImageInput } from './image-input.ts';
import type { DetectVideoOptions, VideoResult } from './video/video-result.ts';

/** A detector that takes what a page has at hand. */
export interface BrowserDetector
  extends Pick<
    Detector<ImageInput>,
    'engine' | 'labels' | 'manifest' | 'detect' | 'detectBatch' | 'detectStream' | 'predict' | 'dispose'
  > {
  /**
   * Finds the objects of a video as it plays: always of the newest frame, those that came meanwhile are left out. It waits while the
   * video is paused or the page is hidden, and ends with the video, when the loop is left, or with `ABORTED` by the signal.
   *
   * @throws SsdliteError as `detect`
   * @example
   * for await (const { detections, fps } of detector.detectVideo(video, { signal })) draw(canvas, detections);
   */
  detectVideo<Format extends BoxFormat = 'xywh'>(
    video: HTMLVideoElement,
    options?: DetectVideoOptions<Format>,
  ): AsyncGenerator<VideoResult<BoxFormats[Format]>, void, void>;
}
