// Puts a trainer together, and the one that is put together: it holds weights and slots on the host, and passes run on a device.

import {
  describe,
  foldBatchNorm,
  type Network,
  SsdliteError,
  type Weights,
  type WeightTensor,
} from '@ssdlite/layers';
import { type Engine, type SsdOutput, ssdAnchors, ssdNetwork } from 'ssdlite';
import { deviceEngine } from './device/device-engine.ts';
import type { TrainingDevice } from './device/training-device.ts';
import { FrozenFeatures } from './frozen-features.ts';
import { detectionLoss } from './loss/detection-loss.ts';
import { backboneLayers, frozenLayers } from './network/frozen-layers.ts';
import { splitNetwork } from './network/split-network.ts';
import {
  type Differentiated,
  type DifferentiateOptions,
  TrainableProgram,
} from './network/trainable-program.ts';
import { type TrainedTensors, trainedTensors, weightsForTraining } from './network/trained-tensors.ts';
import { createOptimizer } from './optimizer/create-optimizer.ts';
import type { Optimizer, OptimizerSlots } from './optimizer/optimizer.ts';
import { quantizedForward } from './quantized-forward.ts';
import { checkSample, type Sample } from './sample.ts';
import { createSchedule } from './schedule/create-schedule.ts';
import type { Schedule } from './schedule/schedule.ts';
import { assignTargets } from './targets/assign-targets.ts';
import type { StepResult, Trainer, TrainerState } from './trainer.ts';
import { checkTrainerConfig, type TrainerConfig } from './trainer-config.ts';

export interface CreateTrainerOptions {
  readonly config: TrainerConfig;
  /**
   * All weights of the architecture: with batch norm, or folded. Layers that are trained with `batchNorm.statistics: 'batch'` need batch
   * norm's vectors. Not changed.
   */
  readonly weights: Weights;
  readonly device: TrainingDevice;
  /** Runs the frozen layers; default: the device. ONNX Runtime is several times as fast. */
  readonly engine?: Engine | undefined;
  /** Memory for what frozen layers make of samples with a `view`. Default 1 GiB. */
  readonly cacheBytes?: number;
}

const defaultCacheBytes = 2 ** 30;

/**
 * Makes a trainer.
 *
 * @throws SsdliteError `INVALID_ARGUMENT`, `NETWORK_INVALID`, `WEIGHTS_MISMATCH` if weights are missing or of another shape
 * @example
 * const device = await openTrainingDevice(await import('@tensorflow/tfjs-node'), 'tensorflow');
 * const trainer = await createTrainer({ config, weights, device });
 * const { losses } = await trainer.train(batch);
 */
export async function createTrainer(options: CreateTrainerOptions): Promise<Trainer> {
  const { config, device, engine = deviceEngine(device), cacheBytes = defaultCacheBytes } = options;
  checkTrainerConfig(config);
  const { architecture } = config;
  const { statistics } = config.batchNorm;
  const network = ssdNetwork(architecture);
  const frozen = frozenLayers(config);
  const split = splitNetwork(network, (layer) => frozen.has(layer));
  const { trainedLayers } = split;
  const weights = weightsForTraining(network, { weights: options.weights, trainedLayers, statistics });
  const backbone = backboneLayers(architecture);
  const tensors = trainedTensors(network, { trainedLayers, backbone, statistics });
  const input = architecture.inputSize;
  return new SsdTrainer({
    config,
    network,
    tensors,
    weights,
    program: new TrainableProgram({ device, network: split, statistics }),
    features: await FrozenFeatures.create({ split, input, weights, engine, cacheBytes }),
  });
}

class SsdTrainer implements Trainer {
  readonly config: TrainerConfig;
  readonly #network: Network;
  readonly #program: TrainableProgram<SsdOutput>;
  readonly #features: FrozenFeatures;
  readonly #anchors: Float32Array;
  readonly #tensors: TrainedTensors;
  readonly #optimizer: Optimizer;
  readonly #schedule: Schedule;
  readonly #forward: (weights: Weights) => Weights;
  /** All weights; those of trained layers are the trainer's own and change. */
  readonly #weights: ReadonlyMap<string, WeightTensor>;
  readonly #slots: ReadonlyMap<string, OptimizerSlots>;
  /** Averaged weights, if there are any. */
  readonly #averages: ReadonlyMap<string, Float32Array>;
  /** Gradients that wait for an update, if batches are accumulated. */
  readonly #sums: ReadonlyMap<string, Float32Array>;
  #step = 0;

