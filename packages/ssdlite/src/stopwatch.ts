// How long the stages of a call take.

/** Laps in milliseconds, divided by the number of pictures that share them. */
export class Stopwatch {
  readonly #share: number;
  readonly #start = performance.now();
  #last = this.#start;

  constructor(pictures: number) {
    this.#share = pictures;
  }

  /** Time since the last lap. */
  lap(): number {
    const now = performance.now();
    const lap = (now - this.#last) / this.#share;
    this.#last = now;
    return lap;
  }

  /** Time from the start to the last lap. */
  total(): number {
    return (this.#last - this.#start) / this.#share;
  }
}
