// @ssdlite/layers: the vocabulary of networks, its counting interpreter, and weights in memory and in files.

export {
  type BatchNormDescription,
  describe,
  foldedWeights,
  type LayerDescription,
  type NetworkDescription,
  type ParameterCounts,
  trainedWeights,
} from './describe.ts';
export { SsdliteError, type SsdliteErrorCode, type SsdliteErrorOptions } from './error.ts';
export type {
  Activation,
  BatchNormOptions,
  Conv2dOptions,
  DepthwiseConv2dOptions,
  InputShape,
  Layers,
  Network,
  Padding,
} from './layers.ts';
export { type AxisPadding, padAxis } from './padding.ts';
export { type SummaryRow, summary, summaryRows } from './summary.ts';
export { sizeOf, type WeightSpec, type Weights, type WeightTensor } from './weights/weights.ts';
