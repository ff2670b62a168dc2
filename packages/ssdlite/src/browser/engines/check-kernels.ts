// Whether an engine's kernels compute rightly, on a small network with made-up weights. It needs nothing from the network, so that it
// fits into the time in which the detector's weights are on their way; and the kernels are warm when they come.

import {
  blockTensor,
  describe,
  foldedWeights,
  type Network,
  scaleShape,
  sizeOf,
  type Weights,
  type WeightTensor,
} from '@ssdlite/layers';
import type { Engine } from '../../engine.ts';
import { testPattern } from './known-answers.ts';

/** How far a number may be off: float32 sums differ in their last digits by their order. */
const tolerance = 0.01;

/** The layers that a detector is made of, each in the forms that it uses. */
const network: Network = {
  input: { height: 96, width: 96, channels: 3 },
  build(layers, image) {
    const linear = { bias: true } as const;
    const relu6 = { bias: true, activation: 'relu6' } as const;
    const first = layers.conv2d('first', image, { ...relu6, filters: 16, kernelSize: 3, strides: 2 });
    const wide = layers.conv2d('expand', first, { ...relu6, filters: 96, kernelSize: 1 });
    const deep = layers.depthwiseConv2d('depthwise', wide, { ...relu6, kernelSize: 3 });
    const narrow = layers.conv2d('project', deep, { ...linear, filters: 16, kernelSize: 1 });
    const sum = layers.add('sum', first, narrow);
    const half = layers.depthwiseConv2d('halve', sum, { ...relu6, kernelSize: 3, strides: 2 });
    const more = layers.conv2d('more', half, { ...relu6, filters: 128, kernelSize: 1 });
    const last = layers.conv2d('last', more, { ...relu6, filters: 256, kernelSize: 1 });
    const heads = [half, last].map((x, index) =>
      layers.conv2d(`head${index}`, x, { ...linear, filters: 12, kernelSize: 1 }),
    );
    return { rows: layers.stackRows('rows', heads, { width: 4 }) };
  },
};

/** Kernels that are int8 as in a file: of one block of 32 rows and more, of columns that are no multiple of eight, and of those that are. */
const int8Kernels: readonly string[] = ['more/kernel', 'last/kernel', 'head1/kernel'];

/** Distance between the numbers that are looked at, the first being 0. */
const step = 1201;

/** They are: right to the third decimal; `check-kernels.test.ts` holds them to what Node computes. */
const answer = [1.38, 3.963, 0.26, -2.353, 1.316, -2.109, -2.221, -0.814, -0.77, -0.357, -0.995, -1.761];

/**
 * Compiles the small network on an engine, runs it once, and compares what comes out with the right answer.
 *
 * @throws Error if an answer is wrong, and what the engine throws
 */
export async function checkKernels(engine: Pick<Engine, 'compile' | 'inputLayout'>): Promise<void> {
  const program = await engine.compile(network, madeUpWeights());
  try {
    const { height, width } = network.input;
    const picture = testPattern({ height, width }, engine.inputLayout);
    const { rows } = await program.run(picture, { batch: 1, height, width });
    for (const [place, right] of answer.entries()) {
      const value = rows?.[place * step] ?? Number.NaN;
      if (!(Math.abs(value - right) <= tolerance))
        throw new Error(`its kernels compute wrongly (${value.toFixed(3)}, right is ${right})`);
    }
  } finally {
    await program.dispose();
  }
}

/** Weights that depend on nothing, so large that numbers keep their size from layer to layer. */
function madeUpWeights(): Weights {
  let state = 1;
  const next = (): number => {
    // A linear congruential generator (Numerical Recipes).
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return new Map(
    foldedWeights(describe(network)).map(({ name, shape }) => {
      const size = sizeOf(shape);
      // Channels are the last axis, or of depthwise kernels the last but one.
      const inputs = size / (shape.findLast((side) => side !== 1) ?? 1);
      const scale = 2 / Math.sqrt(inputs);
      const numbers = (): WeightTensor => ({
        shape,
        data: Float32Array.from({ length: size }, () => next() * scale),
      });
      return [name, int8Kernels.includes(name) ? madeUpBlocks(shape, { scale, next }) : numbers()];
    }),
  );
}

/** @param options.scale the largest weight */
function madeUpBlocks(
  shape: readonly number[],
  { scale, next }: { readonly scale: number; readonly next: () => number },
): WeightTensor {
  const values = Int8Array.from({ length: sizeOf(shape) }, () => next() * 128);
  // From half to all of it.
  const scales = Float32Array.from(
    { length: sizeOf(scaleShape(shape)) },
    () => ((3 + next()) / 4) * (scale / 127),
  );
  return blockTensor({ shape, values, scales });
}
