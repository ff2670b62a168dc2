// The one orchestrator: read, preprocess, run, postprocess. It holds the parts and does no maths.

import { minusOneToOne } from '@ssdlite/backbone';
import { type BoxCoder, tfOdBoxCoder } from './boxes/box-coder.ts';
import type { HeadOutputs } from './boxes/candidates.ts';
import { withSigmoidLogits } from './boxes/softmax-scores.ts';
import type { BoxFormat, BoxFormats, DetectOptions, ResolvedOptions } from './detect/detect-options.ts';
import { type Placement, place, type Size } from './detect/placement.ts';
import { postprocess } from './detect/postprocess.ts';
import { resolveDetectOptions } from './detect/resolve-detect-options.ts';
import { resolveRegion } from './detect/resolve-region.ts';
import type { Detection } from './detection.ts';
import type { EngineChoice } from './engine.ts';
import { ImageNetwork, type ImageNetworkParts, isOnDevice, type Pass } from './image-network.ts';
import type { Label } from './labels.ts';
import { SizedAnchors } from './network/sized-anchors.ts';
import type { SsdOutput } from './network/ssd-network.ts';
import { orderedResults } from './ordered-results.ts';
import { type PictureSource, wholePicture } from './picture-source.ts';
import { pixelPyramid } from './pixel-pyramid.ts';
import { type LookParts, lookAtPicture, seeViews } from './quality/look-at-picture.ts';
import type { ResolvedQuality } from './quality/resolve-quality.ts';
import type { SeenView } from './quality/view-boxes.ts';
import type { View } from './quality/views.ts';
import { Stopwatch } from './stopwatch.ts';
import type { Manifest } from './weights/manifest.ts';

/** What a detector is made of. `createDetector` of `ssdlite/node` and `ssdlite/browser` puts the parts together. */
export interface DetectorParts<Input>
  extends Pick<ImageNetworkParts<Input>, 'readPicture' | 'inputLayout' | 'program'> {
  readonly manifest: Manifest;
  readonly engine: EngineChoice;
  /** Opens a picture for tiles, one that is too large to be decoded whole too. Left out: all are decoded whole. */
  readonly openPicture?: (input: Input, options: OpenOptions) => Promise<PictureSource>;
}

/** How a picture is opened for tiles. */
export interface OpenOptions {
  readonly signal: AbortSignal | undefined;
  /** Receives how many rows of a large picture have been decoded. */
  readonly onRows: (rows: { readonly done: number; readonly total: number }) => void;
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

/** What the views of a picture saw. */
export interface Look {
  /** Of the picture in pixels, as displayed. */
  readonly width: number;
  readonly height: number;
  /** Multiply-adds, as a multiple of one pass at the size for which the weights were trained. */
  readonly cost: number;
  /** In the order of the views that were asked for. */
  readonly views: readonly SeenView[];
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
  /** The classes that the weights know. */
  readonly labels: readonly Label[];
  /** The facts of the weights: architecture, metric, source, licence. */
  readonly manifest: Manifest;
  readonly #parts: Pick<DetectorParts<Input>, 'engine'>;
  readonly #network: ImageNetwork<Input, SsdOutput>;
  readonly #anchors: SizedAnchors;
  readonly #coder: BoxCoder = tfOdBoxCoder;
  readonly #labelOf: ReadonlyMap<number, string>;
  readonly #openPicture: DetectorParts<Input>['openPicture'];

  constructor(parts: DetectorParts<Input>) {
    const { manifest, readPicture, inputLayout, openPicture } = parts;
    const { architecture, labels, scoreConverter } = manifest;
    const program =
      scoreConverter === 'softmax'
        ? withSigmoidLogits(parts.program, architecture.logitColumns)
        : parts.program;
    this.#parts = parts;
    this.#openPicture = openPicture;
    this.manifest = manifest;
    this.labels = labels;
    this.#network = new ImageNetwork({ readPicture, inputLayout, program, normalization: minusOneToOne });
    this.#anchors = new SizedAnchors(architecture);
    this.#labelOf = new Map(labels.map(({ id, name }) => [id, name]));
  }

  /** Which engine serves, and why. In the browser it may change: when a graphics processor is lost, another takes over. */
  get engine(): EngineChoice {
    return this.#parts.engine;
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
      } else if (onError && !resolved.signal?.aborted && !this.#network.disposed)
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
    const { logitColumns, inputSize } = this.manifest.architecture;
    const resolved = this.#resolve(options);
    const plan = (size: Size) => [wholePlacement(size, { ...resolved, inputSize })];
    return this.#network.infer([image], { plan, signal: resolved.signal }, (inferences) => {
      const [{ outputs, placement }] = inferences.flatMap(({ passes }) => passes) as [Pass<SsdOutput>];
      return { ...outputs, anchors: this.#anchors.of(inputSize).slice(), logitColumns, placement };
    });
  }

