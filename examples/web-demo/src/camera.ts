// The camera: started, switched and stopped by the visitor; its frames are detected and their objects followed.

import type { BrowserDetector, Timings } from 'ssdlite/browser';
import { createTracker, type Track } from 'ssdlite/track';
import { detectOptions } from './detection-session.ts';
import type { Settings } from './settings.ts';
import type { TextKey } from './texts/texts.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** One frame of the camera with the objects in it, each under an id that it keeps. */
export interface FollowedFrame extends Size {
  readonly tracks: readonly Track[];
  readonly timings: Timings;
  readonly framesPerSecond: number;
}

/** What of a new measurement enters the mean of frames per second. */
const newShare = 0.1;

export class Camera {
  readonly #video: HTMLVideoElement;
  #stream: MediaStream | undefined;
  #following: AbortController | undefined;
  #deviceId: string | undefined;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  get isOn(): boolean {
    return this.#stream !== undefined;
  }

  /** Whether its device went away while it was on. */
  get wasUnplugged(): boolean {
    return this.#stream?.getVideoTracks().every(({ readyState }) => readyState === 'ended') ?? false;
  }

  /**
   * Turns it on: the one that looks away from the visitor, where there are several.
   *
   * @param options.next the next one of them instead
   * @throws what `getUserMedia` throws; see `cameraProblem`
   */
  async start({ next = false } = {}): Promise<Size> {
    const wanted = next ? await this.#nextDevice() : undefined;
    this.stop();
    const stream = await navigator.mediaDevices.getUserMedia({
      video: {
        ...(wanted === undefined ? { facingMode: 'environment' } : { deviceId: { exact: wanted } }),
        width: { ideal: 1280 },
        height: { ideal: 720 },
      },
    });
    this.#stream = stream;
    this.#deviceId = stream.getVideoTracks()[0]?.getSettings().deviceId;
    this.#video.srcObject = stream;
    await this.#video.play();
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  async hasOthers(): Promise<boolean> {
    return (await devices()).length > 1;
  }

  stop(): void {
    this.#following?.abort();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.#video.srcObject = null;
  }

  /** Detects frame after frame, always the newest, until it is stopped or called anew. */
  async *follow(detector: BrowserDetector, settings: Settings): AsyncGenerator<FollowedFrame, void, void> {
    this.#following?.abort();
    const following = new AbortController();
    this.#following = following;
    const { signal } = following;
    const tracker = createTracker({ highThreshold: Math.max(settings.score, 0.1), lowThreshold: 0.1 });
    let framesPerSecond = 0;
    let last = performance.now();
    while (!signal.aborted && !this.wasUnplugged) {
      await nextFrame(this.#video);
      if (signal.aborted || this.wasUnplugged) return;
      let timings: Timings | undefined;
      const time = performance.now();
      const detections = await detector.detect(this.#video, {
        ...detectOptions(settings),
        onTimings: (taken) => {
          timings = taken;
        },
      });
      if (signal.aborted || !timings) return;
      const now = performance.now();
      const rate = 1000 / (now - last);
      last = now;
      framesPerSecond += (rate - framesPerSecond) * (framesPerSecond === 0 ? 1 : newShare);
      const { videoWidth: width, videoHeight: height } = this.#video;
      yield { tracks: tracker.update(detections, { time }), timings, framesPerSecond, width, height };
    }
  }

  async #nextDevice(): Promise<string | undefined> {
    const all = await devices();
    const at = all.findIndex(({ deviceId }) => deviceId === this.#deviceId);
    return all[(at + 1) % all.length]?.deviceId;
  }
}

/** What to tell the visitor about a camera that does not start. */
export function cameraProblem(error: unknown): TextKey {
  if (!navigator.mediaDevices) return 'cameraInsecure';
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'cameraDenied';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'cameraMissing' : 'cameraBusy';
}

async function devices(): Promise<MediaDeviceInfo[]> {
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter(({ kind }) => kind === 'videoinput');
}

function nextFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve());
    else requestAnimationFrame(() => resolve());
  });
}
