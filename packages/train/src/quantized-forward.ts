// Quantisation-aware training: passes see kernels as the int8 file will store them, updates go to the exact ones (straight through).

import { decodeWeights, describe, encodeWeights, type Network, type Weights } from '@ssdlite/layers';
import { float16Layers } from 'ssdlite';
import type { TrainedTensors } from './network/trained-tensors.ts';

/**
 * Makes the view that a pass has of the weights: trained kernels encoded as `hybrid` and decoded again.
 *
 * int8 blocks lie within one output channel, so a kernel before batch norm is folded into it loses what the folded one loses.
 */
export function quantizedForward(
  network: Network,
  { trained }: TrainedTensors,
): (weights: Weights) => Weights {
  const description = describe(network);
  const options = { encoding: 'hybrid', description, float16Layers: float16Layers(description) } as const;
  const kernels = trained.map(({ name }) => name).filter((name) => name.endsWith('/kernel'));
  return (weights) => {
    const exact = new Map([...weights].filter(([name]) => kernels.includes(name)));
    return new Map([...weights, ...decodeWeights(encodeWeights(exact, options))]);
  };
}
