// The one orchestrator: read, preprocess, run, postprocess. It holds the parts and does no maths.

import { SsdliteError } from '@ssdlite/layers';
import { checkNotAborted } from './abort.ts';
import { type BoxCoder, tfOdBoxCoder } from './boxes/box-coder.ts';
import type { HeadOutputs } from './boxes/candidates.ts';
import {
  type BoxFormat,
  type BoxFormats,
  type DetectOptions,
  type ResolvedOptions,
  resolveDetectOptions,
  resolveRegion,
} from './detect/detect-options.ts';
import { type Placement, place } from './detect/placement.ts';
import { postprocess } from './detect/postprocess.ts';
import { type InputLayout, minusOneToOne, preprocess } from './detect/preprocess.ts';
import type { Detection } from './detection.ts';
import type { EngineChoice, Program } from './engine.ts';
import type { Label } from './labels.ts';
import { ssdAnchors } from './network/ssd-anchors.ts';
import type { SsdConfig } from './network/ssd-config.ts';
import { orderedResults } from './ordered-results.ts';
import type { Pixels } from './pixels.ts';
import { Stopwatch } from './stopwatch.ts';
import type { Manifest } from './weights/manifest.ts';

/** What a detector is made of. `createDetector` of `ssdlite/node` and `ssdlite/browser` puts the parts together. */
export interface DetectorParts<Input> {
  readonly manifest: Manifest;
  readonly engine: EngineChoice;
  readonly inputLayout: InputLayout;
  readonly program: Program;
  readonly readPixels: (input: Input, signal: AbortSignal | undefined) => Promise<Pixels>;
}

/** The network's own outputs for one picture, before thresholds and suppression. */
export interface Prediction extends HeadOutputs {
  /** `[anchors, 4]`, corners (ymin, xmin, ymax, xmax) as fractions of the network's input. `decodeBoxes` joins them with `boxes`. */
  readonly anchors: Float32Array;
  /** Columns of `logits`; column 0 is the background. */
  readonly logitColumns: number;
  /** Where the picture lies in the network's input. */
  readonly placement: Placement;
}

/** A picture of a stream and what was found on it. */
export interface StreamResult<Input, Box> {
  readonly input: Input;
  /** Place in the stream, from 0. */
  readonly index: number;
  /** Size of the picture in pixels, as displayed. */
  readonly width: number;
  readonly height: number;
  readonly detections: Detection<Box>[];
}

/** Options of `detectStream`. */
export interface StreamOptions<Input, Format extends BoxFormat> extends DetectOptions<Format> {
  /** Receives what is wrong with a picture, and the stream goes on with the next; without it, the stream ends with the error. */
  readonly onError?: (error: unknown, input: Input, index: number) => void;
}

/** Pictures of a stream that are decoded or run at once: one on the engine while the next two are read. */
const streamAhead = 3;

/** Pictures that `detectBatch` gives to the engine at once. */
const batchSize = 8;

/** Finds objects on pictures. Calls may overlap; what a call needs travels with it. */
export class Detector<Input> {
  /** Which engine serves, and why. */
  readonly engine: EngineChoice;
  /** The classes that the weights know. */
  readonly labels: readonly Label[];
  /** The facts of the weights: architecture, metric, source, licence. */
  readonly manifest: Manifest;
  readonly #parts: DetectorParts<Input>;
  readonly #config: SsdConfig;
  readonly #anchors: Float32Array;
  readonly #coder: BoxCoder = tfOdBoxCoder;
  readonly #labelOf: ReadonlyMap<number, string>;
  readonly #running = new Set<Promise<unknown>>();
  #disposed: Promise<void> | undefined;

  constructor(parts: DetectorParts<Input>) {
    this.#parts = parts;
    this.engine = parts.engine;
    this.manifest = parts.manifest;
    this.labels = parts.manifest.labels;
    this.#config = parts.manifest.architecture;
    this.#anchors = ssdAnchors(this.#config);
    this.#labelOf = new Map(this.labels.map(({ id, name }) => [id, name]));
  }

  /**
   * Finds the objects of one picture, best first.
   *
   * @throws SsdliteError `INVALID_ARGUMENT`, `UNKNOWN_CLASS`, `IMAGE_…`, `FETCH_FAILED`, `ABORTED`, `ENGINE_FAILED`,
   *   `DETECTOR_DISPOSED`
   * @example
   * await detector.detect('street.jpg', { scoreThreshold: 0.5, classes: ['person', 'dog'] });
   * // [{ label: 'person', classId: 1, score: 0.93, box: { x: 12, y: 40, width: 85, height: 210 } }, …]
   */
  async detect<Format extends BoxFormat = 'xywh'>(
    image: Input,
    options: DetectOptions<Format> = {},
  ): Promise<Detection<BoxFormats[Format]>[]> {
    const [result] = await this.#detectTogether([image], this.#resolve(options));
    return result?.detections ?? [];
  }

  /**
   * Finds the objects of several pictures; one list per picture, in their order. Pictures run through the network together, a few
   * at a time. One that cannot be read fails the call: see `detectStream` for sets that may hold broken ones.
   *
   * @throws SsdliteError as `detect`
   */
  async detectBatch<Format extends BoxFormat = 'xywh'>(
    images: readonly Input[],
    options: DetectOptions<Format> = {},
  ): Promise<Detection<BoxFormats[Format]>[][]> {
    const resolved = this.#resolve(options);
    const found: Detection<BoxFormats[Format]>[][] = [];
    for (let from = 0; from < images.length; from += batchSize) {
      const results = await this.#detectTogether(images.slice(from, from + batchSize), resolved);
      found.push(...results.map(({ detections }) => detections));
    }
    return found;
  }

