// Puts a detector together in the browser: weights, the engine that works here, and what reads pictures.

import { SsdliteError } from '@ssdlite/layers';
import { Detector } from '../detector.ts';
import { ssdNetwork } from '../network/ssd-network.ts';
import { BrowserPicture } from './browser-picture.ts';
import { uploadable } from './drawable.ts';
import type { BrowserEngineName } from './engines/browser-engine.ts';
import { checkAnswers } from './engines/check-answers.ts';
import { EngineSession } from './engines/engine-session.ts';
import type { Progress } from './fetch-bytes.ts';
import type { ImageInput } from './image-input.ts';
import { PixelReader } from './pixel-reader.ts';
import { readPicture } from './read-picture.ts';
import { readDetectorWeights, type WeightsInput } from './read-weights.ts';

/** Options of `createDetector`. */
export interface CreateDetectorOptions {
  /** Default: the COCO weights of `@ssdlite/coco-weights`, 5 MB. */
  readonly weights?: WeightsInput;
  /** Default `auto`: the best engine that gives right answers on this machine. */
  readonly engine?: BrowserEngineName | 'auto';
  /** Threads of `tfjs-wasm`, on pages that are cross-origin isolated. Default: half of the processor's. */
  readonly threads?: number;
  /** Folder with TensorFlow.js' `.wasm` files, instead of the copies inside this package. */
  readonly wasmPath?: string | URL;
  /** Receives how much of the weights has arrived. */
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the download of the weights with `ABORTED`. */
  readonly signal?: AbortSignal;
}

/** A detector that takes what a page has at hand. */
export type BrowserDetector = Detector<ImageInput>;

/**
 * Makes a detector: reads and checks the weights, starts an engine, compiles the network and runs it once on a picture whose right
 * answer is known.
 *
 * @throws SsdliteError `FETCH_FAILED`, `WEIGHTS_…` if the weights do not arrive, are damaged or of another architecture,
 *   `ENGINE_UNAVAILABLE`, `INVALID_ARGUMENT`, `ABORTED`
 * @example
 * const detector = await createDetector({ onProgress: ({ loaded, total }) => console.log(loaded, total) });
 * const detections = await detector.detect(document.querySelector('img'), { scoreThreshold: 0.5 });
 * await detector.dispose();
 */
export async function createDetector(options: CreateDetectorOptions = {}): Promise<BrowserDetector> {
  const { weights: input, engine: wanted = 'auto', threads, wasmPath, onProgress, signal } = options;
  checkThreads(threads);
  const weights = readDetectorWeights(input, { signal, onProgress });
  const model = weights.then((loaded) => ({
    network: ssdNetwork(loaded.manifest.architecture),
    weights: loaded.weights,
  }));
  const reader = new PixelReader();
  const session = await EngineSession.start({
    wanted,
    model,
    check: async (program, { inputLayout }) =>
      checkAnswers(program, { manifest: (await weights).manifest, inputLayout }),
    reader,
    threads,
    wasmPath,
  });
  return new Detector({
    manifest: (await weights).manifest,
    get engine() {
      return session.choice;
    },
    inputLayout: session.inputLayout,
    program: session,
    async readPicture(image, signal) {
      const picture = await readPicture(image, signal);
      if ('pixels' in picture) return picture.pixels;
      if (session.takesPicture(picture.drawable))
        return new BrowserPicture(await uploadable(picture.drawable));
      try {
        return reader.read(picture.drawable);
      } finally {
        picture.drawable.close();
      }
    },
  });
}

function checkThreads(threads: number | undefined): void {
  if (threads === undefined || (Number.isInteger(threads) && threads >= 1)) return;
  throw new SsdliteError('INVALID_ARGUMENT', `threads is ${threads}.`, {
    value: threads,
    next: 'Pass a whole number of at least 1.',
  });
}
