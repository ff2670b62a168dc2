// Puts batch norm back into folded weights, by measuring what their layers put out on pictures.

import {
  describe,
  type Layers,
  type Network,
  playStep,
  type Step,
  toSteps,
  type Weights,
  type WeightTensor,
  weightOf,
} from '@ssdlite/layers';
import type { TrainingDevice } from '../device/training-device.ts';
import type { HostTensor } from '../network/pass.ts';
import { TrainableProgram } from '../network/trainable-program.ts';

/** What follows a layer's name in that of its copy without activation. */
const linear = ':linear';

/**
 * Gives normalised layers of folded weights their four vectors back, so that batch norm can be trained on.
 *
 * With mean m and variance v of a layer's output before the activation, measured over the pictures: moving_variance v, gamma
 * sqrt(v + epsilon), moving_mean m less the folded bias, beta m. The network puts out what it did before, and in training mode nearly so.
 *
 * @param options.weights folded; layers that have their vectors are left as they are
 * @param options.layers names of those to restore
 * @param options.images batches `[n, height, width, 3]` in -1 to 1; some 16 pictures are enough
 */
export async function restoreBatchNorm(options: {
  readonly network: Network;
  readonly weights: Weights;
  readonly layers: ReadonlySet<string>;
  readonly images: Iterable<HostTensor>;
  readonly device: TrainingDevice;
}): Promise<Weights> {
  const { network, weights, images, device } = options;
  const targets = describe(network).layers.flatMap(({ name, batchNorm }) => {
    const isFolded = batchNorm !== undefined && !weights.has(`${batchNorm.name}/gamma`);
    return isFolded && options.layers.has(name) ? [{ name, batchNorm }] : [];
  });
  if (targets.length === 0) return weights;
  const names = new Set(targets.map(({ name }) => name));
  const probe = withLinearCopies(network, names);
  const probed = new Map<string, WeightTensor>(weights);
  for (const name of names) {
    for (const tensor of ['kernel', 'bias'])
      probed.set(`${name}${linear}/${tensor}`, weightOf(weights, `${name}/${tensor}`));
  }
  const program = TrainableProgram.forInference(probe, device);
  const moments = new Map(
    targets.map(({ name }) => [name, new Moments(weightOf(weights, `${name}/bias`).data.length)]),
  );
  for (const image of images) {
    const outputs = await program.run(new Map([[0, image]]), probed);
    for (const [name, data] of Object.entries(outputs)) moments.get(name)?.add(data);
  }
  const restored = new Map<string, WeightTensor>(weights);
  for (const { name, batchNorm } of targets) {
    const { mean, variance } = (moments.get(name) as Moments).take();
    const bias = weightOf(weights, `${name}/bias`).data;
    restored.delete(`${name}/bias`);
    const vector = (tensor: string, value: (channel: number) => number): void => {
      restored.set(`${batchNorm.name}/${tensor}`, {
        shape: [bias.length],
        data: Float32Array.from(bias, (_, c) => value(c)),
      });
    };
    vector('gamma', (c) => Math.sqrt((variance[c] as number) + batchNorm.epsilon));
    vector('beta', (c) => mean[c] as number);
    vector('moving_mean', (c) => (mean[c] as number) - (bias[c] as number));
    vector('moving_variance', (c) => variance[c] as number);
  }
  return restored;
}

/** The network once more, with the maps before the activations of some layers as its outputs. */
function withLinearCopies(network: Network, names: ReadonlySet<string>): Network {
  const { steps } = toSteps(network);
  return {
    input: network.input,
    build<T>(layers: Layers<T>, image: T) {
      const values = [image];
      const outputs: Record<string, T> = {};
      for (const step of steps) {
        const inputs = step.inputs.map((value) => values[value] as T);
        if (names.has(step.name)) outputs[step.name] = playStep(layers, linearCopy(step), inputs);
        values.push(playStep(layers, step, inputs));
      }
      return outputs;
    },
  };
}

function linearCopy(step: Step): Step {
  const { operation } = step;
  if (operation.kind !== 'conv2d' && operation.kind !== 'depthwiseConv2d') return step;
  const name = `${step.name}${linear}`;
  const { epsilon = 0 } = operation.options.batchNorm ?? {};
  const options = {
    ...operation.options,
    batchNorm: { name: `${name}_BN`, epsilon },
    activation: 'linear',
  } as const;
  return { ...step, name, operation: { ...operation, options } as Step['operation'] };
}

/** Mean and variance per channel, over all positions. */
class Moments {
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  constructor(channels: number) {
    this.#sums = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  add(map: Float32Array): void {
    const channels = this.#sums.length;
    this.#count += map.length / channels;
    for (let at = 0; at < map.length; at += channels) {
      for (let c = 0; c < channels; c++) {
        const value = map[at + c] as number;
        this.#sums[c] = (this.#sums[c] as number) + value;
        this.#squares[c] = (this.#squares[c] as number) + value * value;
      }
    }
  }

  take(): { readonly mean: Float64Array; readonly variance: Float64Array } {
    const mean = this.#sums.map((sum) => sum / this.#count);
    const variance = this.#squares.map((sum, c) => Math.max(sum / this.#count - (mean[c] as number) ** 2, 0));
    return { mean, variance };
  }
}
