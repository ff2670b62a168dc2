// The figures that everybody knows (cocoeval.py, summarize): twelve for boxes and masks, ten for keypoints.

import type { PrecisionRecall } from './accumulate.ts';
import { mean } from './pairwise-sum.ts';
import type { EvaluationParams } from './params.ts';

/** Figures by name, in COCO's order; -1 where there is nothing to measure. */
export type Stats = Readonly<Record<string, number>>;

export interface MeanOptions {
  /** `precision` gives AP, `recall` AR. */
  readonly of: 'precision' | 'recall';
  /** Only this threshold; it must be one of the evaluation's, to the last bit. Default: all. */
  readonly iouThreshold?: number;
  /** Label of the area range. Default `all`. */
  readonly area?: string;
  /** One of the evaluation's `maxDetections`. */
  readonly maxDetections: number | undefined;
  /** Only this class (place in `categoryIds`). Default: all. */
  readonly category?: number;
}

/** Mean of precision or recall over thresholds and classes, without those that have no ground truth; -1 of none. */
export function meanOf(
  result: PrecisionRecall,
  params: EvaluationParams,
  { of, iouThreshold, area = 'all', maxDetections, category }: MeanOptions,
): number {
  const [T, R, K, A, M] = result.counts;
  const m = params.maxDetections.indexOf(maxDetections ?? Number.NaN);
  const a = params.areaRanges.findIndex(({ label }) => label === area);
  if (m < 0 || a < 0) return -1;
  const rows = of === 'precision' ? R : 1;
  const values = of === 'precision' ? result.precision : result.recall;
  const counted: number[] = [];
  for (let t = 0; t < T; t++) {
    if (iouThreshold !== undefined && !isAt(params, { t, iouThreshold })) continue;
    for (let r = 0; r < rows; r++) {
      for (let k = category ?? 0; k < (category === undefined ? K : category + 1); k++) {
        const value = values[(((t * rows + r) * K + k) * A + a) * M + m] as number;
        if (value > -1) counted.push(value);
      }
    }
  }
  return counted.length === 0 ? -1 : mean(counted);
}

/** pycocotools asks for the same number to the last bit. */
function isAt(
  { iouThresholds, corrected }: EvaluationParams,
  { t, iouThreshold }: { readonly t: number; readonly iouThreshold: number },
): boolean {
  const threshold = iouThresholds[t] as number;
  return threshold === iouThreshold || (corrected === true && Math.abs(threshold - iouThreshold) < 1e-9);
}

/** All figures of an evaluation, or of one of its classes. */
export function summarize(result: PrecisionRecall, params: EvaluationParams, category?: number): Stats {
  const only = category === undefined ? {} : { category };
  const figure = (options: MeanOptions): number => meanOf(result, params, { ...options, ...only });
  if (params.type === 'keypoints') {
    // Fixed at 20 detections, whatever was asked for (cocoeval.py:481).
    const maxDetections = params.corrected ? params.maxDetections.at(-1) : 20;
    const row = (of: MeanOptions['of'], more: Partial<MeanOptions>) => figure({ of, maxDetections, ...more });
    return Object.fromEntries(
      (['precision', 'recall'] as const).flatMap((of) => {
        const name = of === 'precision' ? 'AP' : 'AR';
        return [
          [name, row(of, {})],
          [`${name}50`, row(of, { iouThreshold: 0.5 })],
          [`${name}75`, row(of, { iouThreshold: 0.75 })],
          [`${name}medium`, row(of, { area: 'medium' })],
          [`${name}large`, row(of, { area: 'large' })],
        ];
      }),
    );
  }
  const { maxDetections } = params;
  const [, , third = maxDetections.at(-1)] = maxDetections;
  // The first figure is for exactly 100 detections (cocoeval.py:460), the others for the third limit; two are refused there.
  const exact = maxDetections.length > 2 && !params.corrected;
  const sizes = ['small', 'medium', 'large'];
  return Object.fromEntries<number>([
    ['AP', figure({ of: 'precision', maxDetections: exact ? 100 : third })],
    ['AP50', figure({ of: 'precision', maxDetections: third, iouThreshold: 0.5 })],
    ['AP75', figure({ of: 'precision', maxDetections: third, iouThreshold: 0.75 })],
    ...sizes.map((area): [string, number] => [
      `AP${area}`,
      figure({ of: 'precision', maxDetections: third, area }),
    ]),
    ...maxDetections
      .slice(0, 3)
      .map((limit): [string, number] => [`AR${limit}`, figure({ of: 'recall', maxDetections: limit })]),
    ...sizes.map((area): [string, number] => [
      `AR${area}`,
      figure({ of: 'recall', maxDetections: third, area }),
    ]),
  ]);
}
