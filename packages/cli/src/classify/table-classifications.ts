// Classifications as a table for people, written while they come.

import type { Classification } from 'ssdlite';
import type { PictureSource } from '../inputs/picture-source.ts';
import { PictureTable } from '../output/picture-table.ts';
import type { Session } from '../session.ts';

/** Labels such as ImageNet's list synonyms; a longer one pushes its own row aside. */
const widestLabel = 32;

export class TableClassifications {
  readonly #table: PictureTable;

  constructor(
    session: Session,
    { sources, labels }: { readonly sources: readonly PictureSource[]; readonly labels: readonly string[] },
  ) {
    const widths = labels.map((label) => label.length).filter((width) => width <= widestLabel);
    this.#table = new PictureTable(session, {
      sources,
      columns: [
        { title: 'class', width: Math.max('class'.length, ...widths) },
        { title: 'probability', width: 'probability'.length, align: 'right' },
      ],
    });
  }

  add(file: string, classes: readonly Classification[]): Promise<void> {
    return this.#table.add(
      file,
      classes.map(({ label, probability }) => [label, probability.toFixed(4)]),
    );
  }

  async addError(): Promise<void> {}

  async commit(): Promise<void> {}
}