  /**
   * What each view of a picture sees, before anything is fused: every box over a score of 0.03. `fuseSeenViews` makes of it what
   * `detect` gives; whoever compares many ways to do so need not run the network for each.
   *
   * @throws SsdliteError as `detect`
   */
  async look(
    image: Input,
    { views, ...options }: Pick<DetectOptions, 'region' | 'signal'> & { readonly views: readonly View[] },
  ): Promise<Look> {
    const { region, signal } = this.#resolve({ ...options, quality: { views } });
    return this.#network.call(async () => {
      const picture = wholePicture(await this.#network.read(image, signal));
      try {
        const run = { signal, stopwatch: new Stopwatch(1) };
        const { width, height } = picture;
        return { width, height, ...(await seeViews(picture, this.#lookParts(), { views, region, run })) };
      } finally {
        await picture.close();
      }
    });
  }

  /** Waits for calls under way and gives all memory back. Harmless when called again; any other call after it is an error. */
  dispose(): Promise<void> {
    return this.#network.dispose();
  }

  #resolve<Format extends BoxFormat>(options: DetectOptions<Format>): ResolvedOptions<Format> {
    return resolveDetectOptions(options, this.manifest);
  }

  #detectTogether<Format extends BoxFormat>(
    images: readonly Input[],
    options: ResolvedOptions<Format>,
  ): Promise<Found<BoxFormats[Format]>[]> {
    const { quality } = options;
    if (quality) return this.#network.call(() => this.#look(images, { options, quality }));
    const { inputSize } = this.manifest.architecture;
    const { signal, onTimings, onViews } = options;
    const plan = (image: Size): Placement[] => [wholePlacement(image, { ...options, inputSize })];
    const parts = { anchors: this.#anchors, coder: this.#coder, labelOf: this.#labelOf, options };
    return this.#network.infer(images, { plan, signal }, (inferences, stopwatch) => {
      const results = inferences.map(({ image, passes }) => ({
        ...image,
        detections: postprocess(passes[0] as Pass<SsdOutput>, { ...parts, image }),
      }));
      stopwatch.lap('postprocess');
      for (const _ of results) {
        onTimings?.(stopwatch.timings());
        onViews?.({ looked: 1, planned: 1, skipped: 0, complete: true });
      }
      return results;
    });
  }

  /** Several views of each picture, one picture after the other. */
  async #look<Format extends BoxFormat>(
    images: readonly Input[],
    { options, quality }: { readonly options: ResolvedOptions<Format>; readonly quality: ResolvedQuality },
  ): Promise<Found<BoxFormats[Format]>[]> {
    const parts = this.#lookParts();
    const found: Found<BoxFormats[Format]>[] = [];
    for (const image of images) {
      const stopwatch = new Stopwatch(1);
      const picture = await this.#open(image, options);
      stopwatch.lap('decode');
      try {
        const detections = await lookAtPicture(picture, parts, { options, quality, stopwatch });
        found.push({ width: picture.width, height: picture.height, detections });
      } finally {
        await picture.close();
      }
      options.onTimings?.(stopwatch.timings());
    }
    return found;
  }

  #lookParts(): LookParts {
    return {
      run: (jobs, options) => this.#network.run(jobs, options),
      anchors: this.#anchors,
      coder: this.#coder,
      labelOf: this.#labelOf,
      architecture: this.manifest.architecture,
    };
  }

  async #open(
    image: Input,
    { tileSize, signal, onProgress }: Pick<ResolvedOptions, 'tileSize' | 'signal' | 'onProgress'>,
  ): Promise<PictureSource> {
    if (tileSize === undefined) return wholePicture(await this.#network.read(image, signal));
    if (this.#openPicture) {
      return this.#openPicture(image, {
        signal,
        onRows: (rows) => onProgress?.({ stage: 'read', ...rows, flat: 0 }),
      });
    }
    const picture = await this.#network.read(image, signal);
    return isOnDevice(picture) ? wholePicture(picture) : pixelPyramid(picture);
  }
}

/** A picture and what was found on it. */
interface Found<Box> extends Size {
  readonly detections: Detection<Box>[];
}

/** The whole picture, or its region, in one pass. */
function wholePlacement(
  image: Size,
  options: Pick<ResolvedOptions, 'region' | 'letterbox'> & { readonly inputSize: Size },
): Placement {
  const { region, letterbox, inputSize } = options;
  return place(resolveRegion(region, image), { input: inputSize, letterbox });
}
