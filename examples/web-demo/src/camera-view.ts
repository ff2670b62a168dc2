// The camera: started, switched and stopped by the visitor; its frames are detected and their objects followed.

import {
  type BrowserDetector,
  type Camera,
  listCameras,
  openCamera,
  SsdliteError,
  type Timings,
} from 'ssdlite/browser';
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
  readonly fps: number;
}

/** Scores from this on continue a track; only those over the visitor's threshold begin one. */
const lowestTracked = 0.1;

export class CameraView {
  readonly #video: HTMLVideoElement;
  #camera: Camera | undefined;
  #following: AbortController | undefined;
  #onUnplugged: () => void;

  /** @param onUnplugged is called when the camera goes while it is on */
  constructor(video: HTMLVideoElement, onUnplugged: () => void) {
    this.#video = video;
    this.#onUnplugged = onUnplugged;
  }

  get isOn(): boolean {
    return this.#camera !== undefined;
  }

  /**
   * Turns it on: the one that looks away from the visitor, where there are several.
   *
   * @param options.next the next one of them instead
   * @throws SsdliteError `CAMERA_UNAVAILABLE`; see `cameraProblem`
   */
  async start({ next = false } = {}): Promise<Size> {
    const deviceId = next ? await this.#nextDevice() : undefined;
    this.stop();
    const camera = await openCamera({ video: this.#video, ...(deviceId !== undefined && { deviceId }) });
    this.#camera = camera;
    void camera.ended.then(() => {
      if (this.#camera === camera) this.#onUnplugged();
    });
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  async hasOthers(): Promise<boolean> {
    return (await listCameras()).length > 1;
  }

  stop(): void {
    this.#following?.abort();
    const camera = this.#camera;
    this.#camera = undefined;
    camera?.stop();
  }

  /** Detects frame after frame, always the newest, until it is stopped or called anew. */
  async *follow(detector: BrowserDetector, settings: Settings): AsyncGenerator<FollowedFrame, void, void> {
    this.#following?.abort();
    const following = new AbortController();
    this.#following = following;
    const highThreshold = Math.max(settings.score, lowestTracked);
    const tracker = createTracker({ highThreshold, lowThreshold: lowestTracked });
    const options = { ...detectOptions(settings), signal: following.signal };
    try {
      for await (const { detections, timings, fps, width, height } of detector.detectVideo(
        this.#video,
        options,
      )) {
        yield {
          tracks: tracker.update(detections, { time: performance.now() }),
          timings,
          fps,
          width,
          height,
        };
      }
    } catch (error) {
      if (!following.signal.aborted) throw error;
    }
  }

  async #nextDevice(): Promise<string | undefined> {
    const all = await listCameras();
    const at = all.findIndex(({ id }) => id === this.#camera?.device.id);
    return all[(at + 1) % all.length]?.id;
  }
}

/** What to tell the visitor about a camera that does not start. */
export function cameraProblem(error: unknown): TextKey {
  const cause = error instanceof SsdliteError ? error.cause : error;
  switch (cause instanceof Error ? cause.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'cameraDenied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'cameraMissing';
    case '':
      return 'cameraInsecure';
    default:
      return 'cameraBusy';
  }
}
