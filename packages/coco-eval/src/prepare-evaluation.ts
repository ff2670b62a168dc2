// From what callers have to an evaluation with all that led to it.

import type { CocoDataset, CocoDetection } from './data/coco-types.ts';
import { loadGroundTruth } from './data/ground-truth.ts';
import { checkType, type GroundTruth, isLoaded, type Results } from './data/loaded.ts';
import type { ResultColumns } from './data/result-columns.ts';
import { loadResults } from './data/results.ts';
import { completeInput, runEvaluation } from './evaluate-loaded.ts';
import type {
  Evaluation,
  EvaluationOptions,
  InputOptions,
  LoadedInputs,
  PreparedInput,
  PrepareOptions,
} from './evaluation.ts';
import { overlapsOf } from './metric/overlaps-of.ts';

/** COCO's annotations as an object, as JSON text or UTF-8 bytes of it, or loaded before. */
export type GroundTruthInput = CocoDataset | string | Uint8Array | GroundTruth;

/** COCO's results as a list, as JSON text or UTF-8 bytes of it, as columns, or loaded before. */
export type ResultsInput = readonly CocoDetection[] | ResultColumns | string | Uint8Array | Results;

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
