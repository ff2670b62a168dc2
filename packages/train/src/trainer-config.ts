// What one training differs from another in: all of it is JSON, and the run's folder keeps it.

import { SsdliteError } from '@ssdlite/layers';
import type { SsdConfig } from 'ssdlite';
import type { OptimizerConfig } from './optimizer/optimizer.ts';
import type { ScheduleConfig } from './schedule/schedule.ts';

/** How classes and boxes are judged. Defaults are TF-OD's for ssdlite_mobilenet_v2_coco. */
export interface LossConfig {
  /** `sigmoid`: cross-entropy over all columns, background included. `softmax`: torchvision's; the detector has to know (`scoreConverter`). */
  readonly classification: 'sigmoid' | 'focal' | 'softmax';
  /** Default 0.25; only of `focal`. Undefined: no weighting. */
  readonly focalAlpha?: number | undefined;
  /** Default 2; only of `focal`. */
  readonly focalGamma?: number;
  /** Whether unmatched anchors have the target 0 in all columns, instead of 1 in column 0. Default false. */
  readonly backgroundAsZeros?: boolean;
  /** Default 1. */
  readonly classificationWeight?: number;
  /** Default 1. */
  readonly localizationWeight?: number;
  /** Where smooth L1 turns from a square into a line, in units of the box code. Default 1. */
  readonly smoothL1Delta?: number;
  /** Whether the location loss is divided by 4 more. Default false. */
  readonly normalizeByCodeSize?: boolean;
  /** Undefined: all anchors count, as focal loss wants it. */
  readonly hardNegatives?: HardNegativesConfig | undefined;
}

/** Hard example mining (TF-OD's HardExampleMiner): which anchors of an image count. */
export interface HardNegativesConfig {
  /** Most negatives per positive. Default 3. */
  readonly perPositive: number;
  /** Negatives that stay at least, per image. Default 3. */
  readonly atLeast: number;
  /** Anchors whose decoded boxes overlap a worse one more than this do not count. Default 0.99. */
  readonly iouThreshold: number;
  /** Most anchors per image. Default 3000. */
  readonly most: number;
}

/** Batch norm of the layers that are trained. */
export interface BatchNormConfig {
  /** `batch`: the batch's own statistics, and moving averages for inference. `frozen`: folded into kernels and biases. */
  readonly statistics: 'batch' | 'frozen';
  /** What stays of a moving average per step. TF-OD: 0.9997, for 200,000 steps; small data: 0.9 to 0.99. */
  readonly decay: number;
}

/** Everything that a trainer's result depends on besides weights and data. */
export interface TrainerConfig {
  /** The network; its `logitColumns` are the classes and the background. */
  readonly architecture: SsdConfig;
  /**
   * Layers that stay as they are: none, the backbone, or all up to and including the layer of that name (e.g. `block_12_project`).
   */
  readonly freeze: 'none' | 'backbone' | (string & {});
  readonly batchNorm: BatchNormConfig;
  readonly loss: LossConfig;
  readonly optimizer: OptimizerConfig;
  readonly schedule: ScheduleConfig;
  /** Weight of sum(w * w) / 2 over ordinary kernels, and depthwise ones of extras and heads. TF-OD: 4e-5. */
  readonly l2: number;
  /** Gradients are scaled down to this norm over all tensors. Undefined: never. */
  readonly clipNorm?: number | undefined;
  /** What stays of the averaged weights per step (TF-OD: 0.9999). Undefined: no averaging. */
  readonly averageDecay?: number | undefined;
  /** Batches whose gradients are summed up before one update. Default 1. */
  readonly accumulate?: number;
  /** Whether the forward pass sees kernels as int8 would store them, so that the int8 file loses less. Default false. */
  readonly quantizationAware?: boolean;
}

/**
 * Checks the numbers of a configuration; schedules and optimisers included.
 *
 * @throws SsdliteError `INVALID_ARGUMENT`
 */
export function checkTrainerConfig(config: TrainerConfig): void {
  const { accumulate = 1, clipNorm = 1, averageDecay = 0, l2, batchNorm, loss, schedule } = config;
  const isShare = (value: number): boolean => value >= 0 && value < 1;
  const rules: readonly (readonly [name: string, value: number, holds: boolean, next: string])[] = [
    [
      'accumulate',
      accumulate,
      Number.isInteger(accumulate) && accumulate >= 1,
      'Pass a whole number of at least 1.',
    ],
    ['clipNorm', clipNorm, clipNorm > 0, 'Pass a number over 0.'],
    ['averageDecay', averageDecay, isShare(averageDecay), 'Pass a number from 0 to 1, without 1.'],
    ['batchNorm.decay', batchNorm.decay, isShare(batchNorm.decay), 'Pass a number from 0 to 1, without 1.'],
    ['l2', l2, l2 >= 0, 'Pass 0 or more.'],
    ['schedule.learningRate', schedule.learningRate, schedule.learningRate > 0, 'Pass a number over 0.'],
  ];
  for (const [name, value, holds, next] of rules) {
    if (!holds) throw new SsdliteError('INVALID_ARGUMENT', `${name} is ${value}.`, { value, next });
  }
  if (loss.classification !== 'softmax' || !loss.backgroundAsZeros) return;
  throw new SsdliteError('INVALID_ARGUMENT', 'Softmax has no background of zeros: its columns add up to 1.', {
    value: loss,
    next: 'Leave backgroundAsZeros out.',
  });
}
