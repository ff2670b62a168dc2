// @ssdlite/train/node: training in Node: data from files, runs that are kept in folders.

export * from '../index.ts';
export { type CocoDataset, type CocoDatasetOptions, cocoDataset, type MissingFiles } from './coco-dataset.ts';
export type { WorkerDataset } from './sample-workers.ts';
