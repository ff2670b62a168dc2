// ssdlite/browser/litert: LiteRT, Google's runtime of TensorFlow Lite, as an engine for pages that stay open. Needs @litertjs/core.

export { type LitertOptions, litert } from './litert.ts';
