// Which ground truths of a group count, and in which order detections look at them (cocoeval.py, evaluateImg).

import type { TruthColumns } from '../data/columns.ts';
import type { AreaRange, EvaluationParams } from './params.ts';

/** Ground truths of a group: first those that count, then those that are ignored, each in the order of the file. */
export interface TruthOrder {
  /** Places in the group. */
  readonly places: Int32Array;
  /** Places in the columns, in the same order. */
  readonly indices: Int32Array;
  /** How many count. */
  readonly real: number;
}

/** Orders groups of ground truths for size classes. */
export class TruthOrders {
  readonly #areas: Float64Array;
  readonly #ignored: Uint8Array;

  constructor({ areas, crowds, keypointCounts }: TruthColumns, { type }: EvaluationParams) {
    this.#areas = areas;
    this.#ignored =
      type === 'keypoints' && keypointCounts
        ? crowds.map((crowd, index) => (crowd || keypointCounts[index] === 0 ? 1 : 0))
        : crowds;
  }

  /** @param mine places in the columns */
  of(mine: Int32Array, range: AreaRange): TruthOrder {
    const places = new Int32Array(mine.length);
    const indices = new Int32Array(mine.length);
    let next = 0;
    const put = (place: number): void => {
      places[next] = place;
      indices[next++] = mine[place] as number;
    };
    for (let place = 0; place < mine.length; place++)
      if (this.counts(mine[place] as number, range)) put(place);
    const real = next;
    for (let place = 0; place < mine.length; place++)
      if (!this.counts(mine[place] as number, range)) put(place);
    return { places, indices, real };
  }

  /** Whether a ground truth is one to find. */
  counts(index: number, { min, max }: AreaRange): boolean {
    const area = this.#areas[index] as number;
    return !this.#ignored[index] && !(area < min || area > max);
  }
}
