// The interpreter of the vocabulary that finds each layer in a graph and takes its weights: importing is one more way to read a network.

import {
  type Conv2dOptions,
  checkWeights,
  type DepthwiseConv2dOptions,
  describe,
  foldedWeights,
  type Layers,
  type Network,
  type Padding,
  SsdliteError,
  type Weights,
  type WeightTensor,
} from '@ssdlite/layers';
import type { Convolution, FeatureMap } from './convolution.ts';
import type { Role } from './find-detector-parts.ts';

export interface TakenWeights {
  /** With batch norm folded. */
  readonly weights: Weights;
  readonly taken: ReadonlySet<Convolution>;
}

/**
 * Follows a network from the image through a graph.
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` with the first layer that the graph does not have
 */
export function takeWeights(
  network: Network,
  { image, roles }: { readonly image: FeatureMap; readonly roles: ReadonlyMap<Convolution, Role> },
): TakenWeights {
  const layers = new GraphLayers(roles);
  network.build<FeatureMap>(layers, image);
  checkWeights(layers.weights, foldedWeights(describe(network)));
  return { weights: layers.weights, taken: layers.taken };
}

class GraphLayers implements Layers<FeatureMap> {
  readonly weights = new Map<string, WeightTensor>();
  readonly taken = new Set<Convolution>();
  readonly #roles: ReadonlyMap<Convolution, Role>;

  constructor(roles: ReadonlyMap<Convolution, Role>) {
    this.#roles = roles;
  }

  conv2d(name: string, x: FeatureMap, options: Conv2dOptions): FeatureMap {
    return this.#take(name, x, { ...options, kind: 'Conv2D' });
  }

  depthwiseConv2d(name: string, x: FeatureMap, options: DepthwiseConv2dOptions): FeatureMap {
    return this.#take(name, x, { ...options, kind: 'DepthwiseConv2D' });
  }

  takeChannels(name: string): FeatureMap {
    throw mismatch(`Layer '${name}' is not part of a detector`, name);
  }

  add(name: string, a: FeatureMap, b: FeatureMap): FeatureMap {
    const sum = a.sums.find(({ parts }) => parts.includes(b));
    if (sum) return sum.output;
    throw mismatch(`Layer '${name}' adds '${a.name}' and '${b.name}', which the graph does not`, name);
  }

  globalAveragePool(name: string): FeatureMap {
    throw mismatch(`Layer '${name}' is not part of a detector`, name);
  }

  dense(name: string): FeatureMap {
    throw mismatch(`Layer '${name}' is not part of a detector`, name);
  }

  softmax(name: string): FeatureMap {
    throw mismatch(`Layer '${name}' is not part of a detector`, name);
  }

  sigmoid(name: string): FeatureMap {
    throw mismatch(`Layer '${name}' is not part of a detector`, name);
  }

  stackRows(name: string): FeatureMap {
    return { name, from: undefined, readers: [], sums: [] };
  }

  #take(
    name: string,
    x: FeatureMap,
    options: DepthwiseConv2dOptions & { readonly kind: Convolution['kind']; readonly filters?: number },
  ): FeatureMap {
    const role: Role = name.startsWith('box_head_')
      ? 'box'
      : name.startsWith('class_head_')
        ? 'class'
        : 'feature';
    const readers = x.readers.filter((reader) => this.#roles.get(reader) === role);
    const [convolution, ...others] = readers.filter((reader) => fits(reader, options));
    if (!convolution || others.length > 0) {
      const size = `${options.kernelSize} x ${options.kernelSize}`;
      const wanted = `${options.kind} ${size}, stride ${options.strides ?? 1}, ${options.activation ?? 'linear'}`;
      const channels = options.filters === undefined ? '' : ` to ${options.filters} channels`;
      const found = readers.map(textOf).join('; ') || 'nothing';
      throw mismatch(
        `Layer '${name}' (${wanted}${channels}) is not in the graph: '${x.name}' is read by ${found}`,
        name,
      );
    }
    this.taken.add(convolution);
    const { kernel, scale, offset, channels } = convolution;
    this.weights.set(`${name}/kernel`, { shape: kernel.shape, data: scaled(kernel.data, scale) });
    this.weights.set(`${name}/bias`, {
      shape: [channels],
      data: Float32Array.from({ length: channels }, (_, channel) => offset?.[channel] ?? 0),
    });
    return convolution.output;
  }
}

/** Output channels are the last axis of a kernel, or the last that is not 1. */
function scaled(kernel: Float64Array, scale: Float64Array | undefined): Float32Array {
  const data = new Float32Array(kernel);
  if (!scale) return data;
  for (let at = 0; at < data.length; at += scale.length) {
    for (let c = 0; c < scale.length; c++) data[at + c] = (kernel[at + c] as number) * (scale[c] as number);
  }
  return data;
}

function fits(
  convolution: Convolution,
  options: DepthwiseConv2dOptions & { readonly kind: Convolution['kind']; readonly filters?: number },
): boolean {
  const { kind, kernelSize, strides = 1, activation = 'linear', padding = 'same', filters } = options;
  return (
    convolution.kind === kind &&
    convolution.kernel.shape[0] === kernelSize &&
    convolution.strides === strides &&
    convolution.activation === activation &&
    (filters === undefined || convolution.channels === filters) &&
    pads(convolution, padding)
  );
}

/** Whether a convolution pads as asked for, or in a way that comes to the same. */
function pads({ padding, strides, kernel }: Convolution, wanted: Padding): boolean {
  const kernelSize = kernel.shape[0] ?? 0;
  if (kernelSize === 1 && strides === 1 && typeof padding === 'string') return true;
  const half = Math.floor(kernelSize / 2);
  const symmetric = typeof padding === 'object' && padding.before === half && padding.after === half;
  const sameIsSymmetric = strides === 1 && kernelSize % 2 === 1;
  switch (wanted) {
    case 'same':
      return padding === 'SAME' || (symmetric && sameIsSymmetric);
    case 'symmetric':
      return symmetric || (padding === 'SAME' && sameIsSymmetric);
    case 'valid':
      return padding === 'VALID';
    case 'bottom-right':
      return typeof padding === 'object' && padding.before === 0 && padding.after === 1;
  }
}

function textOf({ name, kind, kernel, strides, activation }: Convolution): string {
  return `'${name}' (${kind} ${kernel.shape.join(' x ')}, stride ${strides}, ${activation})`;
}

function mismatch(what: string, value: unknown): SsdliteError {
  return new SsdliteError('WEIGHTS_MISMATCH', `${what}.`, {
    value,
    next: 'Imported are SSD and SSDLite detectors on MobileNet V1 or V2, as TF Object Detection exports them.',
  });
}
