// What a person may hand to a detector in Node, and its name in errors.

import type { Readable } from 'node:stream';
import type { RawPixels } from '../check-pixels.ts';
import type { PictureSource } from '../picture-source.ts';
import type { TensorLike } from '../pixels-from-tensor.ts';

/** Bytes as they arrive: a Node stream, a web stream (a `fetch` response's `body`), or any async iterable of bytes. */
export type ByteStream = Readable | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | ArrayBuffer>;

/**
 * A picture in Node:
 * - a string: a path, or a `file:`, `http:`, `https:` or `data:` URL; a `URL` of these;
 * - an encoded picture: Buffer, Uint8Array, ArrayBuffer, Blob, or a stream of bytes;
 * - with `tileSize`, one that `openPicture` has opened, and that stays open: several calls decode it once;
 * - pixels: {@link RawPixels} (an `ImageData` is one), or a {@link TensorLike} (a TensorFlow.js `Tensor3D` is one).
 */
export type ImageInput =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ByteStream
  | RawPixels
  | TensorLike
  | PictureSource;

/** Whether a picture has been opened for tiles. */
export function isPictureSource(input: unknown): input is PictureSource {
  return typeof input === 'object' && input !== null && 'read' in input && 'onDevice' in input;
}

/** How errors name an input, at the start of a sentence: short, and without passwords or query strings of URLs. */
export function describeInput(input: unknown): string {
  if (typeof input === 'string') return isUrlString(input) ? describeUrl(input) : `"${input}"`;
  if (input instanceof URL) return describeUrl(input.href);
  if (typeof input !== 'object' || input === null) return String(input);
  if (isPictureSource(input)) return `The opened picture of ${input.width} x ${input.height}`;
  if ('byteLength' in input) return `The buffer of ${String(input.byteLength)} bytes`;
  if ('arrayBuffer' in input && 'size' in input) return `The Blob of ${String(input.size)} bytes`;
  if ('path' in input && typeof input.path === 'string') return `The stream of "${input.path}"`;
  return 'The stream';
}

/** Whether a string has a URL's scheme. One letter is a Windows drive. */
export function isUrlString(text: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]+:\/\/|file:|data:)/i.test(text);
}

function describeUrl(href: string): string {
  if (/^data:/i.test(href)) return `The URL "${href.slice(0, 30)}…"`;
  try {
    const url = new URL(href);
    url.username = '';
    url.password = '';
    url.search = '';
    url.hash = '';
    return url.protocol === 'file:' ? `"${href}"` : url.href;
  } catch {
    return `"${href}"`;
  }
}
