// From loaded inputs to the result, for any way to tell how far objects overlap.

import type { DetectionColumns, TruthColumns } from './data/columns.ts';
import type { Results } from './data/loaded.ts';
import type { EvaluationWarning } from './data/warnings.ts';
import type {
  Evaluation,
  EvaluationOptions,
  LoadedInputs,
  PreparedInput,
  PrepareOptions,
} from './evaluation.ts';
import { type EvaluationFigures, figuresOf } from './figures.ts';
import { type ImageMatches, imageMatches } from './image-matches.ts';
import { area } from './mask/rle.ts';
import { accumulate } from './metric/accumulate.ts';
import { makeGroups } from './metric/groups.ts';
import { makeParams, warnOfParams } from './metric/make-params.ts';
import { matchAll } from './metric/match.ts';
import type { Overlaps } from './metric/overlaps.ts';
import type { EvaluationParams } from './metric/params.ts';

export interface EvaluateOptions extends Omit<EvaluationOptions, 'corrected'> {
  /** Whether the result has `matches`. Default false. */
  readonly keepMatches?: boolean;
  /** Whether the result has `corrected`: the figures without pycocotools' oddities, which the README lists. Default false. */
  readonly corrected?: boolean;
}

export interface EvaluationResult extends EvaluationFigures {
  /** T, R, K, A, M. */
  readonly counts: readonly [number, number, number, number, number];
  readonly params: EvaluationParams;
  readonly warnings: readonly EvaluationWarning[];
  /** Without pycocotools' oddities, if asked for. */
  readonly corrected?: EvaluationFigures;
  /** Which detection took which ground truth, if asked for; made as they are read. */
  readonly matches?: Iterable<ImageMatches>;
}

/** What gives the overlaps of an evaluation: `overlapsOf`, or `boxOverlaps` where there are only boxes. */
export type OverlapsMaker = (
  truths: TruthColumns,
  detections: DetectionColumns,
  params: EvaluationParams,
) => Overlaps;

/** Evaluates, and evaluates once more without oddities if that is asked for. */
export function evaluateLoaded(
  loaded: LoadedInputs,
  options: EvaluateOptions,
  overlapsOf: OverlapsMaker,
): EvaluationResult {
  const { keepMatches = false, corrected = false } = options;
  const prepare = (more: { readonly keepMatches: boolean; readonly corrected: boolean }): Evaluation =>
    runEvaluation(completeInput(loaded, { ...options, ...more }), { ...more, overlapsOf });
  const evaluation = prepare({ keepMatches, corrected: false });
  return {
    ...figuresOf(evaluation),
    counts: evaluation.result.counts,
    params: evaluation.params,
    warnings: evaluation.warnings,
    ...(corrected && { corrected: figuresOf(prepare({ keepMatches: false, corrected: true })) }),
    ...(keepMatches && { matches: { [Symbol.iterator]: () => imageMatches(evaluation) } }),
  };
}

/** Checks and completes what is asked. */
export function completeInput(
  { groundTruth, results }: LoadedInputs,
  options: PrepareOptions,
): PreparedInput {
  const { corrected = false, strict = false } = options;
  const params = makeParams(options, groundTruth);
  const imageOf = new Map(groundTruth.images.map((image) => [image.id, image]));
  const categoryOf = new Map(groundTruth.categories.map((category) => [category.id, category]));
  return {
    truths: groundTruth.truths,
    detections: corrected ? correctedAreas(results) : results.detections,
    params,
    corrected,
    categories: params.categoryIds.map((id) => categoryOf.get(id) ?? { id }),
    images: params.imageIds.map((id) => imageOf.get(id) ?? { id }),
    warnings: [...groundTruth.warnings, ...results.warnings, ...warnOfParams(params, { strict })],
  };
}

/** Sorts, matches and accumulates. */
export function runEvaluation(
  input: PreparedInput,
  { keepMatches, overlapsOf }: { readonly keepMatches: boolean; readonly overlapsOf: OverlapsMaker },
): Evaluation {
  const { truths, detections, params, corrected } = input;
  const groups = makeGroups(truths, detections, params);
  const overlaps = overlapsOf(truths, detections, params);
  const matches = matchAll(truths, detections, groups, { params, overlaps, keepMatches, corrected });
  return { ...input, groups, matches, result: accumulate(groups, matches, detections, params) };
}

/** Areas of masks by the mask, even if there are boxes too. */
function correctedAreas({ type, detections }: Results): DetectionColumns {
  const { masks } = detections;
  return type === 'segm' && masks ? { ...detections, areas: Float64Array.from(masks, area) } : detections;
}
