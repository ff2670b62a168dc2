// What every analysis reads: objects as columns, and what was asked. `prepareEvaluation` gives it.

import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import type { AreaRange, EvaluationParams } from '../metric/params.ts';

/** Ground truth, detections and parameters; an `Evaluation` is one. */
export interface EvaluationInput {
  readonly truths: TruthColumns;
  readonly detections: DetectionColumns;
  readonly params: EvaluationParams;
  /** Whether a ground truth with id 0 is matched like any other. Default `false`, as pycocotools. */
  readonly corrected?: boolean;
  /** If it is by LVIS's rules: what `evaluateLvis` made of the input. */
  readonly lvis?: LvisRules;
}

/** What an evaluation by LVIS's rules knows beyond COCO's. */
export interface LvisRules {
  /** r, c or f, in the order of `params.categoryIds`. */
  readonly frequencies: readonly string[];
  /** Whether not every object of a category is annotated on an image: there detections that match nothing are ignored. */
  readonly isPartly: (imageId: number, categoryId: number) => boolean;
}

/** The categories that are told apart, in the order of the metric's classes; -1 stands for all together (`useCategories: false`). */
export function evaluatedCategories({ useCategories, categoryIds }: EvaluationParams): readonly number[] {
  return useCategories ? categoryIds : [-1];
}

/** The range that holds objects of every size. */
export function everySize({ areaRanges }: EvaluationParams): AreaRange {
  return areaRanges.find(({ label }) => label === 'all') ?? { label: 'all', min: 0, max: 1e5 ** 2 };
}

/** Tells whether a ground truth (its place in the columns) is one to find: no crowd, some keypoint if these are evaluated, in the range. */
export function findable({ truths, params }: EvaluationInput, range: AreaRange): (index: number) => boolean {
  const { crowds, keypointCounts, areas } = truths;
  return (index) => {
    const area = areas[index] as number;
    const pointless = params.type === 'keypoints' && keypointCounts?.[index] === 0;
    return !crowds[index] && !pointless && !(area < range.min || area > range.max);
  };
}
