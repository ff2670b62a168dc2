// From pictures to what a network says about them: read, place, preprocess, run. Detector and classifier stand on it.

import type { Normalization } from '@ssdlite/backbone';
import { type BatchSize, SsdliteError } from '@ssdlite/layers';
import { checkNotAborted } from './abort.ts';
import type { Placement, Size } from './detect/placement.ts';
import { type InputLayout, preprocess } from './detect/preprocess.ts';
import type { DevicePicture, Program } from './engine.ts';
import type { Pixels } from './pixels.ts';
import { Stopwatch } from './stopwatch.ts';

/** What an image network is made of. */
export interface ImageNetworkParts<Input> {
  /** Pixels; or a picture for the program's `runPictures`, which is released after the call. */
  readonly readPicture: (input: Input, signal: AbortSignal | undefined) => Promise<Pixels | DevicePicture>;
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

const defaultBatchPixels = 8 * 300 * 300;

/** One pass that is to be run. */
export interface Job {
  /** The network's input. */
  readonly input: Size;
  /** Whether `read` gives a `DevicePicture`. */
  readonly onDevice: boolean;
  /** The picture, or a part of it; asked for when it is the job's turn. */
  readonly read: () => PlacedPicture | Promise<PlacedPicture>;
}

/** A picture and what the network is given of it: the placement's region is in pixels of this picture. */
export interface PlacedPicture {
  readonly picture: Pixels | DevicePicture;
  readonly placement: Placement;
  /** Stands for what the network sees: of two inputs of one size and one key, only the first is run. */
  readonly key?: string | undefined;
}

/** What runs of one call share. */
export interface RunOptions {
  readonly signal: AbortSignal | undefined;
  readonly stopwatch: Stopwatch;
  /** Pixels of the network's input that are run together at most. Default: eight of 300 x 300. */
  readonly batchPixels?: number;
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
   * Reads pictures side by side, and runs passes of one size as batches. `finish` makes the result, and is part of the call: `dispose`
   * waits for it.
   */
  infer<Result>(
    images: readonly Input[],
    { plan, signal }: InferOptions,
    finish: (inferences: Inference<Output>[], stopwatch: Stopwatch) => Result,
  ): Promise<Result> {
    return this.call(async () => {
      const stopwatch = new Stopwatch(images.length);
      const pictures = await this.#readAll(images, signal);
      try {
        stopwatch.lap('decode');
        const jobs = pictures.flatMap((picture, index) =>
          plan(picture).map((placement) => ({
            input: placement.input,
            onDevice: isOnDevice(picture),
            index,
            placement,
            read: () => ({ picture, placement }),
          })),
        );
        const passes: Pass<Output>[][] = pictures.map(() => []);
        for await (const { job, outputs } of this.run(jobs, { signal, stopwatch })) {
          passes[job.index]?.push({ placement: job.placement, outputs });
        }
        const inferences = pictures.map(({ width, height }, index) => ({
          image: { width, height },
          passes: passes[index] ?? [],
        }));
        return finish(inferences, stopwatch);
      } finally {
        for (const picture of pictures) release(picture);
      }
    });
  }

  /** Runs passes in their order, neighbours of one size as batches: what they say is to be used before the next is asked for. */
  async *run<J extends Job>(
    jobs: readonly J[],
    { signal, stopwatch, batchPixels = defaultBatchPixels }: RunOptions,
  ): AsyncGenerator<{
    readonly job: J;
    readonly outputs: Readonly<Record<Output, Float32Array>>;
    /** Whether they are those of an earlier pass, of the same key. */
    readonly repeated: boolean;
  }> {
    const known = new KnownOutputs<Record<string, Float32Array>>();
    for (const batch of toBatches(jobs, batchPixels)) {
      checkNotAborted(signal);
      const placed: PlacedPicture[] = [];
      for (const { read } of batch) {
        const one = read();
        placed.push(one instanceof Promise ? await one : one);
      }
      checkNotAborted(signal);
      const fresh = placed.filter((one) => !known.get(one));
      const outputs = new Map<PlacedPicture, Record<string, Float32Array>>();
      if (fresh.length > 0) {
        const ran = await this.#runBatch(fresh, stopwatch);
        for (const [place, one] of fresh.entries()) {
          outputs.set(one, ran[place] as Record<string, Float32Array>);
          known.set(one, ran[place] as Record<string, Float32Array>);
        }
      }
      stopwatch.lap('inference');
      checkNotAborted(signal);
      for (const [place, job] of batch.entries()) {
        const one = placed[place] as PlacedPicture;
        const own = outputs.get(one);
        yield {
          job,
          outputs: (own ?? known.get(one)) as Record<Output, Float32Array>,
          repeated: !own,
        };
      }
    }
  }

