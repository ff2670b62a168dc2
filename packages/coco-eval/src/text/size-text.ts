// AP and AR size by size, as a table: what the twelve lines do not have of sizes that are not COCO's.

import type { SizeFigures } from '../analysis/size-figures.ts';
import { count, figure, printable, textTable } from './text-table.ts';

/** A line per size class: its range in square pixels, ground truths, AP and AR. */
export function sizeText(perSize: readonly SizeFigures[]): string {
  return textTable(
    [{ title: 'size', align: 'left' }, ...['from', 'to', 'truths', 'AP', 'AR'].map((title) => ({ title }))],
    perSize.map(({ label, min, max, truths, AP, AR }) => [
      printable(label),
      count(min),
      count(max),
      count(truths),
      figure(AP),
      figure(AR),
    ]),
  );
}
