// Whether something is loaded already, and for what.

import { CocoEvalError } from '../error.ts';
import type { EvaluationType } from '../metric/params.ts';
import type { GroundTruth } from './ground-truth.ts';
import type { Results } from './results.ts';

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
