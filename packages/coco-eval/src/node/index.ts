// @ssdlite/coco-eval/node: COCO metrics from files.

export * from '../index.ts';
export * from '../report/index.ts';
export { evaluateFiles } from './evaluate-files.ts';
export { inspectDatasetFile } from './inspect-dataset-file.ts';
export { type ReadFileOptions, readGroundTruthFile, readResultsFile } from './read-file.ts';
export {
  type AddPicturesOptions,
  addPictures,
  type ReportWithPictures,
  renderReport,
} from './render-report.ts';
export { checkWritable, type WriteFileOptions, writeWholeFile } from './whole-file.ts';
