// Runs a network once, in loops over typed arrays. A hundred times slower than an engine: for small pictures, and for right answers.

import type { BatchSize, Network } from '../layers.ts';
import type { Weights } from '../weights/weights.ts';
import { PlainLayers } from './plain-layers.ts';

/**
 * Runs a network.
 *
 * @param image `[batch, height, width, channels]`; height and width need not be the network's own
 * @param options.weights with batch norm folded
 * @returns float32 data by output name
 * @throws SsdliteError `WEIGHTS_MISMATCH` if a tensor is missing
 */
export function runPlain(
  image: Float32Array,
  {
    network,
    weights,
    size,
  }: { readonly network: Network; readonly weights: Weights; readonly size: BatchSize },
): Record<string, Float32Array> {
  const { batch, height, width } = size;
  const outputs = network.build(new PlainLayers(weights), {
    data: image,
    shape: [batch, height, width, network.input.channels],
  });
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
}
