// @ssdlite/coco-eval: COCO metrics, equal to pycocotools, in any runtime.

export { type Analysis, type AnalyzeOptions, analyze, type OperatingPoints } from './analysis/analyze.ts';
export {
  type Calibration,
  type CalibrationBin,
  type CalibrationOptions,
  calibration,
} from './analysis/calibration.ts';
export {
  type CompareResultsOptions,
  compareResults,
  type FigureDifference,
  type ResultsComparison,
} from './analysis/compare-results.ts';
export {
  type ConfusionMatrix,
  type ConfusionMatrixOptions,
  confusionMatrix,
} from './analysis/confusion-matrix.ts';
export {
  type ErrorCost,
  type ErrorCosts,
  type ErrorCostsOptions,
  errorCosts,
} from './analysis/error-costs.ts';
export {
  type DetectionError,
  type ErrorKind,
  errorKinds,
  type FoundErrors,
  findErrors,
} from './analysis/error-kinds.ts';
export {
  evaluateLvis,
  type LvisEvaluation,
  type LvisOptions,
  type LvisResult,
} from './analysis/evaluate-lvis.ts';
export { type EvaluationInput, evaluatedCategories, type LvisRules } from './analysis/evaluation-input.ts';
export { type ImageFigures, type ImageFiguresOptions, imageFigures } from './analysis/image-figures.ts';
export type { ByLvisRules, LvisInput } from './analysis/lvis-rules.ts';
export { type MatchesAt, matchAt } from './analysis/match-at.ts';
export { type RandomIndex, randomIndices } from './analysis/random-numbers.ts';
export {
  bestF1,
  type OperatingPoint,
  operatingPoint,
  type ScoreCurve,
  type ScoreCurves,
  scoreCurves,
} from './analysis/score-curve.ts';
export { type SizeFigures, sizeFigures } from './analysis/size-figures.ts';
export { type PointsToThin, thinPoints } from './analysis/thin-points.ts';
export { type VocAp, type VocApOptions, vocAp } from './analysis/voc-ap.ts';
export type { ByteSource } from './data/byte-source.ts';
export type {
  CocoAnnotation,
  CocoCategory,
  CocoDataset,
  CocoDetection,
  CocoImage,
  CocoRle,
  CocoSegmentation,
} from './data/coco-types.ts';
export type { DetectionColumns, TruthColumns } from './data/columns.ts';
export { loadGroundTruth, readGroundTruth } from './data/ground-truth.ts';
export type { GroundTruth, LoadOptions, Results } from './data/loaded.ts';
export type { ResultColumns } from './data/result-columns.ts';
export { loadResults, readResults } from './data/results.ts';
export type { EvaluationWarning, WarningCode } from './data/warnings.ts';
export { CocoEvalError, type CocoEvalErrorCode } from './error.ts';
export { evaluate } from './evaluate.ts';
export type { EvaluateOptions, EvaluationResult } from './evaluate-loaded.ts';
export type {
  Evaluation,
  EvaluationOptions,
  InputOptions,
  PreparedInput,
  PrepareOptions,
} from './evaluation.ts';
export { type CategoryResult, type EvaluationFigures, figuresOf } from './figures.ts';
export { type ImageMatches, imageMatches } from './image-matches.ts';
export {
  type AnnotatedImage,
  type CategoryCounts,
  type DatasetInspection,
  DatasetInspector,
} from './inspect/dataset-inspector.ts';
export {
  type DatasetProblem,
  type DatasetProblemCode,
  ProblemList,
  type ProblemSeverity,
} from './inspect/dataset-problems.ts';
export { inspectDataset, readInspection } from './inspect/inspect-dataset.ts';
export * as mask from './mask/mask.ts';
export type { Rle } from './mask/rle.ts';
export type { PrecisionRecall } from './metric/accumulate.ts';
export type { BoxXywh } from './metric/box-iou.ts';
export type { Groups } from './metric/groups.ts';
export type { ParamOptions } from './metric/make-params.ts';
export { type Matches, verdict } from './metric/match.ts';
export type { AreaRange, EvaluationParams, EvaluationType } from './metric/params.ts';
export { type MeanOptions, meanOf, type StatRow, type Stats, statRows } from './metric/summarize.ts';
export {
  type GroundTruthInput,
  prepareEvaluation,
  prepareInput,
  type ResultsInput,
} from './prepare-evaluation.ts';
export { categoryText } from './text/category-text.ts';
export { comparisonText } from './text/comparison-text.ts';
export { type FiguresToWrite, figuresJson } from './text/figures-json.ts';
export { lvisCategoryText, lvisText } from './text/lvis-text.ts';
export { sizeText } from './text/size-text.ts';
export { statsText } from './text/stats-text.ts';
export { vocText } from './text/voc-text.ts';
export { whyText } from './text/why-text.ts';
