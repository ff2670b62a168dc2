// @ssdlite/coco-eval: COCO metrics, equal to pycocotools, in any runtime.

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
export { type GroundTruth, type LoadOptions, loadGroundTruth, readGroundTruth } from './data/ground-truth.ts';
export type { ResultColumns } from './data/result-columns.ts';
export { loadResults, type Results, readResults } from './data/results.ts';
export type { EvaluationWarning, WarningCode } from './data/warnings.ts';
export { CocoEvalError, type CocoEvalErrorCode } from './error.ts';
export {
  type CategoryResult,
  type EvaluateOptions,
  type EvaluationFigures,
  type EvaluationResult,
  evaluate,
  figuresOf,
} from './evaluate.ts';
export {
  type Evaluation,
  type EvaluationOptions,
  type GroundTruthInput,
  type PrepareOptions,
  prepareEvaluation,
  type ResultsInput,
} from './evaluation.ts';
export { type ImageMatches, imageMatches } from './image-matches.ts';
export * as mask from './mask/mask.ts';
export type { Rle } from './mask/rle.ts';
export type { PrecisionRecall } from './metric/accumulate.ts';
export type { BoxXywh } from './metric/box-iou.ts';
export type { Groups } from './metric/groups.ts';
export type { ParamOptions } from './metric/make-params.ts';
export { type Matches, verdict } from './metric/match.ts';
export type { AreaRange, EvaluationParams, EvaluationType } from './metric/params.ts';
export { type MeanOptions, meanOf, type Stats } from './metric/summarize.ts';
