// A detector whose engine, pictures and boxes are in a worker: the page only hands pictures over.

import { SsdliteError } from '@ssdlite/layers';
import type { BoxFormat, BoxFormats, DetectOptions } from '../../detect/detect-options.ts';
import type { Detection } from '../../detection.ts';
import type { Prediction, StreamOptions, StreamResult } from '../../detector.ts';
import type { EngineChoice } from '../../engine.ts';
import { orderedResults } from '../../ordered-results.ts';
import { type Manifest, parseManifest } from '../../weights/manifest.ts';
import type { BrowserDetector } from '../browser-detector.ts';
import type {
  BrowserEngineEntry,
  BrowserEngineName,
  BrowserEngineOptions,
  EngineWish,
} from '../engines/browser-engine.ts';
import { chooseEngine } from '../engines/choose-engine.ts';
import type { ImageInput } from '../image-input.ts';
import { taintedError } from '../pixel-reader.ts';
import type { WeightFiles } from '../read-weights.ts';
import { detectVideo } from '../video/detect-video.ts';
import type { DetectVideoOptions, VideoResult } from '../video/video-result.ts';
import type { Calls, SentOptions } from './messages.ts';
import { sendablePicture } from './send-picture.ts';
import { WorkerConnection } from './worker-connection.ts';

/** Makes a worker that has one engine in it. */
export type MakeWorker = (engine: BrowserEngineName) => Worker;

/** What a {@link WorkerDetector} is made of. */
export interface WorkerDetectorOptions extends BrowserEngineOptions {
  readonly wanted: EngineWish;
  readonly weights: Promise<WeightFiles>;
  /** Default: the workers of this package, as bundlers find them. */
  readonly makeWorker: MakeWorker | undefined;
}

interface Started {
  readonly connection: WorkerConnection;
  readonly choice: EngineChoice;
}

/** Pictures of a stream that are under way at once. */
const streamAhead = 3;

/** See `createDetector` with `worker`. */
export class WorkerDetector implements BrowserDetector {
  readonly manifest: Manifest;
  readonly #options: WorkerDetectorOptions;
  #started: Promise<Started>;
  #current: Started;
  readonly #running = new Set<Promise<unknown>>();
  #disposed: Promise<void> | undefined;

  private constructor(options: WorkerDetectorOptions, parts: { manifest: Manifest; started: Started }) {
    this.manifest = parts.manifest;
    this.#options = options;
    this.#current = parts.started;
    this.#started = Promise.resolve(parts.started);
  }

  /** Starts it; throws what `createDetector` throws. */
  static async start(options: WorkerDetectorOptions): Promise<WorkerDetector> {
    const started = await startWorker(options, new Map());
    return new WorkerDetector(options, {
      manifest: parseManifest((await options.weights).manifest),
      started,
    });
  }

  get engine(): EngineChoice {
    const { connection, choice } = this.#current;
    const reason = connection.reason.replace(/^; /, '');
    return reason === '' ? choice : { ...choice, reason: `${choice.reason}; ${reason}` };
  }

  get labels() {
    return this.manifest.labels;
  }

  async detect<Format extends BoxFormat = 'xywh'>(
    image: ImageInput,
    options: DetectOptions<Format> = {},
  ): Promise<Detection<BoxFormats[Format]>[]> {
    const { detections } = await this.#call('one', [image], options);
    return detections as Detection<BoxFormats[Format]>[];
  }

  async detectBatch<Format extends BoxFormat = 'xywh'>(
    images: readonly ImageInput[],
    options: DetectOptions<Format> = {},
  ): Promise<Detection<BoxFormats[Format]>[][]> {
    const found = await this.#call('batch', images, options);
    return found as Detection<BoxFormats[Format]>[][];
  }

