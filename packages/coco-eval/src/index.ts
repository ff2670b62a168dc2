// @ssdlite/coco-eval: COCO metrics, equal to pycocotools, in any runtime.

export { CocoEvalError, type CocoEvalErrorCode } from './error.ts';
