// Raw pixels that a caller brings: checked, not copied.

import { SsdliteError } from '@ssdlite/layers';
import type { Pixels } from './pixels.ts';
import { isByteArray, typedArrayKind } from './typed-array-kind.ts';

/** Pixels as a caller has them: {@link Pixels}, or an `ImageData`, which does not say how many channels it has. */
export interface RawPixels {
  /** width * height * channels bytes, row by row from the top left, channels interleaved. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 1 grey, 3 RGB, 4 RGBA; from the length of `data` if it is left out. */
  readonly channels?: 1 | 3 | 4;
}

export interface CheckPixelsOptions {
  /** Most pixels (width * height) that are accepted. */
  readonly maxPixels?: number;
}

/**
 * Checks type, size and length of raw pixels. The bytes are passed through, not copied.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` if something does not fit, `IMAGE_TOO_LARGE` above `maxPixels`.
 *
 * @example
 * checkPixels(context.getImageData(0, 0, 640, 480)); // { data, width: 640, height: 480, channels: 4 }
 */
export function checkPixels(
  raw: RawPixels,
  { maxPixels = Number.POSITIVE_INFINITY }: CheckPixelsOptions = {},
): Pixels {
  const { data, width, height } = raw;
  checkSide('width', width);
  checkSide('height', height);
  if (!isByteArray(data)) {
    throw new SsdliteError('INVALID_ARGUMENT', `The pixels' data is ${kindName(data)}.`, {
      value: data,
      next: 'Pass a Uint8Array or Uint8ClampedArray of numbers from 0 to 255.',
    });
  }
  checkPixelCount({ width, height, maxPixels, name: 'The raw picture' });
  const channels = raw.channels ?? data.length / (width * height);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new SsdliteError(
      'INVALID_ARGUMENT',
      raw.channels === undefined
        ? `${data.length} bytes are not 1, 3 or 4 channels of ${width} x ${height} pixels.`
        : `The pixels have ${String(channels)} channels.`,
      { value: raw.channels ?? data.length, next: 'Pass 1 (grey), 3 (RGB) or 4 (RGBA) bytes a pixel.' },
    );
  }
  const expected = width * height * channels;
  if (data.length !== expected) {
    throw new SsdliteError(
      'INVALID_ARGUMENT',
      `The pixels' data has ${data.length} bytes; ${width} x ${height} x ${channels} channels are ${expected}.`,
      { value: data.length, next: 'Pass width * height * channels bytes, without padding between rows.' },
    );
  }
  return { data, width, height, channels };
}

/** Throws `IMAGE_TOO_LARGE` with the actual size if a picture has more pixels than the caller allows. */
export function checkPixelCount(size: {
  width: number;
  height: number;
  maxPixels: number;
  name: string;
}): void {
  const { width, height, maxPixels, name } = size;
  if (width * height <= maxPixels) return;
  throw new SsdliteError(
    'IMAGE_TOO_LARGE',
    `${name} has ${width} x ${height} = ${width * height} pixels; the limit is ${maxPixels}.`,
    { value: width * height, next: 'Make it smaller, or raise maxPixels.' },
  );
}

function checkSide(name: 'width' | 'height', value: unknown): void {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return;
  throw new SsdliteError('INVALID_ARGUMENT', `The pixels' ${name} is ${String(value)}.`, {
    value,
    next: 'Pass a whole number of pixels, 1 or more.',
  });
}

function kindName(value: unknown): string {
  if (Array.isArray(value)) return 'a plain array';
  const kind = typedArrayKind(value);
  if (kind) return `a ${kind}`;
  return value === null ? 'null' : typeof value === 'undefined' ? 'missing' : `of type ${typeof value}`;
}
