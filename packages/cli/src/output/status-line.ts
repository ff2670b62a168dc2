// One line on a terminal that is written over while something goes on.

import type { OutputStream } from '../command-io.ts';

/** Milliseconds between two looks of the line. */
const interval = 100;

export class StatusLine {
  readonly #stream: OutputStream;
  readonly #shown: boolean;
  #last = Number.NEGATIVE_INFINITY;
  #visible = false;

  constructor(stream: OutputStream, { quiet }: { readonly quiet: boolean }) {
    this.#stream = stream;
    this.#shown = Boolean(stream.isTTY) && !quiet;
  }

  /** Shows a line, cut to the terminal's width; nothing where there is no terminal. */
  show(line: () => string): void {
    const now = performance.now();
    // Taken away for other text, it comes back at once.
    if (!this.#shown || (this.#visible && now - this.#last < interval)) return;
    this.#last = now;
    this.#stream.write(`\r\x1b[2K${line().slice(0, (this.#stream.columns ?? 80) - 1)}`);
    this.#visible = true;
  }

  /** Takes the line away, before anything else is written. */
  clear(): void {
    if (this.#visible) this.#stream.write('\r\x1b[2K');
    this.#visible = false;
  }
}
