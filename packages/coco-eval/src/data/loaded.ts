// What loading gives, and whether something is loaded already.

import { CocoEvalError } from '../error.ts';
import type { EvaluationType } from '../metric/params.ts';
import type { CocoCategory, CocoImage } from './coco-types.ts';
import type { DetectionColumns, TruthColumns } from './columns.ts';
import type { EvaluationWarning } from './warnings.ts';

export interface LoadOptions {
  readonly type: EvaluationType;
  /** Throw on the first oddness instead of collecting warnings. Default false. */
  readonly strict?: boolean;
  /** Whether annotations may lack `iscrowd`, as LVIS's do: they are none then. Default false: refused, as by pycocotools. */
  readonly crowdsOptional?: boolean;
}

/** Loaded once, evaluated as often as one likes. */
export interface GroundTruth {
  /** What it can be evaluated for. */
  readonly type: EvaluationType;
  readonly images: readonly CocoImage[];
  readonly categories: readonly CocoCategory[];
  readonly truths: TruthColumns;
  readonly warnings: readonly EvaluationWarning[];
}

/** Loaded once, evaluated as often as one likes. */
export interface Results {
  readonly type: EvaluationType;
  readonly detections: DetectionColumns;
  readonly warnings: readonly EvaluationWarning[];
}

/** Ground truth is told by `truths`, results by `detections`. */
export function isLoaded<T extends GroundTruth | Results>(
  input: unknown,
  key: 'truths' | 'detections',
): input is T {
  return typeof input === 'object' && input !== null && key in input;
}

/** @throws CocoEvalError `INVALID_ARGUMENT` if it was loaded for another type */
export function checkType(
  loaded: { readonly type: EvaluationType },
  { type, name }: { readonly type: EvaluationType; readonly name: string },
): void {
  if (loaded.type === type) return;
  throw new CocoEvalError(
    'INVALID_ARGUMENT',
    `The ${name} were loaded for '${loaded.type}', not '${type}'.`,
    {
      value: type,
      next: 'Load them for the type that is evaluated.',
    },
  );
}
