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
export { selectClasses } from './data/select-classes.ts';
export {
  type DatasetConfig,
  type TrainingDatasetOptions,
  trainingDataset,
} from './data/training-dataset.ts';
export { openTrainingDevice } from './device/open-training-device.ts';
export type { TrainingDevice } from './device/training-device.ts';
export { calibrateThresholds } from './evaluation/calibrate-thresholds.ts';
export { type Candidate, type DetectedDataset, detectDataset } from './evaluation/detect-dataset.ts';
export { type DetectionLoss, detectionLoss, tfOdLoss } from './loss/detection-loss.ts';
export { type SplitNetwork, splitNetwork } from './network/split-network.ts';
export { TrainableProgram } from './network/trainable-program.ts';
export { createOptimizer } from './optimizer/create-optimizer.ts';
export {
  findLearningRate,
  type LearningRateRange,
  type RangePoint,
} from './optimizer/find-learning-rate.ts';
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
export { initialWeights } from './start/initial-weights.ts';
export { type RemadeHeads, remakeClassHeads } from './start/remake-class-heads.ts';
export { restoreBatchNorm } from './start/restore-batch-norm.ts';
export {
  defaultConfig,
  type StartingPoint,
  type StartTrainingOptions,
  startTraining,
  type Training,
} from './start/start-training.ts';
export { assignTargets, type LabelledBoxes, type Targets } from './targets/assign-targets.ts';
export { tfOdHardNegatives } from './targets/mine-hard-examples.ts';
export { type ResumePoint, type TrainOptions, type TrainStep, train, type Validation } from './train.ts';
export type { StepLosses, StepResult, Trainer, TrainerState } from './trainer.ts';
export type {
  BatchNormConfig,
  HardNegativesConfig,
  LossConfig,
  TrainerConfig,
} from './trainer-config.ts';
