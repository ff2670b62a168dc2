// How far a run is, in one line that is written over: on terminals only.

import type { OutputStream } from '../command-io.ts';

/** Milliseconds between two looks of the line. */
const interval = 100;

export class Progress {
  readonly #stream: OutputStream;
  readonly #shown: boolean;
  readonly #total: number;
  readonly #unit: string;
  readonly #start = performance.now();
  #last = Number.NEGATIVE_INFINITY;
  #visible = false;

  /** @param options.unit what is counted. Default `pictures` */
  constructor(
    stream: OutputStream,
    options: { readonly total: number; readonly quiet: boolean; readonly unit?: string },
  ) {
    const { total, quiet, unit = 'pictures' } = options;
    this.#stream = stream;
    this.#unit = unit;
    this.#total = total;
    this.#shown = Boolean(stream.isTTY) && !quiet && total > 1;
  }

  /** Shows that `done` of them are done, `name` the last. */
  update(done: number, name: string): void {
    const now = performance.now();
    // Taken away for other text, it comes back at once.
    if (!this.#shown || (this.#visible && now - this.#last < interval)) return;
    this.#last = now;
    const rate = (done * 1000) / (now - this.#start);
    const left = (this.#total - done) / rate;
    const line = `${done} of ${this.#total}, ${rate.toFixed(1)} ${this.#unit}/s, ${duration(left)} left  ${name}`;
    this.#stream.write(`\r\x1b[2K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
    this.#visible = true;
  }

  /** Takes the line away, before anything else is written. */
  clear(): void {
    if (this.#visible) this.#stream.write('\r\x1b[2K');
    this.#visible = false;
  }
}

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
