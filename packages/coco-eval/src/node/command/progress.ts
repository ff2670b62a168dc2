// How far the command is, in one line that is written over: on terminals only.

import type { OutputStream } from './command-io.ts';

/** Milliseconds between two looks of the line. */
const interval = 100;

export class Progress {
  readonly #stream: OutputStream;
  readonly #isShown: boolean;
  #start = 0;
  #last = 0;
  #isVisible = false;

  constructor(stream: OutputStream, { quiet }: { readonly quiet: boolean }) {
    this.#stream = stream;
    this.#isShown = Boolean(stream.isTTY) && !quiet;
  }

  /** Begins something: says what, and gives what is to be called as it goes on. A total of 0 is an unknown one. */
  step(what: string): (done: number, total: number) => void {
    this.#start = performance.now();
    this.#last = Number.NEGATIVE_INFINITY;
    this.#write(what);
    return (done, total) => {
      const now = performance.now();
      if (!this.#isShown || now - this.#last < interval) return;
      this.#last = now;
      if (total === 0) return;
      const left = (((now - this.#start) / 1000) * (total - done)) / Math.max(done, 1);
      this.#write(
        `${what} ${Math.floor((done / total) * 100)} %${left >= 1 ? `, ${Math.round(left)} s left` : ''}`,
      );
    };
  }

  /** Takes the line away, before anything else is written. */
  clear(): void {
    if (this.#isVisible) this.#stream.write('\r\x1b[2K');
    this.#isVisible = false;
  }

  #write(text: string): void {
    if (!this.#isShown) return;
    this.#stream.write(`\r\x1b[2K${text.slice(0, (this.#stream.columns ?? 80) - 1)}`);
    this.#isVisible = true;
  }
}
