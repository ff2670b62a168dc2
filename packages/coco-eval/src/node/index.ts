// @ssdlite/coco-eval/node: COCO metrics from files.

export * from '../index.ts';
export { evaluateFiles } from './evaluate-files.ts';
export { readGroundTruthFile, readResultsFile } from './read-file.ts';
