// The interpreter that trains: runs a network's trained part on a device, and differentiates it.

import type { Network, Weights } from '@ssdlite/layers';
import type { TrainingDevice } from '../device/training-device.ts';
import { type BatchNormStatistics, type HostTensor, Pass } from './pass.ts';
import { type SplitNetwork, splitNetwork } from './split-network.ts';

/** What the outputs are worth: whatever the caller likes to know of it, and how it changes with each output. */
export interface Judgement<Output extends string, Result> {
  readonly result: Result;
  /** d loss / d output, one number per number of the output. */
  readonly gradients: Readonly<Record<Output, Float32Array>>;
}

export interface DifferentiateOptions<Output extends string, Result> {
  /** By value number, as `SplitNetwork.inputs` has them. */
  readonly inputs: ReadonlyMap<number, HostTensor>;
  /** Kernels, biases, and with statistics `batch` gammas and betas. Not to be changed until it is done. */
  readonly weights: Weights;
  readonly judge: (outputs: Record<Output, Float32Array>) => Judgement<Output, Result>;
}

export interface Differentiated<Result> {
  readonly result: Result;
  /** d loss / d weight by name, without L2. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** The batch's `BN/moving_mean` and `BN/moving_variance` (unbiased), which moving averages take; none if frozen. */
  readonly statistics: ReadonlyMap<string, Float32Array>;
  /** When each part ended, on the clock of `performance.now()`. */
  readonly ended: Readonly<Record<'forward' | 'loss' | 'backward', number>>;
}

/** The trained part of a network on a device. */
export class TrainableProgram<Output extends string = string> {
  readonly #device: TrainingDevice;
  readonly #network: SplitNetwork<Output>;
  readonly #statistics: BatchNormStatistics;

  constructor(options: {
    readonly device: TrainingDevice;
    readonly network: SplitNetwork<Output>;
    readonly statistics: BatchNormStatistics;
  }) {
    this.#device = options.device;
    this.#network = options.network;
    this.#statistics = options.statistics;
  }

  /** A whole network, to run only: its weights are folded. */
  static forInference<Output extends string>(
    network: Network<Output>,
    device: TrainingDevice,
  ): TrainableProgram<Output> {
    return new TrainableProgram({
      device,
      network: splitNetwork(network, () => false),
      statistics: 'frozen',
    });
  }

  /** The outputs alone, with the batch's own statistics if that is how batch norm runs. */
  async run(
    inputs: ReadonlyMap<number, HostTensor>,
    weights: Weights,
  ): Promise<Record<Output, Float32Array>> {
    const pass = new Pass(this.#device, weights, this.#statistics);
    try {
      pass.start(inputs);
      for (const { step, value } of this.#network.trained) pass.forward(step, value);
      return await pass.read(this.#network.outputs);
    } finally {
      pass.end();
    }
  }

  /**
   * One pass forward and one backward.
   */
  async differentiate<Result>(
    options: DifferentiateOptions<Output, Result>,
  ): Promise<Differentiated<Result>> {
    const { trained, outputs } = this.#network;
    const pass = new Pass(this.#device, options.weights, this.#statistics);
    try {
      pass.start(options.inputs);
      for (const { step, value } of trained) pass.forward(step, value);
      const read = await pass.read(outputs);
      const forward = performance.now();
      const { result, gradients } = options.judge(read);
      const loss = performance.now();
      for (const [name, value] of Object.entries<number>(outputs)) {
        pass.startBackward(value, gradients[name as Output]);
      }
      for (const { step, value } of trained.toReversed()) pass.backward(step, value);
      const made = await pass.results();
      return { result, ...made, ended: { forward, loss, backward: performance.now() } };
    } finally {
      pass.end();
    }
  }
}
