// Aligned columns of text.

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Characters; a longer cell takes what it needs. */
  readonly width: number;
  readonly align?: 'left' | 'right';
}

/** One line of cells. The last column is not padded, so that no line ends in spaces. */
export function tableLine(columns: readonly Column[], cells: readonly string[]): string {
  const padded = columns.map(({ width, align = 'left' }, index) => {
    const cell = cells[index] ?? '';
    return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
  });
  return padded.join('  ').trimEnd();
}

/** Columns as wide as their title and cells, where all rows are known. */
export function fitColumns(
  titles: readonly (Omit<Column, 'width'> | string)[],
  rows: readonly (readonly string[])[],
): Column[] {
  return titles.map((title, index) => {
    const column = typeof title === 'string' ? { title } : title;
    const width = Math.max(column.title.length, ...rows.map((row) => row[index]?.length ?? 0));
    return { ...column, width };
  });
}

/** The line of titles. */
export function titleLine(columns: readonly Column[]): string {
  return tableLine(
    columns,
    columns.map(({ title }) => title),
  );
}
