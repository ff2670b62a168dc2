import { classifierNetwork } from '@ssdlite/backbone';
import type { Layers, Network } from '@ssdlite/layers';
import { expect, test } from 'vitest';
import { generatedImage, generatedWeights } from '../../../backbone/src/fixtures/generated-weights.ts';
import { readGolden } from '../fixtures/read-golden.ts';
import { tfjsNodeDevice, withoutTfjsNode } from '../fixtures/training-devices.ts';
import { splitNetwork } from './split-network.ts';
import { TrainableProgram } from './trainable-program.ts';

interface KerasStep {
  readonly alpha: number;
  readonly seed: number;
  readonly input: readonly [batch: number, height: number, width: number, channels: number];
  readonly labels: readonly number[];
  readonly classes: number;
  readonly loss: number;
  readonly probabilities: readonly (readonly number[])[];
  /** [name, shape, norm, indices, values], in float64. */
  readonly gradients: readonly (readonly [string, number[], number, number[], number[]])[];
  /** [name, indices, values after the step in float64, in float32]. */
  readonly moving: readonly (readonly [string, number[], number[], number[]])[];
}

const golden = readGolden<KerasStep>('keras/train-v2-a035-96-c10');
const [batch, height, width] = golden.input;
const whole = classifierNetwork({
  backbone: 'mobilenet-v2',
  alpha: golden.alpha,
  dialect: 'keras',
  inputSize: { height, width },
  classes: golden.classes,
});
const network: Network<'probabilities'> = {
  input: whole.input,
  build<T>(layers: Layers<T>, image: T) {
    return { probabilities: whole.build(layers, image).probabilities };
  },
};

/** Keras' moving averages keep so much a step. */
const momentum = 0.999;

test.skipIf(withoutTfjsNode)("A step of MobileNetV2 as a classifier is Keras'", async () => {
  const device = await tfjsNodeDevice();
  const weights = generatedWeights(network, { seed: golden.seed });
  const program = new TrainableProgram({
    device,
    network: splitNetwork(network, () => false),
    statistics: 'batch',
  });
  const image = generatedImage({ seed: golden.seed, batch, height, width });
  const { result, gradients, statistics } = await program.differentiate({
    inputs: new Map([[0, { data: image, shape: golden.input }]]),
    weights,
    // Mean cross-entropy.
    judge: ({ probabilities }) => {
      const slopes = new Float32Array(probabilities.length);
      let loss = 0;
      for (const [row, label] of golden.labels.entries()) {
        const at = row * golden.classes + label;
        loss -= Math.log(probabilities[at] as number) / batch;
        slopes[at] = -1 / (batch * (probabilities[at] as number));
      }
      return { result: { loss, probabilities }, gradients: { probabilities: slopes } };
    },
  });
  expect(result.loss).toBeCloseTo(golden.loss, 4);
  for (const [i, value] of golden.probabilities.flat().entries()) {
    expect(result.probabilities[i]).toBeCloseTo(value, 4);
  }
  for (const [kerasName, , norm, at, values] of golden.gradients) {
    const name = kerasName.replace('depthwise_kernel', 'kernel');
    const gradient = gradients.get(name) as Float32Array;
    // Batch norm after a projection takes its beta's slope out again: it is 0, and float32 gives its rounding.
    if (/project_BN\/beta$/.test(name)) continue;
    const actual = Math.sqrt(gradient.reduce((sum, slope) => sum + slope * slope, 0));
    // Keras' own float32 gradients differ from its float64 ones by up to 2 % of a tensor's norm.
    expect(Math.abs(actual - norm), name).toBeLessThan(0.02 * norm);
    for (const [i, place] of at.entries()) {
      expect(Math.abs((gradient[place] as number) - (values[i] as number)), name).toBeLessThan(0.04 * norm);
    }
  }
  for (const [name, at, , float32] of golden.moving) {
    const [before, measured] = [weights.get(name)?.data, statistics.get(name)];
    for (const [i, place] of at.entries()) {
      const moved = (before?.[place] ?? 0) * momentum + (measured?.[place] ?? Number.NaN) * (1 - momentum);
      expect(moved, name).toBeCloseTo(float32[i] as number, 5);
    }
  }
  expect(device.tensorCount).toBe(0);
});
