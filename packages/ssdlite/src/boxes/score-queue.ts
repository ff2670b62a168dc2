// Candidates in falling order of score, sorted only as far as anybody asks.

/**
 * A binary heap of candidate numbers: the highest score first, the lower number first among equals. Building it costs one pass; of
 * a hundred thousand candidates usually only a few hundred are ever taken.
 */
export class ScoreQueue {
  readonly #scores: Float32Array;
  readonly #heap: Int32Array;
  #size: number;

  /** @param scores must not change while the queue is in use */
  constructor(scores: Float32Array) {
    this.#scores = scores;
    this.#size = scores.length;
    this.#heap = Int32Array.from(scores, (_, index) => index);
    for (let i = (this.#size >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  /** Takes the best candidate out; -1 when none is left. */
  next(): number {
    if (this.#size === 0) return -1;
    const best = this.#heap[0] as number;
    this.#size--;
    this.#heap[0] = this.#heap[this.#size] as number;
    this.#sink(0);
    return best;
  }

  #before(a: number, b: number): boolean {
    const difference = (this.#scores[a] as number) - (this.#scores[b] as number);
    return difference > 0 || (difference === 0 && a < b);
  }

  #sink(from: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) return;
      const right = child + 1;
      if (right < this.#size && this.#before(this.#heap[right] as number, this.#heap[child] as number))
        child = right;
      const parent = this.#heap[at] as number;
      if (!this.#before(this.#heap[child] as number, parent)) return;
      this.#heap[at] = this.#heap[child] as number;
      this.#heap[child] = parent;
      at = child;
    }
  }
}
