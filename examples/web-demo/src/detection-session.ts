// The detector behind the page: which engine it runs on, and one detection after the other.

import {
  type BrowserDetector,
  createDetector,
  type Detection,
  type DetectOptions,
  type EngineChoice,
  type ImageInput,
  type Progress,
  SsdliteError,
  type Timings,
} from 'ssdlite/browser';
import { type EngineWish, engineOption } from './engine-costs.ts';
import type { Settings } from './settings.ts';

/** Lowest score that is asked for; the visitor's threshold is applied to what is found, without another detection. */
export const lowestScore = 0.05;
const mostDetections = 300;

export interface Found {
  readonly detections: readonly Detection[];
  readonly timings: Timings | undefined;
}

/** The options of the page's detections. */
export function detectOptions({ iou, quality }: Settings): DetectOptions<'xywh'> {
  return {
    scoreThreshold: lowestScore,
    maxDetections: mostDetections,
    // Fused qualities thin boxes out in their own way.
    ...(quality === 'fast' ? { iouThreshold: iou } : { quality }),
  };
}

export class DetectionSession {
  #detector: Promise<BrowserDetector> | undefined;

  /** Starts an engine. The one before serves until this one works, and goes on if it does not. */
  async start(engine: EngineWish, onProgress: (progress: Progress) => void): Promise<EngineChoice> {
    const before = this.#detector;
    const next = createInWorker(engine, onProgress);
    this.#detector = next;
    try {
      const { engine: choice } = await next;
      if (before) void before.then((detector) => detector.dispose()).catch(() => {});
      return choice;
    } catch (error) {
      if (this.#detector === next) this.#detector = before;
      throw error;
    }
  }

  /** Undefined before the first start. */
  get detector(): Promise<BrowserDetector> | undefined {
    return this.#detector;
  }

  async detect(picture: ImageInput, settings: Settings): Promise<Found> {
    // One that does not start is told of by `start`.
    const detector = await this.#detector?.catch(() => undefined);
    if (!detector) return { detections: [], timings: undefined };
    let timings: Timings | undefined;
    const detections = await detector.detect(picture, {
      ...detectOptions(settings),
      onTimings: (taken) => {
        timings = taken;
      },
    });
    return { detections, timings };
  }
}

/** In a worker, so that the page never stands still; on the page, where workers or graphics in them do not work. */
async function createInWorker(
  wish: EngineWish,
  onProgress: (progress: Progress) => void,
): Promise<BrowserDetector> {
  const engine = engineOption(wish);
  try {
    return await createDetector({ engine, worker: true, onProgress });
  } catch (error) {
    if (!(error instanceof SsdliteError && error.code === 'ENGINE_UNAVAILABLE')) throw error;
    return createDetector({ engine, onProgress });
  }
}
