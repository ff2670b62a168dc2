// The frames of a video as they are shown: the newest each time somebody asks, and none while nobody can see them.

import { SsdliteError } from '@ssdlite/layers';
import { abortedError, checkNotAborted } from '../../abort.ts';
import { classOf, drawableKind } from '../image-input.ts';

/** A frame that has just been shown. */
export interface ShownFrame {
  /** Seconds from the start of the video. */
  readonly mediaTime: number;
  /** `performance.now()` when it was shown. */
  readonly shownAt: number;
  /** Frames that were shown since the last one that was asked for, and are left out. */
  readonly skipped: number;
}

/**
 * Waits for the next frame that is shown after it is asked for, so that frames never queue.
 *
 * It waits while the video is paused or the page hidden. A picture that is there already counts as a first frame, so that a paused
 * video gives one. Ends with the video.
 *
 * @throws SsdliteError `IMAGE_UNREADABLE` if the video cannot be played, `ABORTED`
 */
export async function* videoFrames(
  video: HTMLVideoElement,
  signal: AbortSignal | undefined,
): AsyncGenerator<ShownFrame, void, void> {
  checkNotAborted(signal);
  if (drawableKind(video) !== 'HTMLVideoElement') {
    throw new SsdliteError('INVALID_ARGUMENT', `This is no video element, but ${classOf(video)}.`, {
      value: video,
      next: 'Pass a <video>; for pictures one after the other there is detectStream.',
    });
  }
  // Its source may be taken away, as that of a camera that is unplugged, while nobody waits for a frame.
  let isEmptied = false;
  const listening = new AbortController();
  const onEmptied = () => {
    isEmptied = true;
  };
  video.addEventListener('emptied', onEmptied, { signal: listening.signal });
  try {
    let shown: number | undefined;
    if (video.readyState >= 2 && !isHidden()) {
      yield { mediaTime: video.currentTime, shownAt: performance.now(), skipped: 0 };
    }
    while (!isEmptied) {
      const next = await nextFrame(video, signal);
      if (!next) return;
      const { mediaTime, shownAt, presented } = next;
      const skipped = presented === undefined || shown === undefined ? 0 : Math.max(0, presented - shown - 1);
      shown = presented ?? shown;
      yield { mediaTime, shownAt, skipped };
    }
  } finally {
    listening.abort();
  }
}

interface NextFrame {
  readonly mediaTime: number;
  readonly shownAt: number;
  /** Frames shown so far; undefined where the browser does not count them. */
  readonly presented: number | undefined;
}

/** Undefined when the video is at its end. */
function nextFrame(video: HTMLVideoElement, signal: AbortSignal | undefined): Promise<NextFrame | undefined> {
  return new Promise((resolve, reject) => {
    let cancelFrame = () => {};
    const listeners = new AbortController();
    const finish = (settle: () => void) => {
      listeners.abort();
      cancelFrame();
      settle();
    };
    const ask = () => {
      cancelFrame();
      cancelFrame = requestFrame(video, (frame) => {
        // A hidden page shows nothing; some browsers tell of frames all the same.
        if (isHidden()) return;
        // Where a video starts over there is no picture for a moment.
        if (video.readyState < 2) return ask();
        finish(() => resolve(frame));
      });
    };
    const once = { signal: listeners.signal };
    const end = () => finish(() => resolve(undefined));
    video.addEventListener('ended', end, once);
    video.addEventListener('emptied', end, once);
    video.addEventListener('error', () => finish(() => reject(videoError(video))), once);
    signal?.addEventListener('abort', () => finish(() => reject(abortedError(signal))), once);
    document.addEventListener('visibilitychange', () => !isHidden() && ask(), once);
    if (signal?.aborted) return finish(() => reject(abortedError(signal)));
    if (video.error) return finish(() => reject(videoError(video)));
    if (video.ended) return end();
    ask();
  });
}

/** Calls back when the next frame is shown; returns what takes the wish back. */
function requestFrame(video: HTMLVideoElement, callback: (frame: NextFrame) => void): () => void {
  if ('requestVideoFrameCallback' in video) {
    const handle = video.requestVideoFrameCallback((now, { mediaTime, presentedFrames: presented }) =>
      callback({ mediaTime, shownAt: now, presented }),
    );
    return () => video.cancelVideoFrameCallback(handle);
  }
  return requestByTime(video, callback);
}

/** For browsers without `requestVideoFrameCallback`: at every repaint it looks whether the video has moved on. */
function requestByTime(video: HTMLVideoElement, callback: (frame: NextFrame) => void): () => void {
  const { currentTime: before } = video;
  let handle = requestAnimationFrame(function look(now) {
    const { currentTime: mediaTime, readyState } = video;
    if (mediaTime !== before && readyState >= 2) callback({ mediaTime, shownAt: now, presented: undefined });
    else handle = requestAnimationFrame(look);
  });
  return () => cancelAnimationFrame(handle);
}

function isHidden(): boolean {
  return document.visibilityState === 'hidden';
}

function videoError({ error }: HTMLVideoElement): SsdliteError {
  const why = error?.message || `media error ${error?.code ?? '?'}`;
  return new SsdliteError('IMAGE_UNREADABLE', `The video does not play: ${why}.`, {
    value: error?.code,
    next: 'Check its address and whether this browser plays its format.',
    cause: error ?? undefined,
  });
}
