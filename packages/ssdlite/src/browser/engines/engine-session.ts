// The engine of one detector, kept running: when its device is lost it is started anew, or another takes its place, and what was
// under way runs once more.

import type { BatchSize, Network, Weights } from '@ssdlite/layers';
import { preprocess } from '../../detect/preprocess.ts';
import type { EngineChoice, PicturePart, Program } from '../../engine.ts';
import { BrowserPicture } from '../browser-picture.ts';
import type { PixelReader } from '../pixel-reader.ts';
import type { BrowserEngine, BrowserEngineName, EngineLoss } from './browser-engine.ts';
import { checkKernels } from './check-kernels.ts';

/** Losses of one engine after which another is looked for. */
const patience = 2;

/** An engine that runs the network, and is known to run it rightly. */
export interface StartedEngine {
  readonly engine: BrowserEngine;
  readonly program: Program;
}

/** An engine that runs, and why it was taken. */
export interface ChosenEngine {
  readonly started: StartedEngine;
  readonly choice: EngineChoice;
}

/** What an {@link EngineSession} needs. */
export interface EngineSessionOptions {
  /** Starts the engine anew, or the next best when some are to be avoided. */
  readonly restart: (avoid: ReadonlyMap<BrowserEngineName, string>) => Promise<ChosenEngine>;
  /** For pictures that an engine was to resize that is gone. */
  readonly reader: PixelReader;
}

/**
 * Compiles a network on an engine that has been proven to compute rightly: by its kernels before, or by the network after.
 *
 * @param options.model network and weights, which may still be on their way while the engine loads
 * @param options.checkProgram runs the network once; throws if what comes out is wrong
 */
export async function startEngine(options: {
  readonly engine: Promise<BrowserEngine>;
  readonly model: Promise<{ readonly network: Network; readonly weights: Weights }>;
  readonly checkProgram: (program: Program, engine: BrowserEngine) => Promise<void>;
}): Promise<StartedEngine> {
  const engine = await options.engine;
  if (engine.provenByKernels) await checkKernels(engine);
  const { network, weights } = await options.model;
  const program = await engine.compile(network, weights);
  try {
    if (!engine.provenByKernels) await options.checkProgram(program, engine);
  } catch (error) {
    await program.dispose();
    throw error;
  }
  return { engine, program };
}

/** A program that outlives its engine's device. */
export class EngineSession implements Program {
  readonly #options: EngineSessionOptions;
  readonly #losses = new Map<BrowserEngineName, number>();
  /** Those that have been replaced, or are about to be. */
  readonly #replaced = new WeakSet<StartedEngine>();
  #started: Promise<StartedEngine>;
  #current: StartedEngine;
  #choice: EngineChoice;

  /** @param first the engine that serves until it is lost */
  constructor(options: EngineSessionOptions, { started, choice }: ChosenEngine) {
    this.#options = options;
    this.#started = Promise.resolve(started);
    this.#current = started;
    this.#choice = choice;
  }

  /** Which engine serves now, and why. */
  get choice(): EngineChoice {
    return this.#choice;
  }

  /** Order of numbers that `run` wants. */
  get inputLayout() {
    return this.#current.engine.inputLayout;
  }

  /** Whether the engine resizes a picture of this size by itself. */
  takesPicture({ width, height }: { readonly width: number; readonly height: number }): boolean {
    return Math.max(width, height) <= (this.#current.engine.maxPictureSide ?? 0);
  }

  run(image: Float32Array, size: BatchSize): Promise<Record<string, Float32Array>> {
    return this.#attempt(({ program }) => program.run(image, size));
  }

  runPictures: NonNullable<Program['runPictures']> = (parts, normalization) =>
    this.#attempt(({ program, engine }) => {
      if (program.runPictures) return program.runPictures(parts, normalization);
      const [first] = parts as readonly [PicturePart];
      const { height, width } = first.placement.input;
      const target = new Float32Array(parts.length * height * width * 3);
      for (const [index, { picture, placement }] of parts.entries()) {
        if (!(picture instanceof BrowserPicture)) throw new TypeError('This picture cannot be drawn.');
        const options = { placement, normalization, layout: engine.inputLayout, target };
        preprocess(this.#options.reader.read(picture.drawable), {
          ...options,
          offset: index * height * width * 3,
        });
      }
      return program.run(target, { batch: parts.length, height, width });
    });

  async dispose(): Promise<void> {
    const { program } = await this.#started;
    await program.dispose();
  }

  async #attempt<Result>(use: (started: StartedEngine) => Promise<Result>): Promise<Result> {
    const started = await this.#started;
    if (!started.engine.lost?.now()) {
      try {
        const result = await untilLost(use(started), started.engine.lost);
        if (!started.engine.lost?.now()) return result;
      } catch (error) {
        if (!started.engine.lost?.now()) throw error;
      }
    }
    // Once more, on what takes its place; whatever is wrong then is told.
    return use(await this.#replace(started));
  }

  /** Several calls may find out about one loss: the first replaces, the others wait. */
  #replace(lost: StartedEngine): Promise<StartedEngine> {
    if (!this.#replaced.has(lost)) {
      this.#replaced.add(lost);
      this.#started = this.#restart(lost).catch((error: unknown) => {
        // The next call tries again.
        this.#replaced.delete(lost);
        this.#started = Promise.resolve(lost);
        throw error;
      });
    }
    return this.#started;
  }

  async #restart(lost: StartedEngine): Promise<StartedEngine> {
    const { name } = lost.engine;
    const why = String(lost.engine.lost?.signal.reason ?? 'its device was lost');
    const losses = (this.#losses.get(name) ?? 0) + 1;
    this.#losses.set(name, losses);
    // What is left of it is of no use, and cannot fail in a way that matters.
    await lost.program.dispose().catch(() => undefined);
    const avoid = new Map(
      [...this.#losses].filter(([, count]) => count >= patience).map(([engine]) => [engine, why]),
    );
    const { started, choice } = await this.#options.restart(avoid);
    this.#current = started;
    this.#choice = { ...choice, reason: `${choice.reason}; started anew, as ${why}` };
    return started;
  }
}

/** The work's result, or an error as soon as the device is gone. */
function untilLost<Result>(work: Promise<Result>, lost: EngineLoss | undefined): Promise<Result> {
  if (!lost) return work;
  const { signal } = lost;
  return new Promise((resolve, reject) => {
    const onLost = () => reject(new Error(String(signal.reason)));
    signal.addEventListener('abort', onLost, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onLost));
  });
}
