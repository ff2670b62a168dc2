// Which category is taken for which.

import type { EvaluationReport, ReportConfusions } from '../report-data.ts';
import { element, section } from './element.ts';
import { count, threshold } from './number-format.ts';
import { scrolling } from './sortable-table.ts';

const sizes = [10, 20, 40, 100];

export function confusionSection({
  confusions,
  scoreThreshold,
  iouThreshold,
}: EvaluationReport): HTMLElement[] {
  if (!confusions || confusions.cells.length === 0) return [];
  const { names } = confusions;
  const frame = element('div');
  const shown = sizes.filter((_, place) => place === 0 || (sizes[place - 1] ?? 0) < names.length - 1);
  const select = element(
    'select',
    { id: 'confusion-size' },
    ...shown.map((size) => {
      const isAll = size >= names.length - 1;
      return element(
        'option',
        { value: size },
        isAll ? `all ${names.length - 1}` : `the ${size} most frequent`,
      );
    }),
  );
  const show = (): void => frame.replaceChildren(matrix(confusions, Number(select.value)));
  select.addEventListener('change', show);
  select.value = String(shown[Math.min(1, shown.length - 1)]);
  show();
  return [
    section(
      {
        id: 'confusions',
        title: 'Confusions',
        about: `Rows are objects, columns what they were taken for, from score ${threshold(scoreThreshold)} and IoU ${threshold(iouThreshold)} on. Detections take objects of their own category first; the last row is what was made up, the last column what was missed.`,
      },
      pairs(confusions),
      element('p', {}, element('label', { for: 'confusion-size' }, 'Shown: '), select),
      frame,
    ),
  ];
}

/** The pairs that are taken for one another most often, in words. */
function pairs({ worst }: ReportConfusions): HTMLElement {
  if (worst.length === 0) return element('p', {}, 'No category was taken for another.');
  return element(
    'ul',
    { class: 'pairs' },
    ...worst.map(([object, takenFor, times]) =>
      element('li', {}, `${object} taken for ${takenFor}: ${count(times)}`),
    ),
  );
}

function matrix({ names, objects, cells }: ReportConfusions, size: number): HTMLElement {
  const background = names.length - 1;
  const kept = [...Array.from({ length: Math.min(size, background) }, (_, row) => row), background];
  const counts = new Map(cells.map(([row, column, times]) => [row * names.length + column, times]));
  const head = element(
    'tr',
    {},
    element('td', {}),
    ...kept.map((column) => element('th', { scope: 'col' }, element('span', {}, names[column] ?? ''))),
  );
  const rows = kept.map((row) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, names[row] ?? ''),
      ...kept.map((column) => cell(counts.get(row * names.length + column) ?? 0, { row, column })),
    ),
  );
  function cell(
    times: number,
    { row, column }: { readonly row: number; readonly column: number },
  ): HTMLElement {
    const share = times / Math.max(1, objects[row] as number);
    const isWrong = row !== column;
    const said = `${names[row]} as ${names[column]}: ${times}`;
    return element(
      'td',
      {
        class: times === 0 ? 'none' : isWrong ? 'confused' : 'agreed',
        style: `--share: ${Math.round(Math.sqrt(share) * 100)}%`,
        title: said,
      },
      times === 0 ? '' : count(times),
    );
  }
  return scrolling(
    'Confusion matrix',
    element('table', { class: 'matrix' }, element('thead', {}, head), element('tbody', {}, ...rows)),
  );
}
