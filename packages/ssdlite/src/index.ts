// ssdlite: the neutral core, the same in Node and browser. Detectors are made by `ssdlite/node`.

export { imageNetMeanAndDeviation, minusOneToOne, type Normalization } from '@ssdlite/backbone';
export { SsdliteError, type SsdliteErrorCode } from '@ssdlite/layers';
export { checkNotAborted } from './abort.ts';
export { type BoxCoder, decodeBoxes, encodeBoxes, tfOdBoxCoder } from './boxes/box-coder.ts';
export {
  type Candidates,
  type HeadOutputs,
  type SelectOptions,
  selectCandidates,
} from './boxes/candidates.ts';
export { iou } from './boxes/iou.ts';
export { type Kept, type NmsOptions, nms } from './boxes/nms.ts';
export { type SoftNmsOptions, softNms } from './boxes/soft-nms.ts';
export type { RawPixels } from './check-pixels.ts';
export { type Classification, Classifier, type ClassifierParts, type ClassifyOptions } from './classifier.ts';
export {
  type BoxFormat,
  type BoxFormats,
  type DetectOptions,
  type NmsKind,
  nmsKinds,
  type ResolvedOptions,
} from './detect/detect-options.ts';
export { type Placement, place, type Size, toImageBox } from './detect/placement.ts';
export {
  type InputLayout,
  type PixelNumbers,
  type PreprocessOptions,
  preprocess,
} from './detect/preprocess.ts';
export { resolveDetectOptions } from './detect/resolve-detect-options.ts';
export type { BoxXywh, BoxXyxy, Detection } from './detection.ts';
export {
  Detector,
  type DetectorParts,
  type Look,
  type Prediction,
  type StreamOptions,
  type StreamResult,
} from './detector.ts';
export type { Engine, EngineChoice, Program } from './engine.ts';
export { type ClassReference, findLabel, type Label } from './labels.ts';
export { nearestName } from './nearest-name.ts';
export { type AnchorConfig, type GridSize, makeAnchors, tfOdAnchors } from './network/anchors.ts';
export { ssdAnchors } from './network/ssd-anchors.ts';
export {
  architectures,
  type ConvolutionKind,
  type SsdConfig,
  ssdliteMobileNetV1,
  ssdliteMobileNetV2,
} from './network/ssd-config.ts';
export { type SsdOutput, ssdNetwork } from './network/ssd-network.ts';
export { type OrderedResult, orderedResults } from './ordered-results.ts';
export type { PictureSource } from './picture-source.ts';
export type { Pixels } from './pixels.ts';
export type { TensorLike, TensorValues } from './pixels-from-tensor.ts';
export { fuseSeenViews } from './quality/fuse-seen-views.ts';
export type { FusedBoxes } from './quality/fusion/fusion.ts';
export { type FusionName, fusionNames } from './quality/fusion/fusion-name.ts';
export { cocoSizeWeights, type SizeWeight } from './quality/fusion/size-weight.ts';
export { costOf, costOfViews, type PlannedPass, planView } from './quality/plan-views.ts';
export type { PartialResult, PassProgress, ViewsReport } from './quality/progress-of-views.ts';
export type { SeenView } from './quality/view-boxes.ts';
export {
  levelViews,
  type NamedRecipe,
  type Quality,
  type QualityLevel,
  qualityLevels,
  type Recipe,
  type TileView,
  type View,
  type WholeView,
} from './quality/views.ts';
export type { Timings } from './stopwatch.ts';
export { addLevel } from './weights/add-level.ts';
export type { CalibratedThresholds, ClassThreshold } from './weights/class-thresholds.ts';
export {
  type DetectorFacts,
  type EncodedDetector,
  encodeDetector,
  float16Layers,
} from './weights/encode-detector.ts';
export { checkLevelName, type Level } from './weights/levels.ts';
export { type DetectorWeights, loadDetectorWeights } from './weights/load-weights.ts';
export { type Manifest, parseManifest, type ScoreConverter, type WeightsSource } from './weights/manifest.ts';
export type { Metric } from './weights/metric.ts';
export { type PruneDetectorOptions, type PrunedDetector, pruneDetector } from './weights/prune-detector.ts';
