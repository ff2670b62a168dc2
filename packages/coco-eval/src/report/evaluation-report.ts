// An evaluation as a report: figures, curves, errors, calibration and confusions of all categories together and of each.

import { type Calibration, calibration } from '../analysis/calibration.ts';
import { confusionMatrix } from '../analysis/confusion-matrix.ts';
import { type ErrorCost, errorCosts } from '../analysis/error-costs.ts';
import { type ErrorKind, errorKinds } from '../analysis/error-kinds.ts';
import { type MatchesAt, matchAt } from '../analysis/match-at.ts';
import { bestF1, type ScoreCurve, scoreCurves } from '../analysis/score-curve.ts';
import { figuresOf } from '../evaluate.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Stats } from '../metric/summarize.ts';
import { countsAt, precisionRecall, reportThresholds } from './report-curves.ts';
import type {
  EvaluationReport,
  ReportCalibration,
  ReportConfusions,
  ReportError,
  ReportFact,
  ReportPoint,
  ReportSubject,
} from './report-data.ts';
import { worstPictures } from './worst-pictures.ts';

export interface EvaluationReportOptions {
  /** Default: "Evaluation". */
  readonly title?: string;
  /** What the reader should know of where the figures come from, as `['Annotations', 'instances.json']`. */
  readonly facts?: readonly ReportFact[];
  /** Pictures in each of the two galleries, most false positives and most missed objects. Default 12. */
  readonly pictures?: number;
}

/** A detection is right from here on in all that has one IoU threshold; the curves also have the stricter one. */
const looseIou = 0.5;
const strictIou = 0.75;

/** Points of all curves together: what keeps a report of a thousand categories below 3 MB. */
const mostPoints = 24_000;

/** Categories of the confusion matrix; more could not be read. */
const mostConfused = 100;

/** Confusions that are told in words. */
const mostPairs = 12;

/** Calibration goes through all detections once a category. */
const mostCalibrated = 200;

/**
 * Everything that the page of a report shows, as plain data; `reportHtml` makes the page of it.
 *
 * @param evaluation what `prepareEvaluation` gave
 */
export function evaluationReport(
  evaluation: Evaluation,
  { title = 'Evaluation', facts = [], pictures = 12 }: EvaluationReportOptions = {},
): EvaluationReport {
  const figures = figuresOf(evaluation);
  const loose = matchAt(evaluation, looseIou);
  const curves = { loose: scoreCurves(loose), strict: scoreCurves(matchAt(evaluation, strictIou)) };
  const costs = errorCosts(evaluation, { iouThreshold: looseIou });
  const thresholds = reportThresholds(loose.scores);
  const count = figures.perCategory.length + 1;
  const limit = Math.max(12, Math.min(400, Math.floor(mostPoints / count)));
  const subject = (own: {
    readonly name: string;
    readonly truths: number;
    readonly detections: number;
    readonly stats: Stats;
    readonly loose: ScoreCurve;
    readonly strict: ScoreCurve;
    readonly kinds: Readonly<Record<ErrorKind, ErrorCost>>;
    readonly categoryId?: number;
  }): ReportSubject => ({
    name: own.name,
    truths: own.truths,
    detections: own.detections,
    stats: own.stats,
    ...countsAt(own.loose, thresholds),
    best: bestPoint(own.loose),
    curves: [
      { iouThreshold: looseIou, ...precisionRecall(own.loose, limit) },
      { iouThreshold: strictIou, ...precisionRecall(own.strict, limit) },
    ],
    errors: errorKinds.map((kind): ReportError => ({ kind, ...own.kinds[kind] })),
    calibration: calibrated(evaluation, loose, {
      categoryId: own.categoryId,
      wanted: count <= mostCalibrated || own.categoryId === undefined,
    }),
  });
  const all = subject({
    name: 'All categories',
    truths: curves.loose.overall.positives,
    detections: loose.scores.length,
    stats: figures.stats,
    loose: curves.loose.overall,
    strict: curves.strict.overall,
    kinds: costs.kinds,
  });
  return {
    kind: 'evaluation',
    title,
    facts,
    type: evaluation.params.type,
    counts: {
      images: evaluation.images.length,
      categories: evaluation.categories.length,
      truths: all.truths,
      detections: all.detections,
    },
    warnings: evaluation.warnings.map(({ message }) => message),
    thresholds,
    subjects: [
      all,
      ...figures.perCategory.map((category, k) =>
        subject({
          ...category,
          categoryId: category.id,
          loose: curves.loose.perCategory[k] as ScoreCurve,
          strict: curves.strict.perCategory[k] as ScoreCurve,
          kinds: (costs.perCategory[k] as (typeof costs.perCategory)[number]).kinds,
        }),
      ),
    ],
    confusions: confusions(evaluation),
    pictures: worstPictures(evaluation, {
      matches: loose,
      scoreThreshold: all.best?.threshold ?? 0,
      limit: pictures,
    }),
    pictureThreshold: all.best?.threshold ?? 0,
  };
}

function bestPoint(curve: ScoreCurve): ReportPoint | null {
  const { scoreThreshold, truePositives, falsePositives } = bestF1(curve);
  if (!Number.isFinite(scoreThreshold)) return null;
  return { threshold: scoreThreshold, right: truePositives, wrong: falsePositives };
}

function calibrated(
  evaluation: Evaluation,
  matches: MatchesAt,
  { categoryId, wanted }: { readonly categoryId: number | undefined; readonly wanted: boolean },
): ReportCalibration | null {
  if (!wanted || !matches.scores.every((score) => score >= 0 && score <= 1)) return null;
  const found: Calibration = calibration(evaluation, {
    matches,
    ...(categoryId !== undefined && { categoryId }),
  });
  return {
    error: found.expectedError,
    bins: found.bins.map(({ count, confidence, precision }) => ({ count, confidence, precision })),
  };
}

/** The most frequent categories, and the worst confusions of all. */
function confusions(evaluation: Evaluation): ReportConfusions | null {
  const names = evaluation.categories.map(({ id, name = String(id) }) => name);
  if (names.length < 2) return null;
  const { counts, iouThreshold, scoreThreshold } = confusionMatrix(evaluation, { iouThreshold: looseIou });
  const background = names.length;
  const size = background + 1;
  const objects = Array.from({ length: size }, (_, row) =>
    counts.subarray(row * size, (row + 1) * size).reduce((sum, count) => sum + count, 0),
  );
  const frequent = Array.from(names.keys()).sort((a, b) => (objects[b] as number) - (objects[a] as number));
  const shown = [...frequent.slice(0, mostConfused), background];
  const cells = Array.from(counts.entries())
    .filter(([, count]) => count > 0)
    .map(([place, count]) => ({ row: Math.floor(place / size), column: place % size, count }));
  const placeOf = new Map(shown.map((category, place) => [category, place]));
  return {
    names: shown.map((category) => names[category] ?? 'background'),
    objects: shown.map((category) => objects[category] as number),
    // Without detections it is Infinity, which JSON does not have.
    scoreThreshold: Number.isFinite(scoreThreshold) ? scoreThreshold : 1,
    iouThreshold,
    cells: cells.flatMap(({ row, column, count }) => {
      const [y, x] = [placeOf.get(row), placeOf.get(column)];
      return y === undefined || x === undefined ? [] : [[y, x, count] as const];
    }),
    worst: cells
      .filter(({ row, column }) => row !== column && row !== background && column !== background)
      .sort((a, b) => b.count - a.count)
      .slice(0, mostPairs)
      .map(({ row, column, count }) => [names[row] ?? '', names[column] ?? '', count] as const),
  };
}
