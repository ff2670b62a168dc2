// The weights of a Keras model as its files group them: layer by layer, whatever the format.

import { SsdliteError, type WeightTensor } from '@ssdlite/layers';

/** The tensors of one layer. */
export interface LayerWeights {
  /** What the layer may be called: files of nested models leave it open. */
  readonly names: readonly string[];
  /** The nested models that it lies in, the outermost first, as far as the file tells. */
  readonly containers: readonly string[];
  /** In the file's order; some formats have no names for them. */
  readonly tensors: readonly { readonly name: string | undefined; readonly tensor: WeightTensor }[];
}

/** Place of a tensor among those of its layer, where the file has no names for them. */
const places: Readonly<Record<string, number>> = {
  kernel: 0,
  bias: 1,
  gamma: 0,
  beta: 1,
  moving_mean: 2,
  moving_variance: 3,
};

/** All weights of a file; remembers which have been taken. */
export class KerasWeights {
  readonly layers: readonly LayerWeights[];
  readonly #taken = new Set<WeightTensor>();

  constructor(layers: readonly LayerWeights[]) {
    this.layers = layers;
  }

  /**
   * The layer of a name.
   *
   * @param path the layer's name, after those of the models it is nested in
   * @throws SsdliteError `WEIGHTS_UNSUPPORTED` if the file has several
   */
  find(path: readonly string[]): LayerWeights | undefined {
    const name = path.at(-1) ?? '';
    const called = this.layers.filter(({ names }) => names.includes(name));
    if (called.length < 2) return called[0];
    const [layer, ...others] = called.filter(({ containers }) => containers[0] === path.at(-2));
    if (layer && others.length === 0) return layer;
    throw new SsdliteError('WEIGHTS_UNSUPPORTED', `The file has ${called.length} layers called '${name}'.`, {
      value: name,
      next: 'Save one model alone.',
    });
  }

  /** A layer's tensor by Keras' name for it, or by its place. */
  take(layer: LayerWeights | undefined, name: string): WeightTensor | undefined {
    const tensor =
      layer?.tensors.find((candidate) => candidate.name?.replace('depthwise_kernel', 'kernel') === name)
        ?.tensor ??
      layer?.tensors.filter((candidate) => candidate.name === undefined)[places[name] ?? -1]?.tensor;
    if (tensor) this.#taken.add(tensor);
    return tensor;
  }

  /** Layers of which something has not been taken. */
  left(): LayerWeights[] {
    return this.layers.filter(({ tensors }) => tensors.some(({ tensor }) => !this.#taken.has(tensor)));
  }
}
