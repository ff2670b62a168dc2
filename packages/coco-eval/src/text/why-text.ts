// Why the AP is what it is, in a few lines.

import type { Analysis } from '../analysis/analyze.ts';
import { errorKinds } from '../analysis/error-kinds.ts';
import type { OperatingPoint } from '../analysis/score-curve.ts';
import type { CocoCategory } from '../data/coco-types.ts';
import { count, difference, figure, printable, textTable } from './text-table.ts';

/** Confusions shown. */
const mostConfusions = 10;

/** Operating points, what each kind of error costs, calibration and the most frequent confusions. */
export function whyText(analysis: Analysis, categories: readonly CocoCategory[]): string {
  const { iouThreshold, operatingPoints, errors, calibration } = analysis;
  const { overall } = operatingPoints;
  const confusions = confusionText(analysis, categories);
  return [
    `At IoU ${iouThreshold}, all categories together:\n`,
    textTable(
      ['threshold', 'precision', 'recall', 'F1', 'right', 'wrong', 'missed'].map((title) => ({ title })),
      points(overall.bestF1, overall.atThreshold).map((point) => [
        String(point.scoreThreshold),
        figure(point.precision),
        figure(point.recall),
        figure(point.f1),
        count(point.truePositives),
        count(point.falsePositives),
        count(point.falseNegatives),
      ]),
    ),
    `\nWhat errors cost (TIDE): AP${Math.round(iouThreshold * 100)} is ${figure(errors.AP)}, and without errors of a kind it would be higher by\n`,
    textTable(
      [{ title: 'kind', align: 'left' }, { title: 'errors' }, { title: 'AP' }],
      errorKinds.map((kind) => [kind, count(errors.kinds[kind].count), difference(errors.kinds[kind].cost)]),
    ),
    calibration
      ? `\nCalibration: scores differ from the share of right detections by ${figure(calibration.expectedError)} in the mean (expected calibration error), by ${figure(calibration.largestError)} at most.\n`
      : '\nCalibration: not all scores are from 0 to 1, so they are no probabilities.\n',
    confusions &&
      `\nMost often taken for another (score at least ${analysis.scoreThreshold}):\n${confusions}`,
  ].join('');
}

/** Both, or one if they are the same. */
function points(best: OperatingPoint, chosen: OperatingPoint): readonly OperatingPoint[] {
  return best.scoreThreshold === chosen.scoreThreshold ? [best] : [best, chosen];
}

function confusionText({ confusion }: Analysis, categories: readonly CocoCategory[]): string {
  const names = new Map(categories.map(({ id, name = String(id) }) => [id, printable(name)]));
  const { categoryIds, counts } = confusion;
  const size = categoryIds.length + 1;
  const nameOf = (place: number): string => names.get(categoryIds[place] as number) ?? '';
  const pairs = Array.from(counts, (number, at) => ({
    number,
    row: Math.floor(at / size),
    column: at % size,
  })).filter(({ number, row, column }) => {
    return number > 0 && row !== column && row < size - 1 && column < size - 1;
  });
  if (pairs.length === 0) return '';
  pairs.sort((a, b) => b.number - a.number);
  return textTable(
    [{ title: 'is', align: 'left' }, { title: 'taken for', align: 'left' }, { title: 'times' }],
    pairs
      .slice(0, mostConfusions)
      .map(({ number, row, column }) => [nameOf(row), nameOf(column), count(number)]),
  );
}
