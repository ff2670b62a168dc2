// How weights follow their gradients: the interface of all optimisers, and their state.

/** The numbers that an optimiser keeps for one tensor, by slot (`rms`, `momentum`, `velocity`, `m`, `v`). */
export type OptimizerSlots = Readonly<Record<string, Float32Array>>;

/** An optimiser. It owns no weights: slots are kept by whoever owns the weights, beside them. */
export interface Optimizer {
  readonly name: OptimizerConfig['name'];
  /** Slots of a tensor of that many numbers, as they are before the first step. */
  slots(length: number): OptimizerSlots;
  /**
   * Changes weights and slots in place.
   *
   * @param update.step number of the update, from 0
   */
  apply(update: {
    readonly weights: Float32Array;
    readonly gradient: Float32Array;
    readonly slots: OptimizerSlots;
    readonly learningRate: number;
    readonly step: number;
  }): void;
}

/** TensorFlow 1's RMSProp: the mean square starts at 1, and epsilon is inside the root. */
export interface RmsPropConfig {
  readonly name: 'rmsprop';
  /** Default 0.9. */
  readonly decay?: number;
  /** Default 0.9. */
  readonly momentum?: number;
  /** Default 1. */
  readonly epsilon?: number;
  /** Whether gradients are measured from their moving mean. Default false. */
  readonly centred?: boolean;
}

export interface SgdConfig {
  readonly name: 'sgd';
  /** Default 0.9. */
  readonly momentum?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

export interface AdamConfig {
  readonly name: 'adam';
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7, as in Keras. */
  readonly epsilon?: number;
}

export type OptimizerConfig = RmsPropConfig | SgdConfig | AdamConfig;
