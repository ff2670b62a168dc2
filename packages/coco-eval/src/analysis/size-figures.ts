// AP and AR size by size.

import type { PrecisionRecall } from '../metric/accumulate.ts';
import { meanOf } from '../metric/summarize.ts';
import { type EvaluationInput, findable } from './evaluation-input.ts';

export interface SizeFigures {
  readonly label: string;
  /** Square pixels, both ends included. */
  readonly min: number;
  readonly max: number;
  /** Ground truths to find within the range; one whose area is a border counts on both sides. */
  readonly truths: number;
  /** Means over IoU thresholds and categories at the largest `maxDetections`; -1 where there is no ground truth. */
  readonly AP: number;
  readonly AR: number;
}

/** AP and AR of every area range. */
export function sizeFigures(
  input: EvaluationInput & { readonly result: PrecisionRecall },
): readonly SizeFigures[] {
  const { truths, params, result } = input;
  const maxDetections = params.maxDetections.at(-1);
  const images = new Set(params.imageIds);
  const categories = new Set(params.categoryIds);
  const evaluated = truths.ids.map((_, index) =>
    images.has(truths.imageIds[index] as number) && categories.has(truths.categoryIds[index] as number)
      ? 1
      : 0,
  );
  return params.areaRanges.map((range) => {
    const counts = findable(input, range);
    return {
      label: range.label,
      min: range.min,
      max: range.max,
      truths: evaluated.filter((flag, index) => flag === 1 && counts(index)).length,
      AP: meanOf(result, params, { of: 'precision', area: range.label, maxDetections }),
      AR: meanOf(result, params, { of: 'recall', area: range.label, maxDetections }),
    };
  });
}
