// One labelled picture as the trainer takes it, and where such pictures come from.

import { SsdliteError } from '@ssdlite/layers';

/** RGB numbers from 0 to 255, row by row from the top left, channels interleaved. */
export interface SamplePixels {
  /** height * width * 3 numbers. Augmentation makes fractions, a decoder makes bytes. */
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
}

/** A picture with its boxes. The trainer resizes it to the network's input, as the detector does. */
export interface Sample {
  /** For messages and reports. */
  readonly imageId: number | string;
  readonly pixels: SamplePixels;
  /** `[n, 4]`, corners (ymin, xmin, ymax, xmax) as fractions of these pixels. */
  readonly boxes: Float32Array;
  /** `[n]`, columns of the logits: 1 is the first class, 0 would be the background. */
  readonly classes: Int32Array;
  /** `[n]`, what a box counts; one of weight 0 is neither object nor background. Default 1 each. */
  readonly boxWeights?: Float32Array;
  /**
   * Which of several fixed views of the picture this is, e.g. `flip`. Two samples with equal `imageId` and `view` have equal pixels, so
   * that what the frozen layers make of them is computed once. Absent for a view drawn at random.
   */
  readonly view?: string;
}

/** Labelled pictures by number. */
export interface Dataset {
  /** Class names; the class of column c is `classes[c - 1]`. */
  readonly classes: readonly string[];
  /** Number of pictures. */
  readonly length: number;
  /**
   * Reads and augments one picture. May be called many times at once.
   *
   * @param options.epoch together with `index` the seed of the augmentation: same numbers, same sample
   * @throws SsdliteError `IMAGE_NOT_FOUND`, `IMAGE_UNREADABLE`: the trainer leaves the picture out, and stops when there are too many
   */
  sample(
    index: number,
    options: { readonly epoch: number; readonly signal?: AbortSignal | undefined },
  ): Promise<Sample>;
  /**
   * The `view` that `sample` would give, without reading it; undefined for one drawn at random. With it, pictures whose features are kept are
   * not read again.
   */
  viewOf?(index: number, options: { readonly epoch: number }): string | undefined;
}

/**
 * Checks one sample.
 *
 * @param options.needsPixels whether they are looked at
 * @throws SsdliteError `DATASET_INVALID` for a box without area or with numbers that are not finite, a class that the network has no column
 * for, or arrays of other lengths
 */
export function checkSample(
  { imageId, pixels, boxes, classes, boxWeights }: Sample,
  { logitColumns, needsPixels }: { readonly logitColumns: number; readonly needsPixels: boolean },
): void {
  const wrong = (what: string, value: unknown, next: string): SsdliteError =>
    new SsdliteError('DATASET_INVALID', `Picture ${imageId}: ${what}.`, { value, next });
  const { width, height, data } = pixels;
  if (needsPixels && !(width >= 1 && height >= 1 && data.length === width * height * 3)) {
    throw wrong(
      `${data.length} numbers for ${width} x ${height} pixels`,
      data.length,
      'Pass RGB, three numbers a pixel.',
    );
  }
  if (boxes.length !== classes.length * 4 || (boxWeights && boxWeights.length !== classes.length)) {
    throw wrong(
      `${boxes.length} box numbers for ${classes.length} classes`,
      boxes.length,
      'Pass four numbers a box.',
    );
  }
  for (const [row, column] of classes.entries()) {
    const box = boxes.subarray(row * 4, row * 4 + 4);
    const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = box;
    if (!box.every(Number.isFinite) || !(ymax > ymin && xmax > xmin)) {
      throw wrong(`box ${row} is (${box.join(', ')})`, [...box], 'Leave boxes without area out.');
    }
    if (!(column >= 1 && column < logitColumns)) {
      throw wrong(`box ${row} has the class ${column}`, column, `Use columns from 1 to ${logitColumns - 1}.`);
    }
  }
}