  async *detectStream<Format extends BoxFormat = 'xywh'>(
    images: Iterable<ImageInput> | AsyncIterable<ImageInput>,
    { onError, ...options }: StreamOptions<ImageInput, Format> = {},
  ): AsyncGenerator<StreamResult<ImageInput, BoxFormats[Format]>, void, void> {
    const results = orderedResults(images, {
      ahead: streamAhead,
      task: (input) => this.#call('one', [input], options as DetectOptions<Format>),
    });
    for await (const { input, index, outcome } of results) {
      if (outcome.status === 'fulfilled') {
        const { width, height, detections } = outcome.value;
        yield { input, index, width, height, detections: detections as Detection<BoxFormats[Format]>[] };
      } else if (onError && !options.signal?.aborted && !this.#disposed)
        onError(outcome.reason, input, index);
      else throw outcome.reason;
    }
  }

  predict(
    image: ImageInput,
    options: Pick<DetectOptions, 'region' | 'letterbox' | 'signal'> = {},
  ): Promise<Prediction> {
    return this.#call('prediction', [image], options);
  }

  detectVideo<Format extends BoxFormat = 'xywh'>(
    video: HTMLVideoElement,
    options?: DetectVideoOptions<Format>,
  ): AsyncGenerator<VideoResult<BoxFormats[Format]>, void, void> {
    return detectVideo(this, video, options);
  }

  dispose(): Promise<void> {
    this.#disposed ??= Promise.allSettled(this.#running)
      .then(() => this.#started)
      .then(({ connection }) => connection.dispose());
    return this.#disposed;
  }

  async #call<Method extends keyof Calls>(
    method: Method,
    inputs: readonly ImageInput[],
    options: DetectOptions,
  ): Promise<Calls[Method]> {
    const call = this.#ask(method, inputs, options);
    this.#running.add(call);
    try {
      return await call;
    } finally {
      this.#running.delete(call);
    }
  }

  async #ask<Method extends keyof Calls>(
    method: Method,
    inputs: readonly ImageInput[],
    options: DetectOptions,
  ): Promise<Calls[Method]> {
    if (this.#disposed) {
      throw new SsdliteError('DETECTOR_DISPOSED', 'This network has been disposed of.', {
        next: 'Make another one, or call dispose() later.',
      });
    }
    const { signal, onTimings, onPartial, onProgress, onViews, ...sent } = options;
    const listeners = {
      ...(onTimings && { onTimings }),
      ...(onPartial && { onPartial }),
      ...(onProgress && { onProgress }),
      ...(onViews && { onViews }),
    };
    const started = await this.#started;
    const ask = async ({ connection }: Started) => {
      const images = await Promise.all(inputs.map((input) => sendablePicture(input, signal)));
      return sendOptions(sent, () =>
        connection.call({ method, images, options: sent as SentOptions, signal, listeners }),
      );
    };
    try {
      return await ask(started);
    } catch (error) {
      const gone = error instanceof SsdliteError && error.code === 'ENGINE_UNAVAILABLE';
      if (!gone || this.#options.wanted !== 'auto' || this.#disposed) throw error;
      // Its engine is lost for good: once more on another, from the pictures that the caller still has.
      return ask(await this.#replace(started, error));
    }
  }

  #replace(lost: Started, why: Error): Promise<Started> {
    if (lost === this.#current) {
      const name = lost.choice.name as BrowserEngineName;
      const restart = startWorker(this.#options, new Map([[name, why.message]])).then((started) => {
        this.#current = started;
        return started;
      });
      this.#started = restart.catch((error: unknown) => {
        this.#started = Promise.resolve(lost);
        throw error;
      });
      lost.connection.dispose();
    }
    return this.#started;
  }
}

async function startWorker(
  options: WorkerDetectorOptions,
  avoid: ReadonlyMap<BrowserEngineName, string>,
): Promise<Started> {
  const { wanted, weights, makeWorker } = options;
  const start = async (entry: BrowserEngineEntry) => {
    const engine = entry.prepareWorker?.(options) ?? Promise.resolve({ options: undefined, transfer: [] });
    // Told by the connection, which the worker may not come to.
    engine.catch(() => undefined);
    return WorkerConnection.start(newWorker(entry, makeWorker), { engine, weights });
  };
  const { started, choice } = await chooseEngine(wanted, { avoid, start, model: weights });
  return { connection: started, choice };
}

function newWorker(entry: BrowserEngineEntry, makeWorker: MakeWorker | undefined): Worker {
  if (makeWorker) return makeWorker(entry.name);
  try {
    return entry.makeWorker();
  } catch (cause) {
    const isForeign = cause instanceof DOMException && cause.name === 'SecurityError';
    throw new SsdliteError(
      'ENGINE_FAILED',
      isForeign
        ? "The worker's file comes from another site than the page, which browsers do not allow."
        : `The worker cannot be made: ${cause instanceof Error ? cause.message : String(cause)}.`,
      {
        next: `Serve node_modules/ssdlite/dist/browser/worker/${entry.name}.js from the page's own site, and pass worker: (engine) => new Worker(its address, { type: 'module' }).`,
        cause,
      },
    );
  }
}

/** What cannot be sent, in words. */
async function sendOptions<Result>(options: object, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (cause) {
    if (!(cause instanceof DOMException) || cause.name !== 'DataCloneError') throw cause;
    const fault = cloneFault(options);
    if (fault !== undefined) {
      throw new SsdliteError('INVALID_ARGUMENT', `The options cannot be sent to the worker: ${fault}`, {
        next: 'Pass plain numbers, strings and lists.',
        cause,
      });
    }
    // Then it is a picture: all are whole, and only one that the page may not read stays where it is.
    throw taintedError(cause);
  }
}

/** Why something cannot be sent; browsers word it differently. */
function cloneFault(value: unknown): string | undefined {
  try {
    structuredClone(value);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
