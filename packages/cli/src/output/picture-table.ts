// A table with rows per picture, written while results come: names are known beforehand, so that rows align all the same.

import { print } from '../command-io.ts';
import type { PictureSource } from '../inputs/picture-source.ts';
import { printable } from '../paint.ts';
import type { Session } from '../session.ts';
import { type Column, tableLine, titleLine } from './text-table.ts';

/** A longer name pushes its own row aside. */
const widestName = 40;

export class PictureTable {
  readonly #session: Session;
  readonly #columns: readonly Column[];
  #titled = false;

  /** @param options.columns those after the picture's name */
  constructor(
    session: Session,
    { sources, columns }: { readonly sources: readonly PictureSource[]; readonly columns: readonly Column[] },
  ) {
    this.#session = session;
    let width = 'picture'.length;
    for (const { name } of sources) if (name.length <= widestName) width = Math.max(width, name.length);
    this.#columns = [{ title: 'picture', width }, ...columns];
  }

  /** Writes the rows of a picture; on a terminal, its name is dim from the second on. */
  async add(name: string, rows: readonly (readonly string[])[]): Promise<void> {
    const { io, paint } = this.#session;
    const shown = printable(name);
    const lines = rows.map((row, index) => {
      const line = tableLine(this.#columns, [shown, ...row.map(printable)]);
      return index === 0 ? line : paint('dim', shown) + line.slice(shown.length);
    });
    if (!this.#titled) lines.unshift(paint('bold', titleLine(this.#columns)));
    this.#titled = true;
    await print(io.stdout, `${lines.join('\n')}\n`);
  }
}
