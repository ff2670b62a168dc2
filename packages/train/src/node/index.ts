// @ssdlite/train/node: training in Node: data from files, runs that are kept in folders.

export * from '../index.ts';
export { type CocoDataset, type CocoDatasetOptions, cocoDataset, type MissingFiles } from './coco-dataset.ts';
export { openDevice, type TrainingEngineName, trainingEngines } from './open-device.ts';
export { type LogLine, readLog } from './run-log.ts';
export type { WorkerDataset } from './sample-workers.ts';
export { type NodeTrainOptions, train } from './train.ts';
export { findRunLearningRate, trainRun } from './train-run.ts';
export type { LabelledFolder, RunEvent, RunResult, TrainRunOptions } from './train-run-options.ts';
