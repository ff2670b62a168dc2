// What the frozen layers make of pictures: computed by the fastest engine there is, and once for each fixed view.

import { describe, type Weights } from '@ssdlite/layers';
import type { Engine, Program, Size } from 'ssdlite';
import type { HostTensor } from './network/pass.ts';
import type { SplitNetwork } from './network/split-network.ts';
import { prepareImages } from './prepare-images.ts';
import type { Sample } from './sample.ts';

/** The inputs of a network's trained part, for a batch, by value number. */
export type FeatureInputs = ReadonlyMap<number, HostTensor>;

/** Features of one picture, in the order of `SplitNetwork.inputs`. */
type Features = readonly Float32Array[];

export class FrozenFeatures {
  readonly #split: SplitNetwork;
  readonly #input: Size;
  /** Undefined if nothing is frozen. */
  readonly #program: Program | undefined;
  readonly #layout: Engine['inputLayout'];
  /** Without the batch axis, in the order of `SplitNetwork.inputs`. */
  readonly #shapes: readonly (readonly number[])[];
  readonly #cache = new Map<string, Features>();
  #room: number;

  private constructor(options: {
    readonly split: SplitNetwork;
    readonly input: Size;
    readonly program: Program | undefined;
    readonly layout: Engine['inputLayout'];
    readonly cacheBytes: number;
  }) {
    const { split, input } = options;
    this.#split = split;
    this.#input = input;
    this.#program = options.program;
    this.#layout = options.layout;
    this.#room = options.cacheBytes;
    const outputs = split.frozen ? describe(split.frozen).outputs : { image: [input.height, input.width, 3] };
    this.#shapes = split.inputs.map(({ output }) => outputs[output] as readonly number[]);
  }

  /**
   * @param options.engine runs the frozen layers
   * @param options.weights of the frozen layers, with batch norm folded
   * @param options.cacheBytes memory for features of samples with a `view`; what is beyond is computed each time
   */
  static async create(options: {
    readonly split: SplitNetwork;
    readonly input: Size;
    readonly weights: Weights;
    readonly engine: Engine;
    readonly cacheBytes: number;
  }): Promise<FrozenFeatures> {
    const { split, weights, engine } = options;
    const { frozen } = split;
    const { inputLayout, compile } = engine;
    return new FrozenFeatures({
      ...options,
      program: frozen && (await compile(frozen, weights)),
      layout: frozen ? inputLayout : 'nhwc',
    });
  }

  /** Whether a sample's pixels are not looked at any more. */
  has(sample: Pick<Sample, 'imageId' | 'view'>): boolean {
    const key = keyOf(sample);
    return key !== undefined && this.#cache.has(key);
  }

  /** The trained part's inputs for a batch. */
  async of(samples: readonly Sample[]): Promise<FeatureInputs> {
    const missing = samples.filter((sample) => !this.has(sample));
    const computed = missing.length > 0 ? await this.#compute(missing) : [];
    const fresh = new Map(missing.map((sample, index) => [sample, computed[index] as Features]));
    const features = samples.map((sample) => {
      return fresh.get(sample) ?? (this.#cache.get(keyOf(sample) ?? '') as Features);
    });
    for (const [sample, feature] of fresh) this.#keep(sample, feature);
    return new Map(
      this.#split.inputs.map(({ value }, input) => {
        const parts = features.map((feature) => feature[input] as Float32Array);
        return [value, { data: join(parts), shape: [samples.length, ...(this.#shapes[input] ?? [])] }];
      }),
    );
  }

  async #compute(samples: readonly Sample[]): Promise<Features[]> {
    const image = prepareImages(samples, { input: this.#input, layout: this.#layout });
    const outputs = this.#program
      ? await this.#program.run(image, { batch: samples.length, ...this.#input })
      : { image };
    const maps = this.#split.inputs.map(({ output }) => outputs[output] as Float32Array);
    return samples.map((_, index) =>
      maps.map((map) => {
        const length = map.length / samples.length;
        return map.subarray(index * length, (index + 1) * length);
      }),
    );
  }

  #keep(sample: Sample, features: Features): void {
    const key = keyOf(sample);
    const bytes = features.reduce((sum, { byteLength }) => sum + byteLength, 0);
    // Pictures themselves are not features: to keep them would save nothing.
    if (key === undefined || !this.#program || bytes > this.#room || this.#cache.has(key)) return;
    this.#room -= bytes;
    // Copies: a part of a batch would hold all of it.
    this.#cache.set(
      key,
      features.map((feature) => feature.slice()),
    );
  }

  async dispose(): Promise<void> {
    this.#cache.clear();
    await this.#program?.dispose();
  }
}

function keyOf({ imageId, view }: Pick<Sample, 'imageId' | 'view'>): string | undefined {
  return view === undefined ? undefined : JSON.stringify([imageId, view]);
}

function join(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
