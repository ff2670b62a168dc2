// Weights for networks that nobody trained here: what they cost does not depend on the numbers, as long as these are ordinary ones.

import { describe, foldedWeights, type Network, sizeOf, type Weights } from '@ssdlite/layers';

/** Kernels uniform within sqrt(6 / inputs) (He et al. 2015), which keeps the size of activations from layer to layer; biases 0. */
export function randomWeights(network: Network): Weights {
  let state = 1;
  const uniform = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return limit * (state / 2 ** 31 - 1);
  };
  return new Map(
    foldedWeights(describe(network)).map(({ name, shape }) => {
      const data = new Float32Array(sizeOf(shape));
      if (name.endsWith('/kernel')) {
        const [height = 1, width = 1, inputs = 1, outputs = 1] = shape;
        const fanIn = shape.length === 2 ? height : height * width * (outputs === 1 ? 1 : inputs);
        const limit = Math.sqrt(6 / fanIn);
        for (let at = 0; at < data.length; at++) data[at] = uniform(limit);
      }
      return [name, { shape, data }];
    }),
  );
}
