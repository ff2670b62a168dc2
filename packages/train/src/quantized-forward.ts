// Quantisation-aware training: passes see kernels as int8 would hold them, updates go to the exact ones (straight through).

import {
  describe,
  encodeWeights,
  fromFloat16,
  type Network,
  toFloat16,
  type Weights,
  type WeightTensor,
} from '@ssdlite/layers';
import { float16Layers } from 'ssdlite';
import type { TrainedTensors } from './network/trained-tensors.ts';

/** Weights of one output channel that share a scale, as in the `hybrid` encoding. */
const blockLength = 32;

const maxLevel = 127;

/**
 * Makes the view that a pass has of the weights: trained kernels that `hybrid` stores as int8, on int8's levels.
 *
 * A block's scale is that of its largest weight. The file takes the best of some eighty, which would take longer than the pass; both lie
 * within a few per cent. Blocks lie within one output channel, so a kernel before batch norm is folded into it loses what the folded one does.
 */
export function quantizedForward(
  network: Network,
  { trained }: TrainedTensors,
): (weights: Weights) => Weights {
  const description = describe(network);
  const shapes = new Map(trained.map(({ name, shape }) => [name, { shape, data: zeros(shape) }]));
  const encoded = encodeWeights(shapes, {
    encoding: 'hybrid',
    description,
    float16Layers: float16Layers(description),
  });
  const names = [...encoded].flatMap(([name, { dtype }]) => (dtype === 'I8' ? [name] : []));
  return (weights) => {
    const quantized = names.map((name) => [name, onLevels(weights.get(name) as WeightTensor)] as const);
    return new Map([...weights, ...quantized]);
  };
}

function zeros(shape: readonly number[]): Float32Array {
  return new Float32Array(shape.reduce((product, side) => product * side, 1));
}

/** Each weight at the nearest of its block's levels. */
export function onLevels({ shape, data }: WeightTensor): WeightTensor {
  const channels = shape.at(-1) ?? 1;
  const blockSize = blockLength * channels;
  const blocks = Math.ceil(data.length / blockSize);
  const largest = new Float32Array(blocks * channels);
  for (let at = 0; at < data.length; at++) {
    const scale = Math.floor(at / blockSize) * channels + (at % channels);
    const size = Math.abs(data[at] as number);
    if (size > (largest[scale] as number)) largest[scale] = size;
  }
  const scales = fromFloat16(toFloat16(largest.map((size) => size / maxLevel)));
  const quantized = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const scale = scales[Math.floor(at / blockSize) * channels + (at % channels)] as number;
    // A block so small that its scale is 0 in float16 is 0.
    if (scale === 0) continue;
    const level = Math.min(Math.max(Math.round((data[at] as number) / scale), -maxLevel), maxLevel);
    quantized[at] = level * scale;
  }
  return { shape, data: quantized };
}
