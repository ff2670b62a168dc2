// LiteRT as an engine: the network as a TensorFlow Lite file, compiled once for every size of input.

import { type CompiledModel, type LiteRt, Tensor } from '@litertjs/core';
import type { BatchSize, Network, Weights } from '@ssdlite/layers';
import { toTflite } from '@ssdlite/layers/tflite';
import type { Program } from '../../engine.ts';
import type { BrowserEngine } from '../engines/browser-engine.ts';
import { type LitertStart, loadLitert } from './load-litert.ts';

/** Sizes whose models are kept: each holds the weights once more, packed for the processor. */
const mostModels = 6;

/** Starts the engine. */
export async function litertEngine(options: LitertStart): Promise<BrowserEngine> {
  const litert = await loadLitert(options);
  const { threads } = options;
  return {
    name: 'litert-wasm',
    inputLayout: 'nhwc',
    async compile(network, weights) {
      const program = new LitertProgram(litert, { network, weights, threads });
      await program.prepare({ batch: 1, ...network.input });
      return program;
    },
  };
}

interface LitertProgramOptions {
  readonly network: Network;
  readonly weights: Weights;
  readonly threads: number | undefined;
}

/** Shapes are fixed in this format, so there is a model for each size. */
class LitertProgram implements Program {
  readonly #litert: LiteRt;
  readonly #options: LitertProgramOptions;
  /** By size; the one that was used last is the last. */
  readonly #models = new Map<string, Promise<CompiledModel>>();
  /** Runs follow one another: the runtime has one set of buffers a model. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(litert: LiteRt, options: LitertProgramOptions) {
    this.#litert = litert;
    this.#options = options;
  }

  /** Compiles for a size. */
  async prepare(size: BatchSize): Promise<CompiledModel> {
    const { batch, height, width } = size;
    const key = `${batch}x${height}x${width}`;
    const model = this.#models.get(key) ?? this.#compile(size);
    this.#models.delete(key);
    this.#models.set(key, model);
    const [oldest] = this.#models.keys();
    if (this.#models.size > mostModels && oldest !== undefined) await this.#drop(oldest);
    return model;
  }

  run(image: Float32Array, size: BatchSize): Promise<Record<string, Float32Array>> {
    const run = this.#last.then(() => this.#run(image, size));
    this.#last = run.catch(() => undefined);
    return run;
  }

  async dispose(): Promise<void> {
    await this.#last;
    for (const key of [...this.#models.keys()]) await this.#drop(key);
  }

  #compile({ batch, height, width }: BatchSize): Promise<CompiledModel> {
    const { network, weights, threads } = this.#options;
    const file = toTflite({ network, weights, size: { batch, height, width } });
    return this.#litert.loadAndCompile(file, {
      accelerator: 'wasm',
      ...(threads !== undefined && { cpuOptions: { numThreads: threads } }),
    });
  }

  async #run(image: Float32Array, size: BatchSize): Promise<Record<string, Float32Array>> {
    const model = await this.prepare(size);
    const { batch, height, width } = size;
    const input = new Tensor(image, [batch, height, width, this.#options.network.input.channels]);
    const results: Record<string, Tensor> = {};
    try {
      Object.assign(results, await model.run({ image: input }));
      const outputs: Record<string, Float32Array> = {};
      for (const [name, tensor] of Object.entries(results))
        outputs[name] = (await tensor.data()) as Float32Array;
      return outputs;
    } finally {
      // Nothing of the runtime is collected by itself.
      for (const tensor of [input, ...Object.values(results)]) tensor.delete();
    }
  }

  async #drop(key: string): Promise<void> {
    const model = this.#models.get(key);
    this.#models.delete(key);
    // One that did not compile has been told where it was asked for.
    await model?.then((compiled) => compiled.delete()).catch(() => undefined);
  }
}