  /**
   * Finds the objects of a stream of pictures, in its order. The next pictures are read while one is on the engine, and no more
   * are asked for than are about to be needed.
   *
   * @throws SsdliteError as `detect`, unless `onError` takes what is wrong with single pictures
   * @example
   * for await (const { input, detections } of detector.detectStream(paths)) console.log(input, detections.length);
   */
  async *detectStream<Format extends BoxFormat = 'xywh'>(
    images: Iterable<Input> | AsyncIterable<Input>,
    { onError, ...options }: StreamOptions<Input, Format> = {},
  ): AsyncGenerator<StreamResult<Input, BoxFormats[Format]>, void, void> {
    const resolved = this.#resolve(options as DetectOptions<Format>);
    const results = orderedResults(images, {
      ahead: streamAhead,
      task: (input) => this.#detectTogether([input], resolved),
    });
    for await (const { input, index, outcome } of results) {
      if (outcome.status === 'fulfilled') {
        for (const result of outcome.value) yield { input, index, ...result };
      } else if (onError && !resolved.signal?.aborted && !this.#disposed)
        onError(outcome.reason, input, index);
      else throw outcome.reason;
    }
  }

  /**
   * The network's own outputs for one picture.
   *
   * @throws SsdliteError as `detect`
   */
  async predict(
    image: Input,
    options: Pick<DetectOptions, 'region' | 'letterbox' | 'signal'> = {},
  ): Promise<Prediction> {
    const resolved = this.#resolve(options);
    return this.#track(async () => {
      const pixels = await this.#read([image], resolved.signal);
      const [placement] = pixels.map((read) => this.#place(read, resolved)) as [Placement];
      const [heads] = await this.#run(this.#preprocess(pixels, [placement]), 1, resolved.signal);
      const { logitColumns } = this.#config;
      return { ...(heads as HeadOutputs), anchors: this.#anchors.slice(), logitColumns, placement };
    });
  }

  /** Waits for calls under way and gives all memory back. Harmless when called again; any other call after it is an error. */
  dispose(): Promise<void> {
    this.#disposed ??= Promise.allSettled(this.#running).then(() => this.#parts.program.dispose());
    return this.#disposed;
  }

  #resolve<Format extends BoxFormat>(options: DetectOptions<Format>): ResolvedOptions<Format> {
    return resolveDetectOptions(options, { labels: this.labels, logitColumns: this.#config.logitColumns });
  }

  /** Reads pictures side by side, runs them as one batch, and finishes each. */
  #detectTogether<Format extends BoxFormat>(images: readonly Input[], options: ResolvedOptions<Format>) {
    return this.#track(async () => {
      const { signal, onTimings } = options;
      const stopwatch = new Stopwatch(images.length);
      const pixels = await this.#read(images, signal);
      const decode = stopwatch.lap();
      const placements = pixels.map((image) => this.#place(image, options));
      const input = this.#preprocess(pixels, placements);
      const preprocessing = stopwatch.lap();
      const heads = await this.#run(input, images.length, signal);
      const inference = stopwatch.lap();
      const results = pixels.map(({ width, height }, index) => ({
        width,
        height,
        detections: postprocess(heads[index] as HeadOutputs, {
          anchors: this.#anchors,
          coder: this.#coder,
          labelOf: this.#labelOf,
          placement: placements[index] as Placement,
          image: { width, height },
          options,
        }),
      }));
      const postprocessing = stopwatch.lap();
      const timings = {
        decode,
        preprocess: preprocessing,
        inference,
        postprocess: postprocessing,
        total: stopwatch.total(),
      };
      if (onTimings) for (const _ of images) onTimings(timings);
      return results;
    });
  }

  #read(images: readonly Input[], signal: AbortSignal | undefined): Promise<Pixels[]> {
    checkNotAborted(signal);
    return Promise.all(images.map((image) => this.#parts.readPixels(image, signal)));
  }

  #place(pixels: Pixels, { region, letterbox }: Pick<ResolvedOptions, 'region' | 'letterbox'>): Placement {
    return place(resolveRegion(region, pixels), { input: this.#config.inputSize, letterbox });
  }

  #preprocess(pixels: readonly Pixels[], placements: readonly Placement[]): Float32Array {
    const { height, width } = this.#config.inputSize;
    const size = height * width * 3;
    const target = new Float32Array(pixels.length * size);
    for (const [index, image] of pixels.entries()) {
      preprocess(image, {
        placement: placements[index] as Placement,
        layout: this.#parts.inputLayout,
        normalization: minusOneToOne,
        target,
        offset: index * size,
      });
    }
    return target;
  }

  async #run(input: Float32Array, batch: number, signal: AbortSignal | undefined): Promise<HeadOutputs[]> {
    checkNotAborted(signal);
    const { boxes, logits } = await this.#parts.program.run(input, batch);
    checkNotAborted(signal);
    const codes = this.#anchors.length;
    const scores = (codes / 4) * this.#config.logitColumns;
    return Array.from({ length: batch }, (_, index) => ({
      boxes: (boxes as Float32Array).subarray(index * codes, (index + 1) * codes),
      logits: (logits as Float32Array).subarray(index * scores, (index + 1) * scores),
    }));
  }

  /** Keeps `dispose` waiting while the work is under way. */
  async #track<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#disposed) {
      throw new SsdliteError('DETECTOR_DISPOSED', 'This detector has been disposed of.', {
        next: 'Create another one, or call dispose() later.',
      });
    }
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}
