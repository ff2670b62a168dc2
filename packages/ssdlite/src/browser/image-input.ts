// What a person may hand to a detector in the browser, told apart by what it is, in whichever frame it was made.

import type { RawPixels } from '../check-pixels.ts';
import type { TensorLike } from '../pixels-from-tensor.ts';

/** What the browser draws by itself. */
export type DrawableInput =
  | HTMLImageElement
  | SVGImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | VideoFrame;

/**
 * A picture in the browser:
 * - something that is drawn: an image, video or canvas, an `ImageBitmap`, a `VideoFrame`;
 * - an encoded picture: a `Blob` or `File`, bytes, or a URL (relative ones start at the page);
 * - pixels: {@link RawPixels} (an `ImageData` is one), or a {@link TensorLike} (a TensorFlow.js `Tensor3D` is one).
 */
export type ImageInput =
  | DrawableInput
  | Blob
  | ArrayBuffer
  | Uint8Array
  | string
  | URL
  | RawPixels
  | TensorLike;

const drawables = [
  'HTMLImageElement',
  'SVGImageElement',
  'HTMLVideoElement',
  'HTMLCanvasElement',
  'OffscreenCanvas',
  'ImageBitmap',
  'VideoFrame',
] as const;

/** Name of a class of {@link DrawableInput}. */
export type DrawableKind = (typeof drawables)[number];

/** The class of what is drawn; undefined for everything else. */
export function drawableKind(input: unknown): DrawableKind | undefined {
  const kind = classOf(input);
  return drawables.find((name) => name === kind);
}

/** A class's name as the browser keeps it, for instance `Blob`; it is the same for objects of other frames. */
export function classOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
