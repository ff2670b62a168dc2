// What an inspection found, as text.

import { countedFacts, type DatasetInspection, type DatasetProblem } from '@ssdlite/coco-eval/node';
import { factList } from '../output/fact-list.ts';
import { fitColumns, tableLine, titleLine } from '../output/text-table.ts';
import { type Paint, printable } from '../paint.ts';

/** Facts, a table of categories that are used, and problems with examples. */
export function inspectionText(
  inspection: DatasetInspection,
  { format, paint }: { readonly format: string; readonly paint: Paint },
): string {
  const facts = factList([['Format', format], ...countedFacts(inspection)]);
  return [facts, categoryTable(inspection, paint), problemText(inspection.problems, paint)]
    .filter((part) => part !== '')
    .join('\n');
}

function categoryTable({ categories, sizes }: DatasetInspection, paint: Paint): string {
  const used = categories.filter(({ objects, crowds }) => objects + crowds > 0);
  if (used.length === 0) return '';
  const rows = used.map(({ name, objects, images, crowds, sizes: bySize }) => [
    printable(name),
    ...[objects, images, ...bySize, crowds].map(String),
  ]);
  const numbers = ['objects', 'pictures', ...sizes, 'crowds'];
  const columns = fitColumns(
    ['category', ...numbers.map((title) => ({ title, align: 'right' as const }))],
    rows,
  );
  return [paint('bold', titleLine(columns)), ...rows.map((row) => tableLine(columns, row)), ''].join('\n');
}

function problemText(problems: readonly DatasetProblem[], paint: Paint): string {
  if (problems.length === 0) return 'Nothing is wrong.\n';
  return problems
    .map(({ code, severity, what, count, examples }) => {
      const title = severity === 'error' ? paint('red', 'error') : 'note';
      const more = count > examples.length ? [`    and ${count - examples.length} more`] : [];
      const lines = [...examples.map((example) => `    ${printable(example)}`), ...more];
      return `${title} ${paint('bold', code)}: ${what}, ${count}\n${lines.join('\n')}\n`;
    })
    .join('');
}
