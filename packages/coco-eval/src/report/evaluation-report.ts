// An evaluation as a report: figures, curves, errors, calibration and confusions of all categories together and of each.

import { type Analysis, analyze } from '../analysis/analyze.ts';
import { calibration } from '../analysis/calibration.ts';
import type { ErrorCosts } from '../analysis/error-costs.ts';
import { errorKinds } from '../analysis/error-kinds.ts';
import { lvisFigures } from '../analysis/evaluate-lvis.ts';
import { type MatchesAt, matchAt } from '../analysis/match-at.ts';
import { bestF1, type ScoreCurve, scoreCurves } from '../analysis/score-curve.ts';
import type { Evaluation } from '../evaluation.ts';
import { type EvaluationFigures, figuresOf } from '../figures.ts';
import { skeletonsOf } from './picture-shapes.ts';
import { countsAt, precisionRecall, reportThresholds } from './report-curves.ts';
import type {
  EvaluationReport,
  ReportCalibration,
  ReportConfusions,
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
  /** Of `figuresOf`, if they are at hand. By LVIS's rules leave it out: the report has LVIS's figures then. */
  readonly figures?: EvaluationFigures;
  /** Of `analyze`, if it is at hand: its IoU and score thresholds are the report's. Default: that at IoU 0.5. */
  readonly analysis?: Analysis;
}

/** A second curve shows what better boxes would have to reach. */
const strictIou = 0.75;

/** Points of all curves together: what keeps a report of a thousand categories below 3 MB. */
const mostPoints = 24_000;

/** Categories of the confusion matrix; more could not be read. */
const mostConfused = 100;

/** Confusions that are told in words. */
const mostPairs = 12;

/** By LVIS's letters. */
const frequencyNames: Readonly<Record<string, string>> = { r: 'rare', c: 'common', f: 'frequent' };

/** Calibration goes through all detections once a category. */
const mostCalibrated = 200;

/**
 * Everything that the page of a report shows, as plain data; `reportHtml` makes the page of it.
 *
 * By LVIS's rules it is without confusions and calibration. On most pictures nothing is known of a category, and detections of
 * it are neither right nor wrong there. Those that remain are on pictures that were chosen because the category is there or is not: their
 * share of right ones is not that of all pictures, and what they were taken for was chosen too.
 *
 * @param evaluation what `prepareEvaluation` gave, or the `evaluation` of `evaluateLvis`
 */
export function evaluationReport(
  evaluation: Evaluation,
  {
    title = 'Evaluation',
    facts = [],
    pictures = 12,
    figures = allFigures(evaluation),
    analysis = analyze(evaluation),
  }: EvaluationReportOptions = {},
): EvaluationReport {
  const { iouThreshold } = analysis;
  const matches = matchAt(evaluation, iouThreshold);
  // Without detections it is Infinity, which JSON does not have.
  const scoreThreshold = Number.isFinite(analysis.scoreThreshold) ? analysis.scoreThreshold : 1;
  const subjects = reportSubjects(evaluation, { figures, analysis, matches });
  const { skeletons, warnings: skeletonWarnings } = skeletonsOf(evaluation);
  return {
    kind: 'evaluation',
    title,
    facts,
    type: evaluation.params.type,
    rules: evaluation.lvis ? 'lvis' : 'coco',
    counts: {
      images: evaluation.images.length,
      categories: evaluation.categories.length,
      truths: analysis.curves.overall.positives,
      detections: matches.scores.length,
    },
    warnings: [...evaluation.warnings.map(({ message }) => message), ...skeletonWarnings],
    iouThreshold,
    scoreThreshold,
    thresholds: reportThresholds(matches.scores),
    subjects,
    confusions: evaluation.lvis ? null : confusions(evaluation, analysis),
    pictures: worstPictures(evaluation, { matches, scoreThreshold, limit: pictures }),
    skeletons,
  };
}

function allFigures({ lvis, ...evaluation }: Evaluation): EvaluationFigures {
  return lvis ? lvisFigures({ ...evaluation, lvis, corrected: true }) : figuresOf(evaluation);
}

/** All categories together, then one by one if they are told apart. */
function reportSubjects(
  evaluation: Evaluation,
  {
    figures,
    analysis,
    matches,
  }: { readonly figures: EvaluationFigures; readonly analysis: Analysis; readonly matches: MatchesAt },
): ReportSubject[] {
  const { curves, errors, iouThreshold } = analysis;
  const strict = iouThreshold < strictIou ? scoreCurves(matchAt(evaluation, strictIou)) : undefined;
  const thresholds = reportThresholds(matches.scores);
  const count = figures.perCategory.length + 1;
  const limit = Math.max(12, Math.min(400, Math.floor(mostPoints / count)));
  const subject = (
    own: Pick<ReportSubject, 'name' | 'frequency' | 'truths' | 'detections' | 'stats'>,
    made: {
      readonly curve: ScoreCurve;
      readonly strictCurve: ScoreCurve | undefined;
      readonly kinds: ErrorCosts['kinds'];
      readonly calibration: ReportCalibration | null;
    },
  ): ReportSubject => ({
    name: own.name,
    ...(own.frequency !== undefined && { frequency: own.frequency }),
    truths: own.truths,
    detections: own.detections,
    stats: own.stats,
    ...countsAt(made.curve, thresholds),
    best: bestPoint(made.curve),
    curves: [
      { iouThreshold, ...precisionRecall(made.curve, limit) },
      ...(made.strictCurve ? [{ iouThreshold: strictIou, ...precisionRecall(made.strictCurve, limit) }] : []),
    ],
    errors: errorKinds.map((kind) => ({ kind, ...made.kinds[kind] })),
    calibration: made.calibration,
  });
  const all = subject(
    {
      name: 'All categories',
      truths: curves.overall.positives,
      detections: matches.scores.length,
      stats: figures.stats,
    },
    {
      curve: curves.overall,
      strictCurve: strict?.overall,
      kinds: errors.kinds,
      calibration: analysis.calibration && !evaluation.lvis ? toReport(analysis.calibration) : null,
    },
  );
  const isCalibrated = analysis.calibration !== undefined && !evaluation.lvis && count <= mostCalibrated;
  return [
    all,
    ...figures.perCategory.map((category, k) =>
      subject(
        {
          ...category,
          ...(evaluation.lvis && { frequency: frequencyNames[evaluation.lvis.frequencies[k] ?? ''] }),
        },
        {
          curve: curves.perCategory[k] as ScoreCurve,
          strictCurve: strict?.perCategory[k],
          kinds: (errors.perCategory[k] as ErrorCosts['perCategory'][number]).kinds,
          calibration: isCalibrated
            ? toReport(calibration(evaluation, { matches, categoryId: category.id }))
            : null,
        },
      ),
    ),
  ];
}

function toReport({ expectedError, bins }: ReturnType<typeof calibration>): ReportCalibration {
  return {
    error: expectedError,
    bins: bins.map(({ count, confidence, precision }) => ({ count, confidence, precision })),
  };
}

function bestPoint(curve: ScoreCurve): ReportPoint | null {
  const { scoreThreshold, truePositives, falsePositives } = bestF1(curve);
  if (!Number.isFinite(scoreThreshold)) return null;
  return { threshold: scoreThreshold, right: truePositives, wrong: falsePositives };
}

/** The most frequent categories, and the worst confusions of all. */
function confusions({ categories }: Evaluation, { confusion }: Analysis): ReportConfusions | null {
  const names = categories.map(({ id, name = String(id) }) => name);
  if (names.length < 2) return null;
  const { counts } = confusion;
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
