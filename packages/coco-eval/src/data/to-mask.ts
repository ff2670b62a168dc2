// A COCO segmentation of any kind to a mask (pycocotools/coco.py, annToRLE).

import { CocoEvalError } from '../error.ts';
import { decompress } from '../mask/compressed.ts';
import { fromPolygon } from '../mask/polygon.ts';
import { merge, type Rle } from '../mask/rle.ts';
import type { CocoImage, CocoSegmentation } from './coco-types.ts';

/** @throws CocoEvalError `INVALID_MASK` */
export function toMask(segmentation: CocoSegmentation | undefined, image: CocoImage | undefined): Rle {
  if (segmentation === undefined)
    throw new CocoEvalError('INVALID_MASK', 'There is no "segmentation".', { next: 'Add it.' });
  if ('counts' in segmentation) {
    const { size, counts } = segmentation;
    return {
      height: size[0],
      width: size[1],
      counts: typeof counts === 'string' ? decompress(counts) : Uint32Array.from(counts),
    };
  }
  const { width, height } = image ?? {};
  if (width === undefined || height === undefined)
    throw new CocoEvalError('INVALID_MASK', 'The size of the image is not known.', { next: 'Add it.' });
  return merge(segmentation.map((polygon) => fromPolygon(polygon, { width, height })));
}
