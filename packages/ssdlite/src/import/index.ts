// ssdlite/import: turns detectors of TF Object Detection into weights files. The same in Node and browser; files are read elsewhere.

export type { AttributeValue, Graph, GraphNode, GraphTensor } from './graph.ts';
export { type ImportedDetector, type ImportOptions, importDetector } from './import-detector.ts';
export { checkLabels, parseLabels } from './parse-labels.ts';
export { readFrozenGraph } from './read-frozen-graph.ts';
export { type ReadShard, readGraphModel, readGraphModelPair } from './read-graph-model.ts';
