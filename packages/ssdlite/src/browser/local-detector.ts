// A detector where the engine is: on the page, or in a worker.

import type { BoxFormat, BoxFormats } from '../detect/detect-options.ts';
import { Detector } from '../detector.ts';
import { ssdNetwork } from '../network/ssd-network.ts';
import { loadDetectorWeights } from '../weights/load-weights.ts';
import type { Manifest } from '../weights/manifest.ts';
import type { BrowserDetector } from './browser-detector.ts';
import { BrowserPicture } from './browser-picture.ts';
import type { BrowserEngine, BrowserEngineName } from './engines/browser-engine.ts';
import { checkAnswers } from './engines/check-answers.ts';
import {
  type ChosenEngine,
  EngineSession,
  type StartedEngine,
  startEngine,
} from './engines/engine-session.ts';
import type { ImageInput } from './image-input.ts';
import { PixelReader } from './pixel-reader.ts';
import { readPicture } from './read-picture.ts';
import type { WeightFiles } from './read-weights.ts';
import { detectVideo } from './video/detect-video.ts';
import type { DetectVideoOptions, VideoResult } from './video/video-result.ts';

/** One detector's weights, which may still be on their way, and how engines are started with them. */
export interface DetectorModel {
  readonly manifest: Promise<Manifest>;
  /** Rejects if the weights are at fault. */
  readonly weights: Promise<unknown>;
  /** Compiles the network on an engine, which may be on its way too, and checks its answers. */
  readonly startOn: (engine: Promise<BrowserEngine>) => Promise<StartedEngine>;
}

/** What a detector is made of. */
export interface LocalDetectorOptions {
  readonly model: DetectorModel;
  /** The engine that it begins with. */
  readonly first: Promise<ChosenEngine>;
  /** Picks an engine once more, when one is lost, and starts it with `model.startOn`. */
  readonly restart: (avoid: ReadonlyMap<BrowserEngineName, string>) => Promise<ChosenEngine>;
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

/** Checks and decodes weights as soon as they are there. */
export function detectorModel(files: Promise<WeightFiles>): DetectorModel {
  const weights = files.then(loadDetectorWeights);
  const network = weights.then(({ manifest }) => ssdNetwork(manifest.architecture));
  const manifest = weights.then((loaded) => loaded.manifest);
  // Told by whoever awaits them first; the others need not be.
  for (const promise of [network, manifest]) promise.catch(() => undefined);
  return {
    manifest,
    weights,
    startOn: (engine) =>
      startEngine({
        engine,
        model: Promise.all([network, weights]).then(([network, { weights }]) => ({ network, weights })),
        checkProgram: async (program, { inputLayout }) =>
          checkAnswers(program, { ...(await weights), network: await network, inputLayout }),
      }),
  };
}

/** Makes the detector: its first engine has answered a test picture rightly. */
export async function makeLocalDetector(options: LocalDetectorOptions): Promise<LocalDetector> {
  const { model, first, restart } = options;
  const reader = new PixelReader();
  const session = new EngineSession({ restart, reader }, await first);
  return new LocalDetector({
    manifest: await model.manifest,
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
