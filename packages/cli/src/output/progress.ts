// How far a run is, in one line that is written over: on terminals only.

import type { OutputStream } from '../command-io.ts';
import { StatusLine } from './status-line.ts';

export class Progress {
  readonly #line: StatusLine;
  readonly #total: number;
  readonly #unit: string;
  readonly #start = performance.now();

  /** @param options.unit what is counted. Default `pictures` */
  constructor(
    stream: OutputStream,
    options: { readonly total: number; readonly quiet: boolean; readonly unit?: string },
  ) {
    const { total, quiet, unit = 'pictures' } = options;
    this.#line = new StatusLine(stream, { quiet: quiet || total <= 1 });
    this.#unit = unit;
    this.#total = total;
  }

  /** Shows that `done` of them are done, `name` the last. */
  update(done: number, name: string): void {
    this.#line.show(() => {
      const rate = (done * 1000) / (performance.now() - this.#start);
      const left = (this.#total - done) / rate;
      return `${done} of ${this.#total}, ${rate.toFixed(1)} ${this.#unit}/s, ${duration(left)} left  ${name}`;
    });
  }

  /** Takes the line away, before anything else is written. */
  clear(): void {
    this.#line.clear();
  }
}

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
