// Whatever a person has at hand, as pixels.

import { fileURLToPath } from 'node:url';
import { SsdliteError } from '@ssdlite/layers';
import { checkNotAborted, untilAborted } from '../abort.ts';
import { checkPixels, type RawPixels } from '../check-pixels.ts';
import type { Pixels } from '../pixels.ts';
import { pixelsFromTensor, type TensorLike } from '../pixels-from-tensor.ts';
import { isByteArray, typedArrayKind } from '../typed-array-kind.ts';
import { collectBytes } from './collect-bytes.ts';
import { decodeImage } from './decode-image.ts';
import { type FetchedBytes, fetchBytes } from './fetch-bytes.ts';
import { type ByteStream, describeInput, type ImageInput, isUrlString } from './image-input.ts';
import { fileError, readFileBytes } from './read-file-bytes.ts';

export interface ReadImageOptions {
  /** Ends the call with `ABORTED`. */
  readonly signal?: AbortSignal;
  /** Most pixels (width * height) of a picture; 268,402,689 (16,383 squared) by default. Infinity for no limit. */
  readonly maxPixels?: number;
  /** Most bytes that are taken from a URL or a stream; 64 MiB by default. Infinity for no limit. */
  readonly maxBytes?: number;
  /** Milliseconds that an http(s) URL has for its whole answer; 30,000 by default. */
  readonly timeoutMs?: number;
}

const defaults = { maxPixels: 0x3fff ** 2, maxBytes: 64 * 1024 ** 2, timeoutMs: 30_000 };

type Limits = typeof defaults & { readonly name: string; readonly signal: AbortSignal | undefined };

/**
 * Reads a picture from whatever it is in. An encoded picture becomes upright 8-bit RGB (see {@link decodeImage});
 * raw pixels are checked and passed through as they are, without a copy.
 *
 * @throws SsdliteError `IMAGE_NOT_FOUND`, `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`, `FETCH_FAILED`, `ABORTED`, or
 *   `INVALID_ARGUMENT` for what cannot be a picture; the message names the input
 *
 * @example
 * const { data, width, height } = await readImage('street.jpg'); // width * height * 3 bytes
 */
export async function readImage(input: ImageInput, options: ReadImageOptions = {}): Promise<Pixels> {
  const limits = limitsFor(input, options);
  if (isRawPixels(input)) return checkPixels(input, limits);
  if (isTensor(input)) return untilAborted(pixelsFromTensor(input, limits), limits.signal);
  const { bytes, contentType } = await readBytes(input, limits);
  return decodeImage(bytes, { ...limits, contentType });
}

/**
 * The bytes of an encoded picture; undefined for pixels and tensors, which are none.
 *
 * @throws SsdliteError as `readImage`
 */
export async function readEncoded(
  input: ImageInput,
  options: ReadImageOptions,
): Promise<FetchedBytes | undefined> {
  const limits = limitsFor(input, options);
  return isRawPixels(input) || isTensor(input) ? undefined : readBytes(input, limits);
}

function limitsFor(input: ImageInput, { signal, ...options }: ReadImageOptions): Limits {
  checkNotAborted(signal);
  return {
    maxPixels: checkLimit('maxPixels', options.maxPixels ?? defaults.maxPixels),
    maxBytes: checkLimit('maxBytes', options.maxBytes ?? defaults.maxBytes),
    timeoutMs: checkLimit('timeoutMs', options.timeoutMs ?? defaults.timeoutMs),
    name: describeInput(input),
    signal,
  };
}

async function readBytes(input: unknown, limits: Limits): Promise<FetchedBytes> {
  if (typeof input === 'string' && !isUrlString(input))
    return plain(await readFileBytes(checkPath(input), limits));
  if (typeof input === 'string' || input instanceof URL) return readUrl(parseUrl(input, limits.name), limits);
  if (isByteArray(input) && typedArrayKind(input) === 'Uint8Array') return plain(input as Uint8Array);
  if (isArrayBuffer(input)) return plain(new Uint8Array(input));
  try {
    if (isBlob(input)) return plain(new Uint8Array(await untilAborted(input.arrayBuffer(), limits.signal)));
    if (isByteStream(input)) return plain(await collectBytes(input, limits));
  } catch (error) {
    throw fileError(error, limits.name);
  }
  throw unknownInput(input);
}

const plain = (bytes: Uint8Array): FetchedBytes => ({ bytes, contentType: undefined });

async function readUrl(url: URL, limits: Limits): Promise<FetchedBytes> {
  switch (url.protocol) {
    case 'file:':
      return plain(await readFileBytes(filePath(url), limits));
    case 'http:':
    case 'https:':
      return fetchBytes(url, limits);
    case 'data:':
      return fetchBytes(url, { ...limits, maxBytes: Number.POSITIVE_INFINITY });
    default:
      throw new SsdliteError(
        'INVALID_ARGUMENT',
        `${limits.name} has a scheme (${url.protocol}) that is not read.`,
        {
          value: url.protocol,
          next: 'Use file:, http:, https: or data:, or fetch it yourself and pass the bytes.',
        },
      );
  }
}

function checkPath(path: string): string {
  if (path !== '') return path;
  throw new SsdliteError('INVALID_ARGUMENT', 'The path is empty.', {
    value: path,
    next: 'Pass the path of a picture.',
  });
}

function parseUrl(input: string | URL, name: string): URL {
  try {
    return new URL(input);
  } catch (cause) {
    throw new SsdliteError('INVALID_ARGUMENT', `${name} is not a URL.`, {
      next: 'Check how it is written.',
      cause,
    });
  }
}

function filePath(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new SsdliteError('INVALID_ARGUMENT', `"${url.href}" is no file of this machine.`, {
      value: url.href,
      next: 'Write file URLs as file:///folder/photo.jpg.',
      cause,
    });
  }
}

function checkLimit(name: 'maxPixels' | 'maxBytes' | 'timeoutMs', value: unknown): number {
  if (
    typeof value === 'number' &&
    value > 0 &&
    (Number.isInteger(value) || value === Number.POSITIVE_INFINITY)
  ) {
    return value;
  }
  throw new SsdliteError('INVALID_ARGUMENT', `${name} is ${String(value)}.`, {
    value,
    next: 'Pass a whole number of 1 or more, or Infinity.',
  });
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const has = (value: unknown, key: string) => isObject(value) && key in value;

function isRawPixels(value: unknown): value is RawPixels {
  return has(value, 'data') && has(value, 'width') && has(value, 'height');
}

function isTensor(value: unknown): value is TensorLike {
  return isObject(value) && 'data' in value && 'shape' in value && Array.isArray(value.shape);
}

function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]';
}

function isBlob(value: unknown): value is Blob {
  return (
    isObject(value) && 'arrayBuffer' in value && typeof value.arrayBuffer === 'function' && 'size' in value
  );
}

function isByteStream(value: unknown): value is ByteStream {
  return isObject(value) && (Symbol.asyncIterator in value || 'getReader' in value);
}

function unknownInput(input: unknown): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `A picture cannot be read from ${kindOf(input)}.`, {
    value: input,
    next: 'Pass a path, a URL, encoded bytes, a Blob, a stream, or pixels as { data, width, height }.',
  });
}

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  if (typeof input !== 'object') return typeof input;
  return typedArrayKind(input) ?? `an object of class ${input.constructor?.name ?? 'unknown'}`;
}
