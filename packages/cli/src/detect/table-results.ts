// Results as a table for people, written while they come.

import { print } from '../command-io.ts';
import type { PictureSource } from '../inputs/picture-source.ts';
import { type Column, tableLine, titleLine } from '../output/text-table.ts';
import { printable } from '../paint.ts';
import type { Turn } from '../picture-run.ts';
import type { Session } from '../session.ts';
import type { Found, ResultSink } from './found.ts';

/** A longer name pushes its own row aside. */
const widestName = 40;

export class TableResults implements ResultSink {
  readonly #session: Session;
  readonly #columns: readonly Column[];
  #titled = false;

  /** Names and labels are known beforehand, so rows align although they come one by one. */
  constructor(
    session: Session,
    { sources, labels }: { readonly sources: readonly PictureSource[]; readonly labels: readonly string[] },
  ) {
    this.#session = session;
    const names = sources.map(({ name }) => name.length).filter((length) => length <= widestName);
    this.#columns = [
      { title: 'picture', width: Math.max('picture'.length, ...names) },
      { title: 'object', width: Math.max('object'.length, ...labels.map((label) => label.length)) },
      { title: 'score', width: 5, align: 'right' },
      { title: 'x', width: 5, align: 'right' },
      { title: 'y', width: 5, align: 'right' },
      { title: 'width', width: 5, align: 'right' },
      { title: 'height', width: 6, align: 'right' },
    ];
  }

  async add({ detections }: Found, { source }: Turn): Promise<void> {
    const name = printable(source.name);
    if (detections.length === 0) return this.#write([this.#line([name, '(nothing)'], { dim: true })]);
    await this.#write(
      detections.map(({ label, score, box }, index) => {
        const pixels = [box.x, box.y, box.width, box.height].map((value) => String(Math.round(value)));
        return this.#line([name, printable(label), score.toFixed(2), ...pixels], { dim: index > 0 });
      }),
    );
  }

  async addError(): Promise<void> {}

  async commit(): Promise<void> {}

  async discard(): Promise<void> {}

  async #write(lines: readonly string[]): Promise<void> {
    const { io, paint } = this.#session;
    const title = this.#titled ? [] : [paint('bold', titleLine(this.#columns))];
    this.#titled = true;
    await print(io.stdout, `${[...title, ...lines].join('\n')}\n`);
  }

  /** On a terminal, names that repeat the row above are dim. */
  #line(cells: readonly string[], { dim }: { readonly dim: boolean }): string {
    const line = tableLine(this.#columns, cells);
    const name = cells[0] ?? '';
    return dim ? this.#session.paint('dim', name) + line.slice(name.length) : line;
  }
}
