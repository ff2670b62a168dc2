// Every figure as one JSON value, under names that stay. JSON.md describes it; a test holds the two together.

import type { Analysis } from '../analysis/analyze.ts';
import type { ResultsComparison } from '../analysis/compare-results.ts';
import { errorKinds } from '../analysis/error-kinds.ts';
import { operatingPoint, type ScoreCurve } from '../analysis/score-curve.ts';
import { thinPoints } from '../analysis/thin-points.ts';
import type { VocAp } from '../analysis/voc-ap.ts';
import type { Evaluation } from '../evaluation.ts';
import type { CategoryResult, EvaluationFigures } from '../figures.ts';
import type { EvaluationParams } from '../metric/params.ts';

/** What is turned into JSON. */
export interface FiguresToWrite {
  readonly evaluation: Evaluation;
  readonly figures: EvaluationFigures;
  readonly analysis: Analysis;
  readonly corrected?: EvaluationFigures | undefined;
  readonly voc?: ({ readonly year: number; readonly iouThreshold: number } & VocAp) | undefined;
  readonly comparison?: ResultsComparison | undefined;
  /** Whether the arrays precision, recall and scores are written too; they are millions of numbers. Default false. */
  readonly arrays?: boolean;
}

/** Points of a curve; the curve looks the same with more. */
const curvePoints = 200;

/** All figures as plain objects; numbers that are not finite become null in JSON. */
export function figuresJson({
  evaluation,
  figures,
  analysis,
  corrected,
  voc,
  comparison,
  arrays = false,
}: FiguresToWrite): object {
  const { params, truths, detections, groups, images, categories, warnings, result } = evaluation;
  const { operatingPoints, curves, errors } = analysis;
  const fileNames = new Map(images.map((image) => [image.id, image.file_name]));
  return {
    format: 'coco-eval',
    formatVersion: 1,
    params: paramsJson(params),
    counts: {
      images: images.length,
      categories: categories.length,
      annotations: truths.count,
      detections: detections.count,
      detectionsEvaluated: groups.detections.length,
    },
    stats: figures.stats,
    perCategory: figures.perCategory.map((category, k) => ({
      ...categoryJson(category),
      bestF1: operatingPoints.perCategory[k]?.bestF1,
      atThreshold: operatingPoints.perCategory[k]?.atThreshold,
      errors: errors.perCategory[k]?.kinds,
    })),
    perSize: analysis.perSize,
    perImage: analysis.perImage.map(({ imageId, ...image }) => ({
      id: imageId,
      fileName: fileNames.get(imageId),
      ...image,
    })),
    iouThreshold: analysis.iouThreshold,
    scoreThreshold: analysis.scoreThreshold,
    operatingPoints: operatingPoints.overall,
    curves: {
      overall: curveJson(curves.overall),
      perCategory: curves.perCategory.map(({ categoryId, ...curve }) => ({
        id: categoryId,
        ...curveJson(curve),
      })),
    },
    confusionMatrix: {
      categoryIds: analysis.confusion.categoryIds,
      counts: rows(analysis.confusion.counts, analysis.confusion.categoryIds.length + 1),
    },
    errors: {
      AP: errors.AP,
      kinds: Object.fromEntries(errorKinds.map((kind) => [kind, errors.kinds[kind]])),
      falsePositives: errors.falsePositives,
      falseNegatives: errors.falseNegatives,
    },
    calibration: analysis.calibration ?? null,
    ...(corrected && {
      corrected: { stats: corrected.stats, perCategory: corrected.perCategory.map(categoryJson) },
    }),
    ...(voc && { voc: { ...voc, perCategory: voc.perCategory.map(withId) } }),
    ...(comparison && { comparison: comparisonJson(comparison) }),
    ...(arrays && {
      arrays: {
        counts: result.counts,
        precision: Array.from(figures.precision),
        recall: Array.from(figures.recall),
        scores: Array.from(figures.scores),
      },
    }),
    warnings,
  };
}

/** The parameters, as far as they are not written elsewhere. */
export function paramsJson(params: EvaluationParams): object {
  const { type, useCategories, iouThresholds, recallThresholds, maxDetections, areaRanges, sigmas } = params;
  return {
    type,
    useCategories,
    iouThresholds,
    recallThresholds,
    maxDetections,
    areaRanges,
    ...(type === 'keypoints' && { sigmas }),
  };
}

function categoryJson({ id, name, truths, detections, stats }: CategoryResult): object {
  return { id, name, truths, detections, stats };
}

function curveJson(curve: ScoreCurve): object {
  const points = Array.from(curve.scores, (score) => operatingPoint(curve, score));
  const kept = thinPoints({
    x: points.map(({ recall }) => recall),
    y: points.map(({ precision }) => precision),
    limit: curvePoints,
  }).map((place) => points[place]);
  return {
    scores: kept.map((point) => point?.scoreThreshold),
    precision: kept.map((point) => point?.precision),
    recall: kept.map((point) => point?.recall),
    f1: kept.map((point) => point?.f1),
  };
}

function comparisonJson({ perCategory, ...comparison }: ResultsComparison): object {
  return { ...comparison, perCategory: perCategory.map(withId) };
}

function withId<T extends { readonly categoryId: number }>({ categoryId, ...rest }: T): object {
  return { id: categoryId, ...rest };
}

function rows(values: Float64Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)),
  );
}
