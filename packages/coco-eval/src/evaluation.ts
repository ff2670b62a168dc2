// Everything between the input and the figures, for those who build on it: sorted objects, matches, precision and recall.

import type { LvisRules } from './analysis/evaluation-input.ts';
import type { CocoCategory, CocoImage } from './data/coco-types.ts';
import type { DetectionColumns, TruthColumns } from './data/columns.ts';
import type { GroundTruth, Results } from './data/loaded.ts';
import type { EvaluationWarning } from './data/warnings.ts';
import type { PrecisionRecall } from './metric/accumulate.ts';
import type { Groups } from './metric/groups.ts';
import type { ParamOptions } from './metric/make-params.ts';
import type { Matches } from './metric/match.ts';
import type { EvaluationParams } from './metric/params.ts';

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
  /** If it is by LVIS's rules. */
  readonly lvis?: LvisRules;
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

/** Both inputs, loaded. */
export interface LoadedInputs {
  readonly groundTruth: GroundTruth;
  readonly results: Results;
}
