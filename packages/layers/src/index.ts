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
export { ForwardingLayers } from './forwarding-layers.ts';
export { innerOutputs } from './inspect/inner-outputs.ts';
export {
  type ConvolutionReport,
  channelsCarrying,
  type InspectOptions,
  inspectWeights,
} from './inspect/inspect-weights.ts';
export { JsonValue } from './json-value.ts';
export type {
  Activation,
  BatchNormOptions,
  BatchSize,
  Conv2dOptions,
  DepthwiseConv2dOptions,
  InputShape,
  Layers,
  Network,
  Padding,
} from './layers.ts';
export { type AxisPadding, padAxis } from './padding.ts';
export { type ChannelRanges, channelRanges } from './prune/channel-ranges.ts';
export { type PruneOptions, type PruneResult, pruneNetwork } from './prune/prune-network.ts';
export { type PrunedLayer, type PrunedLayers, prunedNetwork } from './prune/pruned-network.ts';
export { type AxisCells, type MapCells, receptiveFields } from './receptive-field.ts';
export { type Operation, playStep, type Step, type Steps, toSteps } from './steps.ts';
export { type SummaryRow, summary, summaryRows } from './summary.ts';
export { blockTensor, scaleShape } from './weights/block-quantization.ts';
export { checkWeights } from './weights/check-weights.ts';
export { decodeWeights } from './weights/decode-weights.ts';
export {
  type EncodeWeightsOptions,
  encodeWeights,
  type WeightEncoding,
  weightEncodings,
} from './weights/encode-weights.ts';
export { findRepeatedKey } from './weights/find-repeated-key.ts';
export { fromBfloat16, fromFloat16, toFloat16 } from './weights/float16.ts';
export { foldBatchNorm } from './weights/fold-batch-norm.ts';
export {
  depthwiseToHwio,
  depthwiseToOihw,
  hwioToOihw,
  oihwToHwio,
  weightOf,
} from './weights/kernel-layout.ts';
export { readWeightShards, type ShardTensor } from './weights/read-weight-shards.ts';
export {
  type Dtype,
  parseSafetensors,
  type Safetensors,
  type StoredTensor,
  writeSafetensors,
} from './weights/safetensors.ts';
export {
  type KernelBlocks,
  sizeOf,
  type WeightSpec,
  type Weights,
  type WeightTensor,
} from './weights/weights.ts';
