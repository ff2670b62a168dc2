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

/** One of the figures that everybody knows: its name, and what it is the mean of. */
export interface StatRow extends Omit<MeanOptions, 'category'> {
  readonly name: string;
  readonly area: string;
}

/** The figures of `stats` in COCO's order: twelve for boxes and masks, ten for keypoints. */
export function statRows(params: EvaluationParams): readonly StatRow[] {
  return params.type === 'keypoints' ? keypointRows(params) : boxRows(params);
}

function keypointRows({ maxDetections: limits, corrected }: EvaluationParams): StatRow[] {
  // Fixed at 20 detections, whatever was asked for (cocoeval.py:481).
  const maxDetections = corrected ? limits.at(-1) : 20;
  return (['precision', 'recall'] as const).flatMap((of) => {
    const name = of === 'precision' ? 'AP' : 'AR';
    return [
      { name, of, area: 'all', maxDetections },
      { name: `${name}50`, of, area: 'all', maxDetections, iouThreshold: 0.5 },
      { name: `${name}75`, of, area: 'all', maxDetections, iouThreshold: 0.75 },
      { name: `${name}medium`, of, area: 'medium', maxDetections },
      { name: `${name}large`, of, area: 'large', maxDetections },
    ];
  });
}

function boxRows({ maxDetections: limits, corrected }: EvaluationParams): StatRow[] {
  const [, , third = limits.at(-1)] = limits;
  // The first figure is for exactly 100 detections (cocoeval.py:460), the others for the third limit; two are refused there.
  const first = limits.length > 2 && !corrected ? 100 : third;
  const bySize = (of: MeanOptions['of']): StatRow[] =>
    ['small', 'medium', 'large'].map((area) => ({
      name: `${of === 'precision' ? 'AP' : 'AR'}${area}`,
      of,
      area,
      maxDetections: third,
    }));
  return [
    { name: 'AP', of: 'precision', area: 'all', maxDetections: first },
    { name: 'AP50', of: 'precision', area: 'all', maxDetections: third, iouThreshold: 0.5 },
    { name: 'AP75', of: 'precision', area: 'all', maxDetections: third, iouThreshold: 0.75 },
    ...bySize('precision'),
    ...limits
      .slice(0, 3)
      .map((limit): StatRow => ({ name: `AR${limit}`, of: 'recall', area: 'all', maxDetections: limit })),
    ...bySize('recall'),
  ];
}

/** All figures of an evaluation, or of one of its classes (its place in `categoryIds`). */
export function summarize(result: PrecisionRecall, params: EvaluationParams, category?: number): Stats {
  const only = category === undefined ? {} : { category };
  return Object.fromEntries(
    statRows(params).map(({ name, ...row }) => [name, meanOf(result, params, { ...row, ...only })]),
  );
}
