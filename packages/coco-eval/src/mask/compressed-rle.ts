// Masks as COCO's JSON holds them, { size, counts }, and back.

import { compress, decompress } from './compressed.ts';
import { checkRuns, type Rle } from './rle.ts';

/** Size is height, width; counts are compressed. */
export interface CompressedRle {
  readonly size: readonly [number, number];
  readonly counts: string;
}

export function toCompressed({ height, width, counts }: Rle): CompressedRle {
  return { size: [height, width], counts: compress(counts) };
}

/** @throws CocoEvalError `INVALID_MASK` if the counts are damaged, or longer than the mask */
export function fromCompressed({ size: [height, width], counts }: CompressedRle): Rle {
  const rle: Rle = { height, width, counts: decompress(counts) };
  checkRuns(rle);
  return rle;
}
