// How many results come a second.

/** Milliseconds that are looked back. */
const windowMs = 1000;

/** Counts results over the last second; over two of them, where they are slower. */
export class FrameRate {
  #times: number[] = [];

  /**
   * Counts a result.
   *
   * @param now milliseconds
   * @returns results a second; 0 for the first
   */
  tick(now: number): number {
    this.#times.push(now);
    while (this.#times.length > 2 && now - (this.#times[0] as number) > windowMs) this.#times.shift();
    const span = now - (this.#times[0] as number);
    return span > 0 ? ((this.#times.length - 1) * 1000) / span : 0;
  }
}
