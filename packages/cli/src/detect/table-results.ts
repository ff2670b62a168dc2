// Results as a table for people.

import type { PictureSource } from '../inputs/picture-source.ts';
import { PictureTable } from '../output/picture-table.ts';
import type { Turn } from '../picture-run.ts';
import type { Session } from '../session.ts';
import type { Found, ResultSink } from './found.ts';

export class TableResults implements ResultSink {
  readonly #table: PictureTable;
  readonly #track: boolean;

  /** @param options.track whether there is a column for the ids of tracks */
  constructor(
    session: Session,
    {
      sources,
      labels,
      track,
    }: {
      readonly sources: readonly PictureSource[];
      readonly labels: readonly string[];
      readonly track: boolean;
    },
  ) {
    this.#track = track;
    this.#table = new PictureTable(session, {
      sources,
      columns: [
        ...(track ? [{ title: 'id', width: 4, align: 'right' as const }] : []),
        { title: 'object', width: Math.max('object'.length, ...labels.map((label) => label.length)) },
        { title: 'score', width: 5, align: 'right' },
        { title: 'x', width: 5, align: 'right' },
        { title: 'y', width: 5, align: 'right' },
        { title: 'width', width: 5, align: 'right' },
        { title: 'height', width: 6, align: 'right' },
      ],
    });
  }

  add({ detections }: Found, { source }: Turn): Promise<void> {
    const rows = detections.map(({ id, label, score, box }) => {
      const pixels = [box.x, box.y, box.width, box.height].map((value) => String(Math.round(value)));
      return [...(this.#track ? [String(id)] : []), label, score.toFixed(2), ...pixels];
    });
    const nothing = [...(this.#track ? [''] : []), '(nothing)'];
    return this.#table.add(source.name, rows.length > 0 ? rows : [nothing]);
  }

  async addError(): Promise<void> {}

  async commit(): Promise<void> {}

  async discard(): Promise<void> {}
}
