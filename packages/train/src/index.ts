// @ssdlite/train: training on TensorFlow.js, the same core in Node and browser.

export type {
  AdamConfig,
  Optimizer,
  OptimizerConfig,
  OptimizerSlots,
  RmsPropConfig,
  SgdConfig,
} from './optimizer/optimizer.ts';
export type { Dataset, Sample, SamplePixels } from './sample.ts';
export type {
  ConstantScheduleConfig,
  CosineScheduleConfig,
  ExponentialScheduleConfig,
  Schedule,
  ScheduleConfig,
} from './schedule/schedule.ts';
export type { StepLosses, StepResult, Trainer, TrainerState } from './trainer.ts';
export type {
  BatchNormConfig,
  HardNegativesConfig,
  LossConfig,
  TrainerConfig,
} from './trainer-config.ts';
