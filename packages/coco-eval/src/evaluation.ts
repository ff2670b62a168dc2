// Everything between the input and the figures, for those who build on it: sorted objects, matches, precision and recall.

import type { CocoCategory, CocoDataset, CocoDetection, CocoImage } from './data/coco-types.ts';
import type { DetectionColumns, TruthColumns } from './data/columns.ts';
import { type GroundTruth, loadGroundTruth } from './data/ground-truth.ts';
import { checkType, isLoaded } from './data/loaded.ts';
import type { ResultColumns } from './data/result-columns.ts';
import { loadResults, type Results } from './data/results.ts';
import type { EvaluationWarning } from './data/warnings.ts';
import { completeInput, runEvaluation } from './evaluate-loaded.ts';
import type { PrecisionRecall } from './metric/accumulate.ts';
import type { Groups } from './metric/groups.ts';
import type { ParamOptions } from './metric/make-params.ts';
import type { Matches } from './metric/match.ts';
import { overlapsOf } from './metric/overlaps-of.ts';
import type { EvaluationParams } from './metric/params.ts';

/** COCO's annotations as an object, as JSON text or UTF-8 bytes of it, or loaded before. */
export type GroundTruthInput = CocoDataset | string | Uint8Array | GroundTruth;

/** COCO's results as a list, as JSON text or UTF-8 bytes of it, as columns, or loaded before. */
export type ResultsInput = readonly CocoDetection[] | ResultColumns | string | Uint8Array | Results;

export interface EvaluationOptions extends ParamOptions {
  /** Throw on the first oddness in the input instead of collecting warnings. Default false. */
  readonly strict?: boolean;
  /** Whether annotations may lack `iscrowd`, as LVIS's do: they are none then. Default false: refused, as by pycocotools. */
  readonly crowdsOptional?: boolean;
}

/** What is evaluated: all that the metrics need. Its classes (K) are `categories`, or one if `params.useCategories` is false. */
export interface PreparedInput {
  readonly truths: TruthColumns;
  readonly detections: DetectionColumns;
  readonly params: EvaluationParams;
  /** Whether it is without pycocotools' oddities. */
  readonly corrected: boolean;
  /** Those of `params.categoryIds`, in their order. */
  readonly categories: readonly CocoCategory[];
  /** Those of `params.imageIds`, in their order. */
  readonly images: readonly CocoImage[];
  readonly warnings: readonly EvaluationWarning[];
}

/** An evaluation with all that led to it. */
export interface Evaluation extends PreparedInput {
  readonly groups: Groups;
  readonly matches: Matches;
  readonly result: PrecisionRecall;
}

export interface InputOptions extends EvaluationOptions {
  /** Without pycocotools' oddities, which the README lists. Default false. */
  readonly corrected?: boolean;
}

/** How `prepareEvaluation` works. */
export interface PrepareOptions extends InputOptions {
  /** Whether `matches.matched` is kept: which ground truth each detection took. Default true. */
  readonly keepMatches?: boolean;
}

/**
 * Loads, sorts, matches and accumulates. `evaluate` makes figures of it, `analyze` says why they are what they are.
 *
 * @throws CocoEvalError `INVALID_ARGUMENT`, `INVALID_JSON`, `INVALID_ANNOTATIONS`, `INVALID_RESULTS`
 */
export function prepareEvaluation(
  groundTruth: GroundTruthInput,
  detections: ResultsInput,
  options: PrepareOptions = {},
): Evaluation {
  const { keepMatches = true } = options;
  return runEvaluation(prepareInput(groundTruth, detections, options), { keepMatches, overlapsOf });
}

/**
 * Loads and completes what is to be evaluated, for metrics other than COCO's: `evaluateLvis`, `vocAp`.
 *
 * @throws CocoEvalError as `prepareEvaluation`
 */
export function prepareInput(
  groundTruth: GroundTruthInput,
  detections: ResultsInput,
  options: InputOptions = {},
): PreparedInput {
  return completeInput(loadInputs(groundTruth, detections, options), options);
}

/** Both inputs, loaded. */
export interface LoadedInputs {
  readonly groundTruth: GroundTruth;
  readonly results: Results;
}

/** Loads what is not loaded yet. */
export function loadInputs(
  groundTruth: GroundTruthInput,
  detections: ResultsInput,
  { type = 'bbox', strict = false, crowdsOptional = false }: EvaluationOptions,
): LoadedInputs {
  const truths = isLoaded(groundTruth, 'truths')
    ? groundTruth
    : loadGroundTruth(groundTruth, { type, strict, crowdsOptional });
  checkType(truths, { type, name: 'ground truth' });
  const results = isLoaded(detections, 'detections')
    ? detections
    : loadResults(detections, truths, { type, strict });
  checkType(results, { type, name: 'results' });
  return { groundTruth: truths, results };
}
