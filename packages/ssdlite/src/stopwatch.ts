// How long the stages of a call take.

/** Milliseconds that each stage of a call took; a batch's time is divided by its pictures. */
export interface Timings {
  /** Reading and decoding the picture. */
  readonly decode: number;
  /** Resizing and normalising. */
  readonly preprocess: number;
  /** The network. */
  readonly inference: number;
  /** Thresholds, boxes, suppression. */
  readonly postprocess: number;
  readonly total: number;
}

/** Takes the time of one stage after another. */
export class Stopwatch {
  readonly #pictures: number;
  readonly #start = performance.now();
  readonly #laps = { decode: 0, preprocess: 0, inference: 0, postprocess: 0 };
  #last = this.#start;

  /** @param pictures how many share the time */
  constructor(pictures: number) {
    this.#pictures = pictures;
  }

  /** Ends a stage. */
  lap(stage: Exclude<keyof Timings, 'total'>): void {
    const now = performance.now();
    this.#laps[stage] += (now - this.#last) / this.#pictures;
    this.#last = now;
  }

  /** Milliseconds since the start. */
  elapsed(): number {
    return performance.now() - this.#start;
  }

  /** Per picture. */
  timings(): Timings {
    return { ...this.#laps, total: (this.#last - this.#start) / this.#pictures };
  }
}
