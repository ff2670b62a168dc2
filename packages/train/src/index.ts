// @ssdlite/train: training on TensorFlow.js, the same core in Node and browser.

export {
  type AugmentConfig,
  type AugmentOptions,
  augment,
  noAugment,
  tfOdAugment,
} from './augment/augment.ts';
export type { ColorJitter } from './augment/jitter-colors.ts';
export type { LabelledPicture } from './augment/labelled-picture.ts';
export { type Random, seededRandom, shuffled } from './augment/random.ts';
export { type CreateTrainerOptions, createTrainer } from './create-trainer.ts';
export {
  type Annotations,
  type DataProblem,
  type DataProblemCode,
  datasetError,
  type LabelledImage,
  labelledImages,
  type ReadAnnotationsOptions,
} from './data/read-annotations.ts';
export {
  type DatasetConfig,
  type TrainingDatasetOptions,
  trainingDataset,
} from './data/training-dataset.ts';
export { openTrainingDevice } from './device/open-training-device.ts';
export type { TrainingDevice } from './device/training-device.ts';
export { type DetectionLoss, detectionLoss, tfOdLoss } from './loss/detection-loss.ts';
export { createOptimizer } from './optimizer/create-optimizer.ts';
export type {
  AdamConfig,
  Optimizer,
  OptimizerConfig,
  OptimizerSlots,
  RmsPropConfig,
  SgdConfig,
} from './optimizer/optimizer.ts';
export {
  type Batch,
  type BatchesOptions,
  type BatchPlace,
  batches,
  type SkippedPicture,
} from './run/batches.ts';
export type { Dataset, Sample, SamplePixels } from './sample.ts';
export { createSchedule } from './schedule/create-schedule.ts';
export type {
  ConstantScheduleConfig,
  CosineScheduleConfig,
  ExponentialScheduleConfig,
  ManualScheduleConfig,
  Schedule,
  ScheduleConfig,
} from './schedule/schedule.ts';
export { assignTargets, type LabelledBoxes, type Targets } from './targets/assign-targets.ts';
export { tfOdHardNegatives } from './targets/mine-hard-examples.ts';
export type { StepLosses, StepResult, Trainer, TrainerState } from './trainer.ts';
export type {
  BatchNormConfig,
  HardNegativesConfig,
  LossConfig,
  TrainerConfig,
} from './trainer-config.ts';
