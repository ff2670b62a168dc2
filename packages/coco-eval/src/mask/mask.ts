// Run-length encoded masks, what pycocotools has in its module `mask`: import { mask } from '@ssdlite/coco-eval'.

export { compress, decompress } from './compressed.ts';
export { type CompressedRle, fromCompressed, toCompressed } from './compressed-rle.ts';
export { type IouOptions, iou } from './iou.ts';
export { fromBox, fromPolygon, fromPolygons, type MaskSize } from './polygon.ts';
export { area, type Bitmap, type DecodeOptions, decode, encode, merge, type Rle, toBbox } from './rle.ts';
