// Detections of many pictures as columns, for the evaluation: no object per detection.

import type { ResultColumns } from '@ssdlite/coco-eval';

/** Boxes of one picture, best first. */
export interface PictureBoxes {
  readonly count: number;
  readonly columns: Int32Array;
  readonly scores: ArrayLike<number>;
  /** `[count, 4]`, corners (ymin, xmin, ymax, xmax) in pixels. */
  readonly boxes: Float32Array;
}

export class ResultList {
  readonly #categoryOf: ReadonlyMap<number, number>;
  readonly #imageIds: number[] = [];
  readonly #categoryIds: number[] = [];
  readonly #scores: number[] = [];
  readonly #boxes: number[] = [];

  /** @param categoryOf by column */
  constructor(categoryOf: ReadonlyMap<number, number>) {
    this.#categoryOf = categoryOf;
  }

  add(imageId: number, { count, columns, scores, boxes }: PictureBoxes): void {
    for (let index = 0; index < count; index++) {
      const [top = 0, left = 0, bottom = 0, right = 0] = boxes.subarray(index * 4, index * 4 + 4);
      this.#imageIds.push(imageId);
      this.#categoryIds.push(this.#categoryOf.get(columns[index] as number) as number);
      this.#scores.push(scores[index] as number);
      this.#boxes.push(left, top, right - left, bottom - top);
    }
  }

  get columns(): ResultColumns {
    return {
      imageIds: this.#imageIds,
      categoryIds: this.#categoryIds,
      scores: this.#scores,
      boxes: this.#boxes,
    };
  }
}
