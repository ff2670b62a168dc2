// Learning rates over the steps of a run.

/** The learning rate of a step, counted from 0. */
export type Schedule = (step: number) => number;

/** The same rate throughout. */
export interface ConstantScheduleConfig {
  readonly name: 'constant';
  readonly learningRate: number;
}

/** TF-OD's exponential_decay_learning_rate. */
export interface ExponentialScheduleConfig {
  readonly name: 'exponential';
  /** At the first step. */
  readonly learningRate: number;
  readonly decaySteps: number;
  readonly decayFactor: number;
  /** Whether the rate falls only every `decaySteps`. Default true. */
  readonly staircase?: boolean;
  /** Steps at `burnInLearningRate` before the decay starts to count. Default 0. */
  readonly burnInSteps?: number;
  /** Default: `learningRate`. */
  readonly burnInLearningRate?: number;
  /** Default 0. */
  readonly minLearningRate?: number;
}

/** TF-OD's cosine_decay_learning_rate: linear warm-up, then half a cosine down to 0 at `totalSteps`. */
export interface CosineScheduleConfig {
  readonly name: 'cosine';
  /** At its highest. */
  readonly learningRate: number;
  readonly totalSteps: number;
  /** Default 0. */
  readonly warmUpSteps?: number;
  /** At the first step of the warm-up. Default 0. */
  readonly warmUpLearningRate?: number;
  /** Steps at the highest rate after the warm-up. Default 0. */
  readonly holdSteps?: number;
}

/** TF-OD's manual_step_learning_rate. */
export interface ManualScheduleConfig {
  readonly name: 'manual';
  /** At the first step. */
  readonly learningRate: number;
  /** In rising order of steps. */
  readonly changes: readonly { readonly step: number; readonly learningRate: number }[];
}

export type ScheduleConfig =
  | ConstantScheduleConfig
  | ExponentialScheduleConfig
  | CosineScheduleConfig
  | ManualScheduleConfig;
