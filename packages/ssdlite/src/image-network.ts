// From pictures to what a network says about them: read, place, preprocess, run. Detector and classifier stand on it.

import type { Normalization } from '@ssdlite/backbone';
import { type BatchSize, SsdliteError } from '@ssdlite/layers';
import { checkNotAborted } from './abort.ts';
import type { Placement, Size } from './detect/placement.ts';
import { type InputLayout, preprocess } from './detect/preprocess.ts';
import type { Program } from './engine.ts';
import type { Pixels } from './pixels.ts';
import { Stopwatch } from './stopwatch.ts';

/** What an image network is made of. */
export interface ImageNetworkParts<Input> {
  readonly readPixels: (input: Input, signal: AbortSignal | undefined) => Promise<Pixels>;
  readonly inputLayout: InputLayout;
  readonly normalization: Normalization;
  readonly program: Program;
}

/** How the pictures of one call are looked at. */
export interface InferOptions {
  /** What the network is given of a picture: one placement per pass. */
  readonly plan: (image: Size) => readonly Placement[];
  readonly signal?: AbortSignal | undefined;
}

/** What the network says of one part of a picture. */
export interface Pass<Output extends string> {
  readonly placement: Placement;
  readonly outputs: Readonly<Record<Output, Float32Array>>;
}

/** What the network says of one picture. */
export interface Inference<Output extends string> {
  /** Of the picture, in pixels. */
  readonly image: Size;
  /** In the order of the plan. */
  readonly passes: readonly Pass<Output>[];
}

/** Pixels of the network's input that are run together at most: eight of 300 x 300. */
const batchPixels = 8 * 300 * 300;

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
   * Reads pictures side by side, and runs passes of one size as batches. `finish` makes the result, and is part of the call: `dispose`
   * waits for it.
   */
  infer<Result>(
    images: readonly Input[],
    { plan, signal }: InferOptions,
    finish: (inferences: Inference<Output>[], stopwatch: Stopwatch) => Result,
  ): Promise<Result> {
    return this.#track(async () => {
      const stopwatch = new Stopwatch(images.length);
      const pixels = await this.#read(images, signal);
      stopwatch.lap('decode');
      const jobs = pixels.flatMap((image, picture) =>
        plan(image).map((placement) => ({ pixels: image, picture, placement })),
      );
      const passes: Pass<Output>[][] = pixels.map(() => []);
      for (const batch of toBatches(jobs)) {
        const input = this.#preprocess(batch);
        stopwatch.lap('preprocess');
        const outputs = await this.#run(input, batch, signal);
        stopwatch.lap('inference');
        for (const [index, { picture, placement }] of batch.entries()) {
          passes[picture]?.push({ placement, outputs: outputs[index] as Record<Output, Float32Array> });
        }
      }
      const inferences = pixels.map(({ width, height }, picture) => ({
        image: { width, height },
        passes: passes[picture] ?? [],
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

  #preprocess(batch: readonly Job[]): Float32Array {
    const { inputLayout: layout, normalization } = this.#parts;
    const { height, width } = sizeOfBatch(batch);
    const size = height * width * 3;
    const target = new Float32Array(batch.length * size);
    for (const [index, { pixels, placement }] of batch.entries()) {
      preprocess(pixels, { placement, layout, normalization, target, offset: index * size });
    }
    return target;
  }

  /** One record of outputs per job. */
  async #run(
    input: Float32Array,
    batch: readonly Job[],
    signal: AbortSignal | undefined,
  ): Promise<Record<string, Float32Array>[]> {
    checkNotAborted(signal);
    const outputs = Object.entries(
      await this.#runProgram(input, { batch: batch.length, ...sizeOfBatch(batch) }),
    );
    checkNotAborted(signal);
    return batch.map((_, index) =>
      Object.fromEntries(
        outputs.map(([name, data]) => {
          const size = data.length / batch.length;
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

/** One pass that is to be run. */
interface Job {
  readonly pixels: Pixels;
  /** Place of the picture in the call. */
  readonly picture: number;
  readonly placement: Placement;
}

/** Neighbours of one size, as many as may run together. */
function toBatches(jobs: readonly Job[]): Job[][] {
  const batches: Job[][] = [];
  for (const job of jobs) {
    const { height, width } = job.placement.input;
    const last = batches.at(-1);
    const fits =
      last &&
      sizeOfBatch(last).height === height &&
      sizeOfBatch(last).width === width &&
      (last.length + 1) * height * width <= batchPixels;
    if (fits) last.push(job);
    else batches.push([job]);
  }
  return batches;
}

function sizeOfBatch([first]: readonly Job[]): Size {
  return (first as Job).placement.input;
}