  constructor(parts: {
    readonly config: TrainerConfig;
    readonly network: Network;
    readonly tensors: TrainedTensors;
    readonly weights: Weights;
    readonly program: TrainableProgram<SsdOutput>;
    readonly features: FrozenFeatures;
  }) {
    const { config, network, tensors, weights } = parts;
    this.config = config;
    this.#network = network;
    this.#program = parts.program;
    this.#features = parts.features;
    this.#tensors = tensors;
    this.#anchors = ssdAnchors(config.architecture);
    this.#optimizer = createOptimizer(config.optimizer);
    this.#schedule = createSchedule(config.schedule);
    this.#forward = config.quantizationAware ? quantizedForward(network, tensors) : (all) => all;
    const own = new Set([...tensors.trained.map(({ name }) => name), ...tensors.statistics]);
    this.#weights = new Map(
      [...weights].map(([name, { shape, data }]) => [
        name,
        { shape, data: own.has(name) ? data.slice() : data },
      ]),
    );
    const perTensor = <T>(make: (data: Float32Array) => T): Map<string, T> =>
      new Map(tensors.trained.map(({ name }) => [name, make(this.#dataOf(name))]));
    this.#slots = perTensor(({ length }) => this.#optimizer.slots(length));
    this.#averages = config.averageDecay === undefined ? new Map() : perTensor((data) => data.slice());
    this.#sums =
      (config.accumulate ?? 1) > 1 ? perTensor(({ length }) => new Float32Array(length)) : new Map();
  }

  get step(): number {
    return this.#step;
  }

  async train(
    batch: readonly Sample[],
    { learningRate = this.#schedule(this.#updates) }: { readonly learningRate?: number } = {},
  ): Promise<StepResult> {
    const { logitColumns } = this.config.architecture;
    for (const sample of batch) checkSample(sample, { logitColumns, needsPixels: !this.knows(sample) });
    const started = performance.now();
    const inputs = await this.#features.of(batch);
    const targets = batch.map((sample) => assignTargets(sample, this.#anchors));
    const prepared = performance.now();
    const pass = await this.#differentiate({
      inputs,
      weights: this.#forward(this.#weights),
      judge: (outputs) => {
        const loss = detectionLoss(outputs, { targets, anchors: this.#anchors, config: this.config.loss });
        this.#mustBeFinite('loss', loss.classification + loss.localization);
        return { result: loss, gradients: loss.gradients };
      },
    });
    const { result, gradients, statistics, ended } = pass;
    const regularization = this.#addL2(gradients);
    const squares = sumOfSquares(gradients);
    this.#mustBeFinite('gradient', squares);
    const gradientNorm = Math.sqrt(squares);
    this.#update(gradients, { gradientNorm, learningRate });
    this.#averageStatistics(statistics);
    const { classification, localization, positives } = result;
    const total = classification + localization + regularization;
    return {
      step: this.#step++,
      losses: { total, classification, localization, regularization },
      learningRate,
      gradientNorm,
      positives,
      milliseconds: {
        prepare: prepared - started,
        forward: ended.forward - prepared,
        loss: ended.loss - ended.forward,
        backward: ended.backward - ended.loss,
        update: performance.now() - ended.backward,
      },
    };
  }

  async #differentiate<Result>(
    options: DifferentiateOptions<SsdOutput, Result>,
  ): Promise<Differentiated<Result>> {
    try {
      return await this.#program.differentiate(options);
    } catch (error) {
      throw asOutOfMemory(error) ?? error;
    }
  }

  /** Updates done: batches that were only summed up do not count. */
  get #updates(): number {
    return Math.floor(this.#step / (this.config.accumulate ?? 1));
  }

  /** Adds the slope of l2 / 2 * sum(w^2) to the gradients; returns that sum. */
  #addL2(gradients: ReadonlyMap<string, Float32Array>): number {
    const { l2 } = this.config;
    if (l2 === 0) return 0;
    let sum = 0;
    for (const { name, isRegularized } of this.#tensors.trained) {
      const gradient = gradients.get(name);
      if (!isRegularized || !gradient) continue;
      const weights = this.#dataOf(name);
      for (let i = 0; i < weights.length; i++) {
        const weight = weights[i] as number;
        sum += weight * weight;
        gradient[i] = (gradient[i] as number) + l2 * weight;
      }
    }
    return (l2 * sum) / 2;
  }

  #update(
    gradients: ReadonlyMap<string, Float32Array>,
    { gradientNorm, learningRate }: { readonly gradientNorm: number; readonly learningRate: number },
  ): void {
    const { accumulate = 1, clipNorm, averageDecay = 0 } = this.config;
    const waiting = accumulate > 1;
    if (waiting) for (const [name, sum] of this.#sums) add(sum, gradients.get(name), 1 / accumulate);
    if ((this.#step + 1) % accumulate !== 0) return;
    const norm = waiting ? Math.sqrt(sumOfSquares(this.#sums)) : gradientNorm;
    const factor = clipNorm === undefined ? 1 : Math.min(1, clipNorm / norm);
    for (const { name } of this.#tensors.trained) {
      const gradient = (waiting ? this.#sums : gradients).get(name);
      const slots = this.#slots.get(name);
      if (!gradient || !slots) continue;
      if (factor < 1)
        for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) * factor;
      const weights = this.#dataOf(name);
      this.#optimizer.apply({ weights, gradient, slots, learningRate, step: this.#updates });
      const average = this.#averages.get(name);
      if (average) blend(average, weights, averageDecay);
      if (waiting) gradient.fill(0);
    }
  }

  #averageStatistics(statistics: ReadonlyMap<string, Float32Array>): void {
    for (const [name, batch] of statistics) blend(this.#dataOf(name), batch, this.config.batchNorm.decay);
  }

  knows(sample: Pick<Sample, 'imageId' | 'view'>): boolean {
    return this.#features.has(sample);
  }

  state(): TrainerState {
    const tensors = new Map<string, WeightTensor>();
    for (const [name, { shape, data }] of this.#stateTensors())
      tensors.set(name, { shape, data: data.slice() });
    return { step: this.#step, tensors };
  }

  restore({ step, tensors }: TrainerState): void {
    const own = new Map(this.#stateTensors());
    const wrong = [...own].find(([name, { data }]) => tensors.get(name)?.data.length !== data.length);
    const unknown = [...tensors.keys()].find((name) => !own.has(name));
    const name = wrong?.[0] ?? unknown;
    if (name !== undefined) {
      throw new SsdliteError(
        'RUN_MISMATCH',
        `The state has ${wrong ? 'no fitting' : 'a superfluous'} tensor '${name}'.`,
        {
          value: name,
          next: 'Restore a state that was saved with the same configuration and classes.',
        },
      );
    }
    for (const [key, { data }] of own) data.set((tensors.get(key) as WeightTensor).data);
    this.#step = step;
  }

  /** Everything that steps change, under its name in a state. */
  *#stateTensors(): Generator<readonly [name: string, tensor: WeightTensor]> {
    for (const name of [...this.#tensors.trained.map((tensor) => tensor.name), ...this.#tensors.statistics]) {
      yield [name, this.#weights.get(name) as WeightTensor];
    }
    for (const { name, shape } of this.#tensors.trained) {
      for (const [slot, data] of Object.entries(this.#slots.get(name) ?? {})) {
        yield [`slot/${slot}/${name}`, { shape, data }];
      }
      const average = this.#averages.get(name);
      if (average) yield [`average/${name}`, { shape, data: average }];
      const sum = this.#sums.get(name);
      if (sum) yield [`sum/${name}`, { shape, data: sum }];
    }
  }

  weights({ averaged = true }: { readonly averaged?: boolean } = {}): Weights {
    const current = new Map(
      [...this.#weights].map(([name, { shape, data }]) => {
        return [name, { shape, data: (averaged && this.#averages.get(name)) || data }] as const;
      }),
    );
    const folded = foldBatchNorm(describe(this.#network), current);
    return new Map([...folded].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
  }

  dispose(): Promise<void> {
    return this.#features.dispose();
  }

  #dataOf(name: string): Float32Array {
    return (this.#weights.get(name) as WeightTensor).data;
  }

  #mustBeFinite(what: 'loss' | 'gradient', value: number): void {
    if (Number.isFinite(value)) return;
    throw new SsdliteError('TRAINING_DIVERGED', `The ${what} of step ${this.#step} is ${value}.`, {
      value,
      next: 'Go on from the last checkpoint with a lower learning rate, a warm-up, or clipNorm: 10.',
    });
  }
}

function sumOfSquares(tensors: ReadonlyMap<string, Float32Array>): number {
  let sum = 0;
  for (const data of tensors.values()) {
    for (let i = 0; i < data.length; i++) sum += (data[i] as number) * (data[i] as number);
  }
  return sum;
}

function add(sum: Float32Array, numbers: Float32Array | undefined, factor: number): void {
  if (numbers)
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (numbers[i] as number) * factor;
}

/** average = average * decay + value * (1 - decay) */
function blend(average: Float32Array, values: Float32Array, decay: number): void {
  for (let i = 0; i < average.length; i++) {
    average[i] = (average[i] as number) * decay + (values[i] as number) * (1 - decay);
  }
}

/** TensorFlow says ResourceExhausted or OOM; WebGL that a texture cannot be made, or loses its context. */
function asOutOfMemory(error: unknown): SsdliteError | undefined {
  const isMemory =
    error instanceof Error &&
    /\bOOM\b|ResourceExhausted|out of memory|allocat|context lost|texture/i.test(error.message);
  if (!isMemory || error instanceof SsdliteError) return undefined;
  return new SsdliteError('OUT_OF_MEMORY', 'The device has not enough memory for this batch.', {
    value: error.message,
    next: 'Use a smaller batch (with accumulate, to learn as from a large one), or freeze the backbone.',
    cause: error,
  });
}