  /** One picture; whoever reads it releases it. */
  async read(image: Input, signal: AbortSignal | undefined): Promise<Pixels | DevicePicture> {
    const [picture] = await this.#readAll([image], signal);
    return picture as Pixels | DevicePicture;
  }

  /** Work that belongs to a call: `dispose` waits for it, and none begins after that. */
  async call<Result>(work: () => Promise<Result>): Promise<Result> {
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

  /** Waits for calls under way, then gives the engine's memory back. Harmless when called again. */
  dispose(): Promise<void> {
    this.#disposed ??= Promise.allSettled(this.#running).then(() => this.#parts.program.dispose());
    return this.#disposed;
  }

  async #readAll(
    images: readonly Input[],
    signal: AbortSignal | undefined,
  ): Promise<(Pixels | DevicePicture)[]> {
    checkNotAborted(signal);
    const read = await Promise.allSettled(images.map((image) => this.#parts.readPicture(image, signal)));
    const pictures = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    try {
      for (const one of read) if (one.status === 'rejected') throw one.reason;
      checkNotAborted(signal);
    } catch (error) {
      for (const picture of pictures) release(picture);
      throw error;
    }
    return pictures;
  }

  /** One record of outputs per job. */
  async #runBatch(
    batch: readonly PlacedPicture[],
    stopwatch: Stopwatch,
  ): Promise<Record<string, Float32Array>[]> {
    const { program, normalization } = this.#parts;
    const parts = batch.flatMap(({ picture, placement }) =>
      isOnDevice(picture) ? [{ picture, placement }] : [],
    );
    const size = { batch: batch.length, ...inputOf(batch) };
    const run = async () => {
      if (program.runPictures && parts.length > 0) return program.runPictures(parts, normalization);
      const input = this.#preprocess(batch);
      stopwatch.lap('preprocess');
      return program.run(input, size);
    };
    const outputs = Object.entries(await this.#explained(run, size));
    return batch.map((_, index) =>
      Object.fromEntries(
        outputs.map(([name, data]) => {
          const length = data.length / batch.length;
          return [name, data.subarray(index * length, (index + 1) * length)];
        }),
      ),
    );
  }

  #preprocess(batch: readonly PlacedPicture[]): Float32Array {
    const { inputLayout: layout, normalization } = this.#parts;
    const { height, width } = inputOf(batch);
    const size = height * width * 3;
    const target = new Float32Array(batch.length * size);
    for (const [index, { picture, placement }] of batch.entries()) {
      if (isOnDevice(picture)) throw new TypeError('A picture came without pixels.');
      preprocess(picture, { placement, layout, normalization, target, offset: index * size });
    }
    return target;
  }

  /** What an engine throws, as an error of ours. */
  async #explained<Result>(run: () => Promise<Result>, size: BatchSize): Promise<Result> {
    try {
      return await run();
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
}

/** Keys whose outputs are kept: each takes some megabytes at large inputs. */
const mostKnown = 4;

/** What the network said of inputs that have a key. */
class KnownOutputs<Outputs> {
  readonly #byKey = new Map<string, Outputs>();

  get(one: PlacedPicture): Outputs | undefined {
    return one.key === undefined ? undefined : this.#byKey.get(nameOf(one));
  }

  set(one: PlacedPicture, outputs: Outputs): void {
    if (one.key !== undefined && this.#byKey.size < mostKnown) this.#byKey.set(nameOf(one), outputs);
  }
}

function nameOf({ key, placement: { input } }: PlacedPicture): string {
  return `${input.height} x ${input.width}: ${key}`;
}

/** Whether a picture is left for the program's `runPictures`. */
export function isOnDevice(picture: Pixels | DevicePicture): picture is DevicePicture {
  return 'release' in picture;
}

/** Lets go of a picture that is left where it came from. */
export function release(picture: Pixels | DevicePicture): void {
  if (isOnDevice(picture)) picture.release();
}

/** Neighbours of one size, as many as may run together. */
function toBatches<J extends Job>(jobs: readonly J[], batchPixels: number): J[][] {
  const batches: J[][] = [];
  for (const job of jobs) {
    const { height, width } = job.input;
    const last = batches.at(-1);
    const [first] = last ?? [];
    const fits =
      last &&
      first &&
      first.onDevice === job.onDevice &&
      first.input.height === height &&
      first.input.width === width &&
      (last.length + 1) * height * width <= batchPixels;
    if (fits) last.push(job);
    else batches.push([job]);
  }
  return batches;
}

/** The input size of placed pictures, which is one. */
function inputOf([first]: readonly PlacedPicture[]): Size {
  return (first as PlacedPicture).placement.input;
}
