// Aligned columns of text.

/** A column of a table; texts stand left, figures right. */
export interface TextColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A line of titles, then the rows, each ended by a line feed. Columns are as wide as what is in them. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, place) => Math.max(...lines.map((line) => (line[place] ?? '').length)));
  return lines
    .map((line) => {
      const cells = columns.map(({ align = 'right' }, place) => {
        const [cell, width] = [line[place] ?? '', widths[place] as number];
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      });
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

/** Three digits; a dash where there is nothing to measure. */
export function figure(value: number): string {
  return value < 0 || Number.isNaN(value) ? '-' : value.toFixed(3);
}

/** Three digits with their sign; a dash where there is nothing to compare. */
export function difference(value: number): string {
  if (Number.isNaN(value)) return '-';
  const text = Math.abs(value).toFixed(3);
  return `${Number(text) === 0 ? ' ' : value < 0 ? '-' : '+'}${text}`;
}

/** Whole numbers with commas. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** A name without what a terminal would obey. */
export function printable(name: string): string {
  return name.replace(/[\p{Cc}\u2028\u2029]/gu, '\uFFFD');
}
