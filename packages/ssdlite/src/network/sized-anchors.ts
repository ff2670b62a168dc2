// The anchors of a detector by input size, each made once.

import type { SsdConfig } from './ssd-config.ts';
import { viewAnchors } from './view-anchors.ts';

/** Sizes whose anchors are kept: more than any level of quality has. */
const mostSizes = 16;

/** Anchors of a detector at any size; see `viewAnchors`. */
export class SizedAnchors {
  readonly #config: SsdConfig;
  readonly #made = new Map<string, Float32Array>();

  constructor(config: SsdConfig) {
    this.#config = config;
    this.of(config.inputSize);
  }

  /** `[anchors, 4]`, corners (ymin, xmin, ymax, xmax) as fractions of the input. Not to be changed. */
  of({ height, width }: { readonly height: number; readonly width: number }): Float32Array {
    const key = `${height}x${width}`;
    const made = this.#made.get(key) ?? viewAnchors(this.#config, { height, width });
    // The size that was used last is the last to go.
    this.#made.delete(key);
    this.#made.set(key, made);
    const [oldest] = this.#made.keys();
    if (this.#made.size > mostSizes && oldest !== undefined) this.#made.delete(oldest);
    return made;
  }
}
