// Why the AP is what it is: all analyses of one evaluation at one IoU threshold.

import type { Evaluation } from '../evaluation.ts';
import { type Calibration, calibration } from './calibration.ts';
import { type ConfusionMatrix, confusionMatrix } from './confusion-matrix.ts';
import { type ErrorCosts, errorCosts } from './error-costs.ts';
import { type ImageFigures, imageFigures } from './image-figures.ts';
import { matchAt } from './match-at.ts';
import {
  bestF1,
  type OperatingPoint,
  operatingPoint,
  type ScoreCurve,
  type ScoreCurves,
  scoreCurves,
} from './score-curve.ts';
import { type SizeFigures, sizeFigures } from './size-figures.ts';

export interface AnalyzeOptions {
  /** Overlap from which a detection is right. Default 0.5. */
  readonly iouThreshold?: number;
  /** What `atThreshold`, the confusion matrix and the counts of images are for. Default: the threshold with the best F1 overall. */
  readonly scoreThreshold?: number;
}

/** What remains above two score thresholds. */
export interface OperatingPoints {
  /** Where F1 is highest. */
  readonly bestF1: OperatingPoint;
  /** At the analysis' `scoreThreshold`. */
  readonly atThreshold: OperatingPoint;
}

export interface Analysis {
  readonly iouThreshold: number;
  readonly scoreThreshold: number;
  readonly perSize: readonly SizeFigures[];
  /** In the order of `params.imageIds`. */
  readonly perImage: readonly ImageFigures[];
  readonly operatingPoints: {
    readonly overall: OperatingPoints;
    /** In the order of `params.categoryIds`; one of id -1 if categories are not told apart. */
    readonly perCategory: readonly ({ readonly categoryId: number } & OperatingPoints)[];
  };
  /** Precision, recall and F1 at every score. */
  readonly curves: ScoreCurves;
  readonly confusion: ConfusionMatrix;
  readonly errors: ErrorCosts;
  /** Undefined if some score is no probability. */
  readonly calibration: Calibration | undefined;
}

/**
 * Everything beyond COCO's figures that one evaluation tells.
 *
 * @param evaluation of `prepareEvaluation`
 * @throws CocoEvalError `INVALID_ARGUMENT` if the IoU threshold is not above 0.1 (below which nothing counts as found) and at most 1
 * @example
 * const { errors, operatingPoints } = analyze(prepareEvaluation(groundTruth, detections));
 * errors.kinds.localization.cost; // 0.041: the AP50 that better boxes would add
 * operatingPoints.overall.bestF1; // { scoreThreshold: 0.41, precision: 0.68, recall: 0.55, f1: 0.61, ... }
 */
export function analyze(
  evaluation: Evaluation,
  { iouThreshold = 0.5, scoreThreshold }: AnalyzeOptions = {},
): Analysis {
  const matches = matchAt(evaluation, iouThreshold);
  const curves = scoreCurves(matches);
  const best = bestF1(curves.overall);
  const threshold = scoreThreshold ?? best.scoreThreshold;
  const points = (curve: ScoreCurve): OperatingPoints => ({
    bestF1: bestF1(curve),
    atThreshold: operatingPoint(curve, threshold),
  });
  const areProbabilities = matches.scores.every((score) => score >= 0 && score <= 1);
  return {
    iouThreshold,
    scoreThreshold: threshold,
    perSize: sizeFigures(evaluation),
    perImage: imageFigures(evaluation, { scoreThreshold: threshold, matches }),
    operatingPoints: {
      overall: points(curves.overall),
      perCategory: curves.perCategory.map(({ categoryId, ...curve }) => ({ categoryId, ...points(curve) })),
    },
    curves,
    confusion: confusionMatrix(evaluation, {
      iouThreshold,
      scoreThreshold: threshold,
      ...(evaluation.params.useCategories && { matches }),
    }),
    errors: errorCosts(evaluation, { iouThreshold, matches }),
    calibration: areProbabilities ? calibration(evaluation, { matches }) : undefined,
  };
}
