// AP and AR category by category, as a table.

import type { CategoryResult } from '../figures.ts';
import type { EvaluationParams } from '../metric/params.ts';
import { statRows } from '../metric/summarize.ts';
import { count, figure, printable, type TextColumn, textTable } from './text-table.ts';

/** A line per category: its AP figures, AR at the most detections, ground truths and detections. A dash: nothing to measure. */
export function categoryText(perCategory: readonly CategoryResult[], params: EvaluationParams): string {
  const rows = statRows(params);
  const precision = rows.filter(({ of }) => of === 'precision');
  const recall = rows.findLast(({ of, area, iouThreshold }) => {
    return of === 'recall' && area === 'all' && iouThreshold === undefined;
  });
  const names = [...precision, ...(recall ? [recall] : [])].map(({ name }) => name);
  const columns: TextColumn[] = [
    { title: 'category', align: 'left' },
    ...names.map((title) => ({ title })),
    { title: 'truths' },
    { title: 'detections' },
  ];
  return textTable(
    columns,
    perCategory.map(({ name, stats, truths, detections }) => [
      printable(name),
      ...names.map((figureName) => figure(stats[figureName] ?? -1)),
      count(truths),
      count(detections),
    ]),
  );
}
