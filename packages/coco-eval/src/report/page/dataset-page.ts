// The page of a data set: what is in it, and what is wrong with it.

import type { DatasetReport, DatasetReportCategory } from '../report-data.ts';
import { element, section } from './element.ts';
import { count } from './number-format.ts';
import { pictureGallery } from './picture-gallery.ts';
import { sortableTable, type TableColumn } from './sortable-table.ts';

export function datasetPage(report: DatasetReport): HTMLElement[] {
  return [
    problems(report),
    categories(report),
    ...pictureGallery(report.pictures, { about: 'Pictures with their annotations.' }),
  ];
}

function problems({ problems: found }: DatasetReport): HTMLElement {
  const about = section({ id: 'problems', title: 'Problems' });
  const errors = found.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) about.append(element('p', { class: 'good' }, 'Nothing is wrong.'));
  for (const [title, group] of [
    ['Errors', errors],
    ['Worth a look', found.filter(({ severity }) => severity === 'note')],
  ] as const) {
    if (group.length > 0) about.append(element('h3', {}, title), problemList(group));
  }
  return about;
}

function problemList(group: DatasetReport['problems']): HTMLElement {
  return element(
    'ul',
    { class: 'problems' },
    ...group.map(({ code, what, count: times, examples }) =>
      element(
        'li',
        {},
        element(
          'details',
          {},
          element(
            'summary',
            {},
            `${what}: `,
            element('strong', {}, count(times)),
            ' ',
            element('code', {}, code),
          ),
          element(
            'ul',
            {},
            ...examples.map((example) => element('li', {}, example)),
            ...(times > examples.length
              ? [element('li', {}, `and ${count(times - examples.length)} more`)]
              : []),
          ),
        ),
      ),
    ),
  );
}

function categories({ sizes, categories: rows }: DatasetReport): HTMLElement {
  const most = Math.max(1, ...rows.map(({ objects }) => objects));
  const number = (
    title: string,
    value: (row: DatasetReportCategory) => number,
  ): TableColumn<DatasetReportCategory> => ({
    title,
    value,
    show: (row) => count(value(row)),
  });
  return section(
    { id: 'categories', title: 'Categories', about: 'Press a title to sort.' },
    sortableTable({
      label: 'Objects by category',
      rows,
      sortedBy: 1,
      columns: [
        { title: 'Category', value: ({ name }) => name },
        {
          title: 'Objects',
          value: ({ objects }) => objects,
          show: ({ objects }) =>
            element('span', { class: 'bar', style: `--share: ${(objects / most) * 100}%` }, count(objects)),
        },
        number('Pictures', ({ images }) => images),
        ...sizes.map((size, place) => number(size, (row) => row.sizes[place] ?? 0)),
        number('Crowds', ({ crowds }) => crowds),
      ],
    }),
  );
}
