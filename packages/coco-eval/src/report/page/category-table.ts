// AP category by category.

import type { ReportSubject } from '../report-data.ts';
import type { Choice } from './choice.ts';
import { element, section } from './element.ts';
import { count, figure, threshold } from './number-format.ts';
import { sortableTable, type TableColumn } from './sortable-table.ts';

interface Row {
  readonly subject: ReportSubject;
  readonly index: number;
}

export function categoryTable(choice: Choice): HTMLElement[] {
  const [all, ...categories] = choice.report.subjects;
  if (!all || categories.length === 0) return [];
  const everyRecall = Object.keys(all.stats).findLast(
    (name) => /^AR\d*$/.test(name) && name !== 'AR50' && name !== 'AR75',
  );
  const rows = categories.map((subject, place): Row => ({ subject, index: place + 1 }));
  const [first] = categories;
  const columns: TableColumn<Row>[] = [
    {
      title: 'Category',
      value: ({ subject }) => subject.name,
      show: ({ subject, index }) => {
        const button = element('button', { type: 'button', class: 'link' }, subject.name);
        button.addEventListener('click', () => choice.chooseSubject(index));
        return button;
      },
    },
    ...(first?.frequency === undefined
      ? []
      : [{ title: 'Frequency', value: ({ subject }: Row) => subject.frequency ?? '' }]),
    counted('Objects', ({ truths }) => truths),
    counted('Detections', ({ detections }) => detections),
    // Some figures are of all categories only.
    ...Object.keys(first?.stats ?? {})
      .filter((name) => name.startsWith('AP') || name === everyRecall)
      .map(
        (name): TableColumn<Row> => ({
          title: name,
          value: ({ subject }) => subject.stats[name] ?? -1,
          show: ({ subject }) =>
            name === 'AP' ? bar(subject.stats[name] ?? -1) : figure(subject.stats[name] ?? -1),
        }),
      ),
    {
      title: 'Best F1',
      value: ({ subject }) => bestF1(subject),
      show: ({ subject }) => figure(bestF1(subject)),
    },
    {
      title: 'from score',
      value: ({ subject }) => subject.best?.threshold ?? -1,
      show: ({ subject }) => (subject.best ? threshold(subject.best.threshold) : '–'),
    },
  ];
  return [
    section(
      {
        id: 'categories',
        title: 'Categories',
        about: 'Press a title to sort, a name to see its curves and errors.',
      },
      sortableTable({
        label: 'Figures by category',
        columns,
        rows,
        sortedBy: columns.findIndex(({ title }) => title === 'AP'),
      }),
    ),
  ];
}

function counted(title: string, value: (subject: ReportSubject) => number): TableColumn<Row> {
  return { title, value: ({ subject }) => value(subject), show: ({ subject }) => count(value(subject)) };
}

function bestF1({ best, truths }: ReportSubject): number {
  return best && truths > 0 ? (2 * best.right) / (best.right + best.wrong + truths) : -1;
}

/** A figure with its length behind it. */
function bar(value: number): HTMLElement {
  return element('span', { class: 'bar', style: `--share: ${Math.max(0, value) * 100}%` }, figure(value));
}
