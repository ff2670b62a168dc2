// The seam between the core and the run: what takes batches and has weights.

import type { Weights } from '@ssdlite/layers';
import type { Sample } from './sample.ts';
import type { TrainerConfig } from './trainer-config.ts';

/** Loss of one step, by part. Their sum is `total`. */
export interface StepLosses {
  readonly total: number;
  readonly classification: number;
  readonly localization: number;
  /** L2. */
  readonly regularization: number;
}

/** What a step says of itself. */
export interface StepResult {
  /** Number of the step, from 0; batches that are only summed up count too. */
  readonly step: number;
  readonly losses: StepLosses;
  readonly learningRate: number;
  /** Euclidean norm over all tensors, before clipping. */
  readonly gradientNorm: number;
  /** Anchors matched to a box, in the whole batch. */
  readonly positives: number;
  /** Milliseconds by part: where a step's time goes. */
  readonly milliseconds: Readonly<Record<'prepare' | 'forward' | 'loss' | 'backward' | 'update', number>>;
}

/** All that a trainer has learned; with the same batches a restored one goes on to the same losses. */
export interface TrainerState {
  /** Steps done. */
  readonly step: number;
  /** Weights by name (`Conv1/kernel`); averaged ones under `average/NAME`, slots under `slot/SLOT/NAME`, sums under `sum/NAME`. */
  readonly tensors: Weights;
}

/** A network that learns. One call at a time. */
export interface Trainer {
  readonly config: TrainerConfig;
  /** Steps done. */
  readonly step: number;
  /**
   * One step: forward, loss, backward, update.
   *
   * @param options.learningRate in place of the schedule's
   * @throws SsdliteError `TRAINING_DIVERGED` if a loss or gradient is not finite, `OUT_OF_MEMORY`; the weights are those before the step then
   */
  train(batch: readonly Sample[], options?: { readonly learningRate?: number }): Promise<StepResult>;
  /** Whether a sample's pixels are not looked at any more, because what the frozen layers make of them is kept. */
  knows(sample: Pick<Sample, 'imageId' | 'view'>): boolean;
  /** A copy. */
  state(): TrainerState;
  /** @throws SsdliteError `RUN_MISMATCH` if the state is of another configuration */
  restore(state: TrainerState): void;
  /**
   * Weights with batch norm folded, ready for a detector: a copy.
   *
   * @param options.averaged the moving averages where there are any. Default true
   */
  weights(options?: { readonly averaged?: boolean }): Weights;
  /** Gives memory back. Harmless when called again. */
  dispose(): Promise<void>;
}
