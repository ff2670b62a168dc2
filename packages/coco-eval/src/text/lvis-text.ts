// LVIS's lines, as its own tool prints them (lvis-api, eval.py, print_results), and AP by category.

import type { LvisResult } from '../analysis/evaluate-lvis.ts';
import type { CocoCategory } from '../data/coco-types.ts';
import { count, figure, printable, textTable } from './text-table.ts';

const groups: Readonly<Record<string, string>> = { APr: 'r', APc: 'c', APf: 'f' };

/** Thirteen lines: AP by IoU, size and frequency, then AR. */
export function lvisText({ stats, params }: LvisResult): string {
  const { iouThresholds, maxDetections } = params;
  const all = `${(iouThresholds[0] ?? 0).toFixed(2)}:${(iouThresholds.at(-1) ?? 0).toFixed(2)}`;
  const lines = Object.entries(stats).map(([name, value]) => {
    const [title, kind] = name.startsWith('AP') ? ['Average Precision', '(AP)'] : ['Average Recall', '(AR)'];
    const iou = name === 'AP50' ? '0.50' : name === 'AP75' ? '0.75' : all;
    const area = /small|medium|large/.exec(name)?.[0][0] ?? 'all';
    const limit = String(maxDetections[0] ?? '').padStart(3);
    const category = (groups[name] ?? 'all').padStart(3);
    return ` ${title.padEnd(18)} ${kind} @[ IoU=${iou.padEnd(9)} | area=${area.padStart(6)} | maxDets=${limit} catIds=${category}] = ${value.toFixed(3)}\n`;
  });
  return lines.join('');
}

/** A line per category that has ground truth. */
export function lvisCategoryText({ perCategory }: LvisResult, categories: readonly CocoCategory[]): string {
  const names = new Map(categories.map(({ id, name = String(id) }) => [id, printable(name)]));
  return textTable(
    [{ title: 'category', align: 'left' }, { title: 'frequency' }, { title: 'AP' }, { title: 'truths' }],
    perCategory
      .filter(({ truths }) => truths > 0)
      .map(({ categoryId, frequency, AP, truths }) => [
        names.get(categoryId) ?? String(categoryId),
        frequency,
        figure(AP),
        count(truths),
      ]),
  );
}
