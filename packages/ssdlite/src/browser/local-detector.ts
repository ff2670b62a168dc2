// A detector where the engine is: on the page, or in a worker.

import type { BoxFormat, BoxFormats } from '../detect/detect-options.ts';
import { Detector } from '../detector.ts';
import { ssdNetwork } from '../network/ssd-network.ts';
import { loadDetectorWeights } from '../weights/load-weights.ts';
import type { BrowserDetector } from './browser-detector.ts';
import { BrowserPicture } from './browser-picture.ts';
import type { BrowserEngine, BrowserEngineName } from './engines/browser-engine.ts';
import { checkAnswers } from './engines/check-answers.ts';
import {
  EngineSession,
  type EngineSessionOptions,
  type StartedEngine,
  startEngine,
} from './engines/engine-session.ts';
import type { ImageInput } from './image-input.ts';
import { PixelReader } from './pixel-reader.ts';
import { readPicture } from './read-picture.ts';
import type { WeightFiles } from './read-weights.ts';
import { detectVideo } from './video/detect-video.ts';
import type { DetectVideoOptions, VideoResult } from './video/video-result.ts';

/** What a detector is made of. */
export interface LocalDetectorOptions {
  /** May still be on their way while the engine loads. */
  readonly files: Promise<WeightFiles>;
  /** Picks an engine and starts it with `startOn`. */
  readonly start: (options: {
    readonly avoid: ReadonlyMap<BrowserEngineName, string>;
    /** Rejects if the weights are at fault. */
    readonly model: Promise<unknown>;
    readonly startOn: (engine: Promise<BrowserEngine>) => Promise<StartedEngine>;
  }) => ReturnType<EngineSessionOptions['start']>;
}

/** A detector whose engine is here. */
export class LocalDetector extends Detector<ImageInput> implements BrowserDetector {
  detectVideo<Format extends BoxFormat = 'xywh'>(
    video: HTMLVideoElement,
    options?: DetectVideoOptions<Format>,
  ): AsyncGenerator<VideoResult<BoxFormats[Format]>, void, void> {
    return detectVideo(this, video, options);
  }
}

/** Makes the detector: its first engine has answered a test picture rightly. */
export async function makeLocalDetector({ files, start }: LocalDetectorOptions): Promise<LocalDetector> {
  const weights = files.then(loadDetectorWeights);
  const model = weights.then((loaded) => ({
    network: ssdNetwork(loaded.manifest.architecture),
    weights: loaded.weights,
  }));
  // Told by whoever awaits it first; the others need not be.
  model.catch(() => undefined);
  const check: Parameters<typeof startEngine>[0]['check'] = async (program, { inputLayout }) =>
    checkAnswers(program, { manifest: (await weights).manifest, inputLayout });
  const reader = new PixelReader();
  const session = await EngineSession.start({
    start: (avoid) => start({ avoid, model, startOn: (engine) => startEngine({ engine, model, check }) }),
    reader,
  });
  return new LocalDetector({
    manifest: (await weights).manifest,
    get engine() {
      return session.choice;
    },
    inputLayout: session.inputLayout,
    program: session,
    async readPicture(image, signal) {
      const picture = await readPicture(image, signal);
      if ('pixels' in picture) return picture.pixels;
      if (session.takesPicture(picture.drawable)) return new BrowserPicture(picture.drawable);
      try {
        return reader.read(picture.drawable);
      } finally {
        picture.drawable.close();
      }
    },
  });
}
