// A table that is sorted by a column when the button in its head is pressed.

import { element } from './element.ts';

export interface TableColumn<Row> {
  readonly title: string;
  /** What it is sorted by: text upwards first, numbers downwards. */
  readonly value: (row: Row) => number | string;
  /** What the cell shows. Default: the value. */
  readonly show?: (row: Row) => Node | string;
}

/** The table, in a frame that scrolls sideways where it is narrow. */
export function sortableTable<Row>({
  label,
  columns,
  rows,
  sortedBy,
}: {
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  /** Place of the column by which it is sorted at first. */
  readonly sortedBy: number;
}): HTMLElement {
  const body = element('tbody');
  const heads = columns.map(({ title }) => {
    const button = element('button', { type: 'button' }, title);
    return { button, cell: element('th', { scope: 'col' }, button) };
  });
  let [sorted, descending] = [-1, false];
  const sort = (by: number): void => {
    const column = columns[by];
    if (!column) return;
    const isText = typeof (rows[0] && column.value(rows[0])) === 'string';
    descending = by === sorted ? !descending : !isText;
    sorted = by;
    const ordered = rows.toSorted((a, b) => {
      const [one, other] = [column.value(a), column.value(b)];
      const order =
        typeof one === 'string'
          ? one.localeCompare(String(other), 'en', { numeric: true })
          : one - Number(other);
      return descending ? -order : order;
    });
    body.replaceChildren(...ordered.map((row) => line(columns, row)));
    for (const [place, { cell }] of heads.entries()) {
      const direction = descending ? 'descending' : 'ascending';
      if (place === by) cell.setAttribute('aria-sort', direction);
      else cell.removeAttribute('aria-sort');
    }
  };
  for (const [place, { button }] of heads.entries()) button.addEventListener('click', () => sort(place));
  sort(sortedBy);
  return scrolling(
    label,
    element('table', {}, element('thead', {}, element('tr', {}, ...heads.map(({ cell }) => cell))), body),
  );
}

function line<Row>(columns: readonly TableColumn<Row>[], row: Row): HTMLElement {
  const cells = columns.map(({ value, show }, place) => {
    const content = show ? show(row) : String(value(row));
    return place === 0 ? element('th', { scope: 'row' }, content) : element('td', {}, content);
  });
  return element('tr', {}, ...cells);
}

/** A frame that can be scrolled with the keyboard. */
export function scrolling(label: string, content: HTMLElement): HTMLElement {
  return element('div', { class: 'scrolling', tabindex: 0, role: 'region', 'aria-label': label }, content);
}
