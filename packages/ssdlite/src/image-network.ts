// From pictures to what a network says about them: read, place, preprocess, run. Detector and classifier stand on it.

import type { Normalization } from '@ssdlite/backbone';
import { type BatchSize, SsdliteError } from '@ssdlite/layers';
import { checkNotAborted } from './abort.ts';
import { resolveRegion } from './detect/detect-options.ts';
import { type Placement, place, type Size } from './detect/placement.ts';
import { type InputLayout, preprocess } from './detect/preprocess.ts';
import type { BoxXywh } from './detection.ts';
import type { Program } from './engine.ts';
import type { Pixels } from './pixels.ts';
import { Stopwatch } from './stopwatch.ts';

/** What an image network is made of. */
export interface ImageNetworkParts<Input> {
  readonly readPixels: (input: Input, signal: AbortSignal | undefined) => Promise<Pixels>;
  readonly inputSize: Size;
  readonly inputLayout: InputLayout;
  readonly normalization: Normalization;
  readonly program: Program;
}

/** How the pictures of one call are looked at. */
export interface InferOptions {
  readonly region?: BoxXywh | undefined;
  readonly letterbox?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What the network says of one picture. */
export interface Inference<Output extends string> {
  /** Of the picture, in pixels. */
  readonly image: Size;
  readonly placement: Placement;
  readonly outputs: Readonly<Record<Output, Float32Array>>;
}

/** A compiled network that takes pictures. */
export class ImageNetwork<Input, Output extends string> {
  readonly #parts: ImageNetworkParts<Input>;
  readonly #running = new Set<Promise<unknown>>();
  #disposed: Promise<void> | undefined;

  constructor(parts: ImageNetworkParts<Input>) {
    this.#parts = parts;
  }

  get disposed(): boolean {
    return this.#disposed !== undefined;
  }

  /**
   * Reads pictures side by side and runs them as one batch. `finish` makes each picture's result, and is part of the call: `dispose`
   * waits for it.
   */
  infer<Result>(
    images: readonly Input[],
    options: InferOptions,
    finish: (inferences: Inference<Output>[], stopwatch: Stopwatch) => Result,
  ): Promise<Result> {
    return this.#track(async () => {
      const stopwatch = new Stopwatch(images.length);
      const pixels = await this.#read(images, options.signal);
      stopwatch.lap('decode');
      const placements = pixels.map((image) => this.#place(image, options));
      const input = this.#preprocess(pixels, placements);
      stopwatch.lap('preprocess');
      const outputs = await this.#run(input, images.length, options.signal);
      stopwatch.lap('inference');
      const inferences = pixels.map(({ width, height }, index) => ({
        image: { width, height },
        placement: placements[index] as Placement,
        outputs: outputs[index] as Record<Output, Float32Array>,
      }));
      return finish(inferences, stopwatch);
    });
  }

  /** Waits for calls under way, then gives the engine's memory back. Harmless when called again. */
  dispose(): Promise<void> {
    this.#disposed ??= Promise.allSettled(this.#running).then(() => this.#parts.program.dispose());
    return this.#disposed;
  }

  async #read(images: readonly Input[], signal: AbortSignal | undefined): Promise<Pixels[]> {
    checkNotAborted(signal);
    const pixels = await Promise.all(images.map((image) => this.#parts.readPixels(image, signal)));
    checkNotAborted(signal);
    return pixels;
  }

  #place(pixels: Pixels, { region, letterbox = false }: InferOptions): Placement {
    return place(resolveRegion(region, pixels), { input: this.#parts.inputSize, letterbox });
  }

  #preprocess(pixels: readonly Pixels[], placements: readonly Placement[]): Float32Array {
    const { inputSize, inputLayout: layout, normalization } = this.#parts;
    const size = inputSize.height * inputSize.width * 3;
    const target = new Float32Array(pixels.length * size);
    for (const [index, image] of pixels.entries()) {
      const placement = placements[index] as Placement;
      preprocess(image, { placement, layout, normalization, target, offset: index * size });
    }
    return target;
  }

  /** One record of outputs per picture. */
  async #run(
    input: Float32Array,
    batch: number,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, Float32Array>[]> {
    const outputs = Object.entries(await this.#runProgram(input, { batch, ...this.#parts.inputSize }));
    checkNotAborted(signal);
    return Array.from({ length: batch }, (_, index) =>
      Object.fromEntries(
        outputs.map(([name, data]) => {
          const size = data.length / batch;
          return [name, data.subarray(index * size, (index + 1) * size)];
        }),
      ),
    );
  }

  async #runProgram(input: Float32Array, size: BatchSize): Promise<Record<string, Float32Array>> {
    try {
      return await this.#parts.program.run(input, size);
    } catch (cause) {
      if (cause instanceof SsdliteError) throw cause;
      const [why] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
      throw new SsdliteError('ENGINE_FAILED', `The engine stopped: ${why}`, {
        value: size,
        next: 'Try again with fewer pictures at once, or with another engine.',
        cause,
      });
    }
  }

  async #track<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#disposed) {
      throw new SsdliteError('DETECTOR_DISPOSED', 'This network has been disposed of.', {
        next: 'Make another one, or call dispose() later.',
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
