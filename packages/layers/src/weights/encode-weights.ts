// Float32 weights as the tensors of a file: float32, float16, or the hybrid in which large kernels are int8.

import type { LayerDescription, NetworkDescription } from '../describe.ts';
import { SsdliteError } from '../error.ts';
import { quantizeBlocks, scaleShape } from './block-quantization.ts';
import { overflowsFloat16, toFloat16 } from './float16.ts';
import type { StoredTensor } from './safetensors.ts';
import { sizeOf, type Weights, type WeightTensor } from './weights.ts';

/**
 * How a file stores weights.
 *
 * - `float32`: as they are.
 * - `float16`: half the bytes; a tensor with a number that float16 cannot hold stays float32.
 * - `hybrid`: int8 kernels with a float16 scale per 32 weights of an output channel (`NAME/kernel` and `NAME/kernel.scale`), and
 *   float16 where int8 would cost accuracy: depthwise kernels, the first convolution, kernels under 20,000 weights, all vectors,
 *   and the layers that the caller names.
 */
export type WeightEncoding = 'float32' | 'float16' | 'hybrid';

/** Every encoding, the smallest last. */
export const weightEncodings: readonly WeightEncoding[] = ['float32', 'float16', 'hybrid'];

/** What follows a kernel's name in the name of its scales. */
export const scaleSuffix = '.scale';

/** Kernels with fewer weights gain too little to pay for int8's error. */
const smallestQuantized = 20_000;

export interface EncodeWeightsOptions {
  readonly encoding: WeightEncoding;
  /** The network of the weights. */
  readonly description: Pick<NetworkDescription, 'layers'>;
  /** Names of further layers that `hybrid` keeps in float16. */
  readonly float16Layers?: readonly string[];
}

/**
 * Encodes weights for `writeSafetensors`; `decodeWeights` is the way back.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for an unknown encoding
 * @example
 * const tensors = encodeWeights(weights, { encoding: 'float16', description: describe(network) });
 * const bytes = writeSafetensors({ tensors, metadata: {} });
 */
export function encodeWeights(weights: Weights, options: EncodeWeightsOptions): Map<string, StoredTensor> {
  const { encoding, description, float16Layers = [] } = options;
  if (!weightEncodings.includes(encoding)) {
    throw new SsdliteError('INVALID_ARGUMENT', `There is no encoding '${encoding}'.`, {
      value: encoding,
      next: `Use one of: ${weightEncodings.join(', ')}.`,
    });
  }
  const quantized =
    encoding === 'hybrid' ? quantizedKernels(description.layers, float16Layers) : new Set<string>();
  return new Map(
    [...weights].flatMap(([name, tensor]): [string, StoredTensor][] => {
      if (encoding === 'float32') return [[name, storeFloat32(tensor)]];
      return (
        (quantized.has(name) ? storeQuantized(name, tensor) : undefined) ?? [[name, storeFloat16(tensor)]]
      );
    }),
  );
}

/** The kernels that `hybrid` stores as int8, by the rule above. */
function quantizedKernels(
  layers: readonly LayerDescription[],
  float16Layers: readonly string[],
): Set<string> {
  const kept = new Set(float16Layers);
  const first = layers.find(({ kind }) => kind === 'Conv2D');
  if (first) kept.add(first.name);
  return new Set(
    layers
      .filter(({ name, kind }) => (kind === 'Conv2D' || kind === 'Dense') && !kept.has(name))
      .flatMap(({ weights }) => weights.slice(0, 1))
      .filter(({ shape }) => sizeOf(shape) >= smallestQuantized)
      .map(({ name }) => name),
  );
}

function storeFloat32({ shape, data }: WeightTensor): StoredTensor {
  return { dtype: 'F32', shape, bytes: bytesOf(data) };
}

function storeFloat16(tensor: WeightTensor): StoredTensor {
  const halves = toFloat16(tensor.data);
  return overflowsFloat16(halves)
    ? storeFloat32(tensor)
    : { dtype: 'F16', shape: tensor.shape, bytes: bytesOf(halves) };
}

function storeQuantized(name: string, tensor: WeightTensor): [string, StoredTensor][] | undefined {
  const quantized = quantizeBlocks(tensor);
  if (!quantized) return undefined;
  const { shape, values, scales } = quantized;
  return [
    [name, { dtype: 'I8', shape, bytes: bytesOf(values) }],
    [name + scaleSuffix, { dtype: 'F16', shape: scaleShape(shape), bytes: bytesOf(scales) }],
  ];
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
