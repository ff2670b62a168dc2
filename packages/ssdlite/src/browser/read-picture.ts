// What a person hands over, as a picture that can be drawn, or as pixels.

import { SsdliteError } from '@ssdlite/layers';
import { untilAborted } from '../abort.ts';
import { checkPixels, type RawPixels } from '../check-pixels.ts';
import type { Pixels } from '../pixels.ts';
import { pixelsFromTensor, type TensorLike } from '../pixels-from-tensor.ts';
import { decodePicture } from './decode-picture.ts';
import { type Drawable, toDrawable } from './drawable.ts';
import { fetchBytes } from './fetch-bytes.ts';
import { classOf, type DrawableInput, drawableKind } from './image-input.ts';

/** A picture that the browser has, or pixels. */
export type Picture = { readonly drawable: Drawable } | { readonly pixels: Pixels };

/**
 * Reads what can be a picture.
 *
 * @throws SsdliteError `IMAGE_UNREADABLE`, `FETCH_FAILED`, `INVALID_ARGUMENT`, `ABORTED`
 */
export async function readPicture(input: unknown, signal: AbortSignal | undefined): Promise<Picture> {
  const kind = drawableKind(input);
  if (kind) return { drawable: await untilAborted(toDrawable(input as DrawableInput, kind), signal) };
  if (typeof input === 'string' || input instanceof URL) {
    const blob = new Blob([await fetchBytes(addressOf(input), { expect: 'picture', signal })]);
    return { drawable: await untilAborted(decodePicture(blob), signal) };
  }
  const bytes = encodedBytes(input);
  if (bytes) return { drawable: await untilAborted(decodePicture(bytes), signal) };
  if (isTensor(input)) return { pixels: await pixelsFromTensor(input) };
  if (isRawPixels(input)) return { pixels: checkPixels(input) };
  throw new SsdliteError('INVALID_ARGUMENT', `A picture cannot be read from ${nameOf(input)}.`, {
    value: input,
    next: 'Pass an image, video, canvas, ImageBitmap, VideoFrame, Blob, URL, ImageData, or pixels as { data, width, height }.',
  });
}

/** An encoded picture as a `Blob`; undefined for what is none. */
export function encodedBytes(input: unknown): Blob | undefined {
  switch (classOf(input)) {
    case 'Blob':
    case 'File':
      return input as Blob;
    case 'ArrayBuffer':
    case 'Uint8Array':
      return new Blob([input as ArrayBuffer | Uint8Array<ArrayBuffer>]);
    default:
      return undefined;
  }
}

/** A URL as seen from the page. */
export function addressOf(input: string | URL): URL {
  try {
    return new URL(input, typeof document === 'undefined' ? location.href : document.baseURI);
  } catch (cause) {
    throw new SsdliteError('INVALID_ARGUMENT', `"${String(input)}" is not a URL.`, {
      value: input,
      next: 'Check how it is written.',
      cause,
    });
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function isTensor(value: unknown): value is TensorLike {
  return isObject(value) && 'data' in value && 'shape' in value && Array.isArray(value.shape);
}

function isRawPixels(value: unknown): value is RawPixels {
  return isObject(value) && 'data' in value && 'width' in value && 'height' in value;
}

function nameOf(input: unknown): string {
  if (input === null || input === undefined) return String(input);
  return isObject(input) ? `an object of class ${input.constructor?.name ?? classOf(input)}` : typeof input;
}
