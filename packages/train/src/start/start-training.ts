// From a data set and a starting point to a trainer: heads remade, batch norm put back, every setting that is not named chosen.

import type { Weights } from '@ssdlite/layers';
import {
  type DetectorWeights,
  type Engine,
  type Label,
  type SsdConfig,
  ssdliteMobileNetV2,
  ssdNetwork,
} from 'ssdlite';
import { createTrainer } from '../create-trainer.ts';
import type { TrainingDevice } from '../device/training-device.ts';
import type { Candidate } from '../evaluation/detect-dataset.ts';
import { tfOdLoss } from '../loss/detection-loss.ts';
import { frozenLayers } from '../network/frozen-layers.ts';
import type { HostTensor } from '../network/pass.ts';
import { splitNetwork } from '../network/split-network.ts';
import { prepareImages } from '../prepare-images.ts';
import type { Dataset, Sample } from '../sample.ts';
import type { Trainer } from '../trainer.ts';
import type { TrainerConfig } from '../trainer-config.ts';
import { initialWeights } from './initial-weights.ts';
import { remakeClassHeads } from './remake-class-heads.ts';
import { restoreBatchNorm } from './restore-batch-norm.ts';

/** Weights to start from, or none: then all is drawn at random. */
export type StartingPoint = DetectorWeights | 'scratch';

export interface StartTrainingOptions {
  readonly dataset: Dataset;
  readonly from: StartingPoint;
  /** Of the network, from scratch. Default `ssdliteMobileNetV2`. Its `logitColumns` follow the classes. */
  readonly architecture?: SsdConfig;
  readonly device: TrainingDevice;
  /** Runs frozen layers. Default: the device. */
  readonly engine?: Engine | undefined;
  /** Updates of the whole run: schedules end there. */
  readonly steps: number;
  /** What is to be other than by default; see `defaultConfig`. */
  readonly config?: Partial<Omit<TrainerConfig, 'architecture'>>;
  /** Of the weights that are drawn at random. Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  /** Memory for what frozen layers make of fixed views. Default 1 GiB. */
  readonly cacheBytes?: number;
}

/** A trainer and what its network is for. */
export interface Training {
  readonly trainer: Trainer;
  readonly architecture: SsdConfig;
  /** Column c is `dataset.classes[c - 1]`. */
  readonly labels: readonly Label[];
  /** Classes that the starting point knew by name. */
  readonly shared: readonly string[];
  /** The detector as it is now; also after the trainer is disposed of. */
  candidate(options?: { readonly averaged?: boolean }): Candidate;
}

/** Pictures on which batch norm is measured when it is put back. */
const measuredPictures = 32;

/** Of them, how many at once. */
const measuredAtOnce = 8;

/**
 * The settings of a run, with TF-OD's losses and a cosine with warm-up in place of its schedule for 200,000 steps.
 *
 * From trained weights the heads and extra maps learn, with batch norm folded: a few hundred steps of RMSProp. From scratch all learns, by
 * Adam, and moving averages reach over a tenth of the run.
 */
export function defaultConfig(options: {
  readonly architecture: SsdConfig;
  readonly fromScratch: boolean;
  readonly steps: number;
  /** Default: nothing from scratch, otherwise the backbone. */
  readonly freeze?: TrainerConfig['freeze'] | undefined;
}): TrainerConfig {
  const { architecture, fromScratch, steps, freeze = fromScratch ? 'none' : 'backbone' } = options;
  // Measured on coco-train50: three classes from COCO's weights (0.03 and more rises before it falls), eight pictures from scratch.
  const learningRate = fromScratch ? 0.002 : freeze === 'none' ? 0.004 : 0.015;
  const warmUpSteps = Math.min(Math.max(Math.round(steps / 20), 10), 500);
  return {
    architecture,
    freeze,
    batchNorm: {
      statistics: fromScratch ? 'batch' : 'frozen',
      decay: Math.min(Math.max(1 - 10 / steps, 0.9), 0.9997),
    },
    loss: tfOdLoss,
    optimizer: fromScratch ? { name: 'adam' } : { name: 'rmsprop' },
    schedule: {
      name: 'cosine',
      learningRate,
      totalSteps: steps,
      warmUpSteps,
      warmUpLearningRate: learningRate / 10,
    },
    l2: 4e-5,
    clipNorm: fromScratch ? undefined : 10,
  };
}

/**
 * Makes a trainer for a data set's classes.
 *
 * @throws SsdliteError `INVALID_ARGUMENT`, `WEIGHTS_MISMATCH`, `NETWORK_INVALID`; what `dataset.sample` throws, if batch norm has to be measured
 */
export async function startTraining(options: StartTrainingOptions): Promise<Training> {
  const { dataset, device, engine, steps, seed = 0, cacheBytes } = options;
  const { architecture, labels, shared, weights } = startingWeights(options, seed);
  const fromScratch = options.from === 'scratch';
  const config: TrainerConfig = {
    ...defaultConfig({ architecture, fromScratch, steps, freeze: options.config?.freeze }),
    ...options.config,
  };
  const ready =
    config.batchNorm.statistics === 'batch' && !fromScratch
      ? await withBatchNorm(config, { weights, dataset, device, signal: options.signal })
      : weights;
  const scoreConverter = config.loss.classification === 'softmax' ? 'softmax' : 'sigmoid';
  const trainer = await createTrainer({
    config,
    weights: ready,
    device,
    engine,
    ...(cacheBytes !== undefined && { cacheBytes }),
  });
  return {
    trainer,
    architecture,
    labels,
    shared,
    candidate: (which) => ({ architecture, labels, scoreConverter, weights: trainer.weights(which) }),
  };
}

function startingWeights(
  { dataset, from, architecture = ssdliteMobileNetV2 }: StartTrainingOptions,
  seed: number,
) {
  const { classes } = dataset;
  if (from !== 'scratch') return remakeClassHeads({ ...from.manifest, weights: from.weights, classes });
  const fresh = { ...architecture, logitColumns: classes.length + 1 };
  const labels = classes.map((name, index) => ({ id: index + 1, name }));
  return { architecture: fresh, labels, shared: [], weights: initialWeights(fresh, { seed }) };
}

async function withBatchNorm(
  config: TrainerConfig,
  options: {
    readonly weights: Weights;
    readonly dataset: Dataset;
    readonly device: TrainingDevice;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Weights> {
  const network = ssdNetwork(config.architecture);
  const frozen = frozenLayers(config);
  const { trainedLayers: layers } = splitNetwork(network, (layer) => frozen.has(layer));
  const { dataset, signal } = options;
  const images: HostTensor[] = [];
  const input = config.architecture.inputSize;
  const count = Math.min(dataset.length, measuredPictures);
  for (let from = 0; from < count; from += measuredAtOnce) {
    const indices = Array.from({ length: Math.min(measuredAtOnce, count - from) }, (_, i) => from + i);
    const read = await Promise.allSettled(
      indices.map((index) => dataset.sample(index, { epoch: 0, signal })),
    );
    // A broken picture is told of when its turn to be trained on comes.
    const samples = read.flatMap((one): Sample[] => (one.status === 'fulfilled' ? [one.value] : []));
    if (samples.length === 0) continue;
    const data = prepareImages(samples, { input, layout: 'nhwc' });
    images.push({ data, shape: [samples.length, input.height, input.width, 3] });
  }
  return restoreBatchNorm({ ...options, network, layers, images });
}
