// How far one large picture is: decoded, sampled, looked at tile by tile.

import type { PassProgress } from 'ssdlite';
import type { OutputStream } from '../command-io.ts';
import { Progress } from './progress.ts';

/** What is counted in each stage. */
const units = { read: 'rows', sample: 'sample tiles', look: 'tiles' } as const;

/** A line for each stage, one after the other. */
export class StageProgress {
  readonly #stream: OutputStream;
  readonly #options: { readonly quiet: boolean; readonly name: string };
  #stage: PassProgress['stage'] | undefined;
  #line: Progress | undefined;

  /** @param options.name of the picture */
  constructor(stream: OutputStream, options: { readonly quiet: boolean; readonly name: string }) {
    this.#stream = stream;
    this.#options = options;
  }

  update({ stage, done, total }: Pick<PassProgress, 'stage' | 'done' | 'total'>): void {
    const { quiet, name } = this.#options;
    if (stage !== this.#stage) {
      this.clear();
      this.#stage = stage;
      this.#line = new Progress(this.#stream, { total, quiet, unit: units[stage] });
    }
    this.#line?.update(done, name);
  }

  /** Takes the line away, before anything else is written. */
  clear(): void {
    this.#line?.clear();
  }
}
