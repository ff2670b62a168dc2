// Two results side by side, as tables.

import type { FigureDifference, ResultsComparison } from '../analysis/compare-results.ts';
import type { CocoCategory } from '../data/coco-types.ts';
import { count, difference, figure, printable, type TextColumn, textTable } from './text-table.ts';

/** The figures of both, their differences, how sure these are; then AP by category. */
export function comparisonText(comparison: ResultsComparison, categories: readonly CocoCategory[]): string {
  const { stats, perCategory, images, resamples, confidence } = comparison;
  const names = new Map(categories.map(({ id, name = String(id) }) => [id, printable(name)]));
  const cells = (row: FigureDifference): string[] => [
    figure(row.a),
    figure(row.b),
    difference(row.difference),
    Number.isNaN(row.interval[0]) ? '-' : `${difference(row.interval[0])} to ${difference(row.interval[1])}`,
    probability(row),
  ];
  const columns = (title: string): TextColumn[] => [
    { title, align: 'left' },
    ...['A', 'B', 'B - A', `${Number((confidence * 100).toPrecision(12))} % interval`, 'p'].map((name) => ({
      title: name,
    })),
  ];
  const categoryRows = perCategory
    .filter(({ a, b }) => a >= 0 && b >= 0)
    .map((row) => [names.get(row.categoryId) ?? 'all', ...cells(row)]);
  return [
    `Images drawn ${count(resamples)} times from ${count(images)}, the same for A and B; p is small where chance does not explain a difference.\n`,
    textTable(
      columns('figure'),
      Object.entries(stats).map(([name, row]) => [name, ...cells(row)]),
    ),
    categoryRows.length > 1 &&
      `\nAP by category; of so many, some differ by chance:\n${textTable(columns('category'), categoryRows)}`,
  ]
    .filter((part) => part !== false)
    .join('');
}

function probability({ pValue, resamples }: FigureDifference): string {
  if (Number.isNaN(pValue)) return '-';
  return pValue === 0 ? `< ${Number((2 / resamples).toPrecision(1))}` : pValue.toFixed(3);
}
