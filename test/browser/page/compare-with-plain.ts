// One convolution on WebGL, and the same by plain loops.

import { describe, foldedWeights, type Network, sizeOf, type Weights } from '@ssdlite/layers';
import { runPlain } from '@ssdlite/layers/plain';
import { tfjsWebglEngine } from '../../../packages/ssdlite/src/browser/engines/tfjs-webgl.ts';

/** A convolution of any kind that networks have. */
export interface ConvolutionCase {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** None: depthwise. */
  readonly filters?: number | undefined;
  readonly kernelSize: number;
  readonly strides: number;
  readonly padding: 'same' | 'valid' | 'symmetric' | 'bottom-right';
  readonly bias: boolean;
  readonly activation: 'linear' | 'relu6';
}

/** The largest difference of any number, for each case; each between two convolutions of single pixels, as in MobileNets. */
export async function differencesFromPlain(cases: readonly ConvolutionCase[]): Promise<number[]> {
  const engine = await tfjsWebglEngine();
  const differences: number[] = [];
  // The engine's context goes with any of its programs.
  let last: { dispose(): Promise<void> } | undefined;
  for (const [seed, one] of cases.entries()) {
    const { batch, height, width, channels } = one;
    const network = networkOf(one);
    const random = numbers(seed + 1);
    const weights: Weights = new Map(
      foldedWeights(describe(network)).map(({ name, shape }) => [
        name,
        { shape, data: random(sizeOf(shape)) },
      ]),
    );
    const image = random(batch * height * width * channels);
    const size = { batch, height, width };
    const program = await engine.compile(network, weights);
    const { y: found } = await program.run(image, size);
    const { y: right = image } = runPlain(image, { network, weights, size });
    last = program;
    differences.push(
      right.reduce(
        (most, value, place) => Math.max(most, Math.abs(value - (found?.[place] ?? Number.NaN))),
        0,
      ),
    );
  }
  await last?.dispose();
  return differences;
}

function networkOf({ height, width, channels, filters, ...options }: ConvolutionCase): Network {
  return {
    input: { height, width, channels },
    build(layers, image) {
      const pointwise = { kernelSize: 1, bias: true } as const;
      const x = layers.conv2d('before', image, { ...pointwise, filters: channels });
      const made =
        filters === undefined
          ? layers.depthwiseConv2d('convolution', x, options)
          : layers.conv2d('convolution', x, { ...options, filters });
      return { y: layers.conv2d('after', made, { ...pointwise, filters: 3 }) };
    },
  };
}

/** Numbers in -1 to 1 that depend on the seed alone. */
function numbers(seed: number): (count: number) => Float32Array {
  let state = seed;
  return (count) =>
    Float32Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 31 - 1;
    });
}
