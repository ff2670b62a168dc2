// Weights to start from nothing: as TF-OD and slim initialise ssdlite_mobilenet_v2.

import { describe, type WeightSpec, type Weights } from '@ssdlite/layers';
import { type SsdConfig, ssdNetwork } from 'ssdlite';
import { type Random, seededRandom } from '../augment/random.ts';
import { backboneLayers } from '../network/frozen-layers.ts';

/** Standard deviations of kernels: slim's own scope has another than the config, which reaches extras and heads only. */
const deviation = { backbone: 0.09, heads: 0.03 } as const;

/**
 * Kernels from a normal distribution that is cut at two standard deviations, biases 0, batch norm that changes nothing.
 *
 * @param options.seed same seed, same weights
 * @returns with batch norm's vectors: `trainedWeights` of the architecture
 */
export function initialWeights(architecture: SsdConfig, { seed }: { readonly seed: number }): Weights {
  const backbone = backboneLayers(architecture);
  const random = seededRandom(seed);
  const { layers } = describe(ssdNetwork(architecture));
  const entries = layers.flatMap(({ name, weights, batchNorm }) => {
    const scale = backbone.has(name) ? deviation.backbone : deviation.heads;
    return [
      ...weights.map((spec) =>
        filled(spec, spec.name.endsWith('/kernel') ? () => truncatedNormal(random) * scale : zero),
      ),
      ...(batchNorm?.trainable ?? []).map((spec, index) => filled(spec, index === 0 ? one : zero)),
      ...(batchNorm?.statistics ?? []).map((spec, index) => filled(spec, index === 0 ? zero : one)),
    ];
  });
  return new Map(entries);
}

function filled({ name, shape }: WeightSpec, next: () => number) {
  const length = shape.reduce((product, side) => product * side, 1);
  return [name, { shape, data: Float32Array.from({ length }, next) }] as const;
}

const zero = (): number => 0;
const one = (): number => 1;

/** Standard normal (Box and Muller), drawn again beyond 2. */
function truncatedNormal(random: Random): number {
  for (;;) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
    const value = radius * Math.cos(2 * Math.PI * random.uniform());
    if (Math.abs(value) <= 2) return value;
  }
}
