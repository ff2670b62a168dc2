// Gradients of every layer and of a whole network, against finite differences, on every device.

import {
  describe as describeNetwork,
  type Network,
  sizeOf,
  trainedWeights,
  type Weights,
} from '@ssdlite/layers';
import { ssdliteMobileNetV2, ssdNetwork } from 'ssdlite';
import { describe, expect, test } from 'vitest';
import type { TrainingDevice } from '../device/training-device.ts';
import { generatedTensor } from '../fixtures/generated-tensor.ts';
import { cpuDevice, tfjsNodeDevice, withoutTfjsNode } from '../fixtures/training-devices.ts';
import type { BatchNormStatistics } from './pass.ts';
import { splitNetwork } from './split-network.ts';
import { TrainableProgram } from './trainable-program.ts';
import { trainedTensors, weightsForTraining } from './trained-tensors.ts';

/** Every layer of the vocabulary, with every padding. */
const everyLayer: Network = {
  input: { height: 7, width: 6, channels: 2 },
  build(layers, image) {
    const norm = (name: string) => ({ batchNorm: { name, epsilon: 1e-3 } });
    let x = layers.conv2d('a', image, { filters: 4, kernelSize: 3, padding: 'symmetric', ...norm('a_BN') });
    x = layers.depthwiseConv2d('b', x, {
      kernelSize: 3,
      padding: 'bottom-right',
      ...norm('bent_BN'),
      activation: 'relu6',
    });
    const y = layers.conv2d('c', x, { filters: 4, kernelSize: 1, bias: true, activation: 'relu6' });
    x = layers.add('sum', x, y);
    const rows = layers.stackRows(
      'rows',
      [x, layers.depthwiseConv2d('d', x, { kernelSize: 3, strides: 2 })],
      { width: 2 },
    );
    const pooled = layers.globalAveragePool(
      'pool',
      layers.conv2d('e', layers.takeChannels('taken', x, { channels: [3, 0, 1] }), {
        filters: 3,
        kernelSize: 3,
        padding: 'valid',
      }),
    );
    const dense = layers.dense('dense', pooled, { units: 3 });
    return { rows, softmax: layers.softmax('softmax', dense), sigmoid: layers.sigmoid('sigmoid', dense) };
  },
};

const tiny: Network = ssdNetwork({
  ...ssdliteMobileNetV2,
  alpha: 0.05,
  shrinkLast: true,
  inputSize: { height: 40, width: 48 },
  logitColumns: 3,
  extraDepths: [32, 32],
});

/** Batch norm's outputs are about 3, in the middle between the bends of ReLU6, but for layers whose norm is named `bent`. */
function generated(network: Network): Weights {
  return new Map(
    trainedWeights(describeNetwork(network)).map(({ name, shape }) => {
      return [name, { shape, data: generatedTensor(name, sizeOf(shape), rangeOf(name)) }];
    }),
  );
}

function rangeOf(name: string): readonly [number, number] {
  if (/gamma|variance/.test(name)) return [0.5, 0.8];
  if (name.endsWith('kernel')) return [-0.6, 0.6];
  return name.endsWith('beta') && !name.startsWith('bent') ? [2.8, 3.2] : [-0.2, 0.4];
}

/** A loss that is a fixed sum of all outputs, so that every output has a slope. */
function weighted(outputs: Record<string, Float32Array>) {
  const gradients = Object.fromEntries(
    Object.entries(outputs).map(([name, { length }]) => [
      name,
      generatedTensor(`slope:${name}`, length, [-1, 1]),
    ]),
  );
  const result = Object.entries(outputs).reduce(
    (sum, [name, data]) => sum + dot(data, gradients[name] ?? data),
    0,
  );
  return { result, gradients };
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

/** The slope along a random direction of each tensor, against the loss at both sides. */
async function checkSlopes(
  network: Network,
  statistics: BatchNormStatistics,
  device: TrainingDevice,
): Promise<void> {
  const split = splitNetwork(network, () => false);
  const { trainedLayers } = split;
  const weights = weightsForTraining(network, { weights: generated(network), trainedLayers, statistics });
  const program = new TrainableProgram({ device, network: split, statistics });
  const { height, width, channels } = network.input;
  const shape = [4, height, width, channels];
  const inputs = new Map([[0, { data: generatedTensor('image', sizeOf(shape), [-1, 1]), shape }]]);
  const { gradients } = await program.differentiate({ inputs, weights, judge: weighted });
  const { trained } = trainedTensors(network, { trainedLayers, backbone: new Set(), statistics });
  expect([...gradients.keys()].sort()).toEqual(trained.map(({ name }) => name).sort());
  // Of many tensors every fifth: three passes each are a long time on a busy machine.
  const checked = trained.length > 50 ? trained.filter((_, index) => index % 5 === 0) : trained;
  for (const { name } of checked) {
    const { data, shape: sides } = weights.get(name) as { data: Float32Array; shape: number[] };
    const gradient = gradients.get(name) as Float32Array;
    // Half along the gradient, so that the slope is far from the rounding of a float32 pass, half at random.
    const norm = Math.sqrt(dot(gradient, gradient)) || 1;
    const noise = generatedTensor(`direction:${name}`, data.length, [-1, 1]);
    const noiseNorm = Math.sqrt(dot(noise, noise));
    const direction = noise.map((value, i) => value / noiseNorm + (gradient[i] as number) / norm);
    const slope = Math.max(Math.abs(dot(gradient, direction)), 1);
    let error = Number.POSITIVE_INFINITY;
    // A long way crosses the bends of ReLU6, a short one drowns in the rounding of float32: one length of several has to fit.
    for (const change of [0.01, 0.1, 0.003, 0.03, 0.001]) {
      const [up, down] = [1, -1].map((sign) =>
        data.map((value, i) => value + ((sign * change) / slope) * (direction[i] as number)),
      ) as [Float32Array, Float32Array];
      const lossOf = async (moved: Float32Array): Promise<number> => {
        const there = new Map([...weights, [name, { shape: sides, data: moved }]]);
        return weighted(await program.run(inputs, there)).result;
      };
      const measured = (await lossOf(up)) - (await lossOf(down));
      // The way that float32 weights really went.
      const expected = dot(
        gradient,
        up.map((value, i) => value - (down[i] as number)),
      );
      error = Math.min(error, Math.abs(measured - expected) / (2 * change));
      if (error < 0.02) break;
    }
    expect(error, name).toBeLessThan(0.02);
  }
}

const cases = [
  ['every layer', 'batch', everyLayer],
  ['every layer', 'frozen', everyLayer],
  ['a tiny SSDLite', 'batch', tiny],
] as const;

describe('Gradients of every weight are the slopes that differences measure', () => {
  // The plain backend takes minutes for the others.
  test.each(cases.slice(0, 2))('%s, batch norm %s, on the cpu backend', async (_, statistics, network) => {
    const device = await cpuDevice();
    await checkSlopes(network, statistics, device);
    expect(device.tensorCount).toBe(0);
  });

  test.skipIf(withoutTfjsNode).each(cases)(
    '%s, batch norm %s, on tfjs-node',
    async (_, statistics, network) => {
      const device = await tfjsNodeDevice();
      await checkSlopes(network, statistics, device);
      expect(device.tensorCount).toBe(0);
    },
  );
});
