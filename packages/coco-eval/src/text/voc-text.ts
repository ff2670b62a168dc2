// VOC's AP as text: the mean, then category by category.

import type { VocAp } from '../analysis/voc-ap.ts';
import type { CocoCategory } from '../data/coco-types.ts';
import { count, figure, printable, textTable } from './text-table.ts';

/** The mean and a line per category that has objects to find. */
export function vocText(
  { mAP, perCategory }: VocAp,
  {
    year,
    iouThreshold,
    categories,
  }: {
    readonly year: number;
    readonly iouThreshold: number;
    readonly categories: readonly CocoCategory[];
  },
): string {
  const names = new Map(categories.map(({ id, name = String(id) }) => [id, printable(name)]));
  const table = textTable(
    [{ title: 'category', align: 'left' }, ...['AP', 'truths', 'right', 'wrong'].map((title) => ({ title }))],
    perCategory
      .filter(({ truths }) => truths > 0)
      .map(({ categoryId, AP, truths, truePositives, falsePositives }) => [
        names.get(categoryId) ?? String(categoryId),
        figure(AP),
        count(truths),
        count(truePositives),
        count(falsePositives),
      ]),
  );
  return `VOC ${year}, IoU ${iouThreshold}: mAP = ${figure(mAP)}\n\n${table}`;
}
