// Encoded pictures to pixels, by sharp (libvips): upright, 8 bits, RGB, the first frame.

import { SsdliteError } from '@ssdlite/layers';
import type { Sharp, SharpOptions } from 'sharp';
import { checkNotAborted, untilAborted } from '../abort.ts';
import { checkPixelCount } from '../check-pixels.ts';
import { readJpegMarkers } from '../jpeg-markers.ts';
import type { Pixels } from '../pixels.ts';
import { nameFormat } from './name-format.ts';

export interface DecodeImageOptions {
  /** A picture of more pixels is refused by its header, before it is decoded. */
  readonly maxPixels: number;
  /** The input's name in errors. */
  readonly name: string;
  /** The server's `content-type`, for the error of what is not a picture. */
  readonly contentType?: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Decodes JPEG, PNG, WebP, AVIF, GIF, TIFF and SVG (at its own size).
 *
 * - Turned and mirrored as EXIF says; of several frames or pages, the first.
 * - Transparent pixels lie on white. Grey becomes R = G = B. Of 16 bits the upper 8 are kept.
 * - Colours are taken as they are written, without applying an embedded profile: so were the pictures decoded that
 *   the weights were trained on. CMYK is converted, by its own profile if it has one.
 * - Pixels are those of libjpeg's default decoder (exact inverse DCT, smooth chroma), never a shrunk load.
 *
 * @throws SsdliteError `IMAGE_UNREADABLE` for what is not a picture, damaged or cut short; `IMAGE_TOO_LARGE`; `ABORTED`
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeImageOptions): Promise<Pixels> {
  const { maxPixels, name, signal } = options;
  checkNotAborted(signal);
  if (bytes.byteLength === 0) {
    throw new SsdliteError('IMAGE_UNREADABLE', `${name} is empty.`, { next: 'Pass the bytes of a picture.' });
  }
  const jpeg = readJpegMarkers(bytes);
  // Of a JPEG that lacks its end alone, libjpeg says so only for some pictures.
  if (jpeg?.ended === false) throw cutShort(options);
  const sharp = await loadSharp();
  const settings: SharpOptions = {
    autoOrient: true,
    ignoreIcc: jpeg?.components !== 4,
    limitInputPixels: Number.isFinite(maxPixels) ? maxPixels : false,
  };
  if (isTiff(bytes)) await checkTiff(sharp(bytes, settings), options);
  try {
    return await untilAborted(
      decodeStrictly((failOn) => decode(sharp(bytes, { ...settings, failOn }))),
      signal,
    );
  } catch (error) {
    if (error instanceof SsdliteError) throw error;
    throw await decodeError(error, bytes, options);
  }
}

/**
 * At sharp's strictest level first, which alone notices a JPEG that was cut and closed again, and whose cost is none.
 * But it also refuses harmless slips of some cameras, such as odd scan parameters: for those the next level decides.
 */
export async function decodeStrictly<Result>(
  decode: (failOn: 'warning' | 'error') => Promise<Result>,
): Promise<Result> {
  try {
    return await decode('warning');
  } catch (error) {
    if (isHeaderLimit(error) || isCutShort(error)) throw error;
    return decode('error');
  }
}

async function decode(image: Sharp): Promise<Pixels> {
  const { data, info } = await image
    .flatten({ background: '#ffffff' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`it has ${info.channels} channels`);
  return {
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    width: info.width,
    height: info.height,
    channels: 3,
  };
}

/** Loaded by the first picture: it takes some 85 ms, which whoever passes raw pixels need not wait for. */
export async function loadSharp(): Promise<typeof import('sharp').default> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new SsdliteError(
      'OPTIONAL_DEPENDENCY_MISSING',
      'sharp, which decodes pictures, does not load here.',
      {
        next: 'Install it for this system (npm install sharp), or pass raw pixels.',
        cause,
      },
    );
  }
}

/** TIFF also stores measurements, which are no pictures; sharp would cut them to 8 bits without a word. */
async function checkTiff(image: Sharp, { name, signal }: DecodeImageOptions): Promise<void> {
  const metadata = image.metadata().catch(() => undefined); // a damaged file is told of when it is decoded
  checkDepth((await untilAborted(metadata, signal))?.depth, name);
}

/** @throws SsdliteError `IMAGE_UNREADABLE` for samples that are no shades */
export function checkDepth(depth: string | undefined, name: string): void {
  if (depth === undefined || depth === 'uchar' || depth === 'ushort') return;
  throw new SsdliteError('IMAGE_UNREADABLE', `${name} is a TIFF with samples of type ${depth}.`, {
    value: depth,
    next: 'Convert it to 8 or 16 bits a sample, or pass its values as raw pixels.',
  });
}

function isTiff(bytes: Uint8Array): boolean {
  const mark = `${bytes[0]},${bytes[1]},${bytes[2]},${bytes[3]}`;
  // "II" 42 and "MM" 42; BigTIFF has 43.
  return ['73,73,42,0', '77,77,0,42', '73,73,43,0', '77,77,0,43'].includes(mark);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const isHeaderLimit = (error: unknown) => /exceeds pixel limit/.test(messageOf(error));
const isCutShort = (error: unknown) => /premature end|unexpected end/i.test(messageOf(error));

/**
 * What is wrong with a picture that did not decode.
 *
 * @param bytes the picture, or how it begins
 */
export async function decodeError(
  cause: unknown,
  bytes: Uint8Array,
  options: Pick<DecodeImageOptions, 'name' | 'maxPixels' | 'contentType'>,
): Promise<SsdliteError> {
  const { name, maxPixels, contentType } = options;
  if (isHeaderLimit(cause)) {
    try {
      const sharp = await loadSharp();
      const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
      checkPixelCount({ width, height, maxPixels, name });
    } catch (error) {
      if (error instanceof SsdliteError) return error;
    }
  }
  if (isCutShort(cause)) return cutShort(options, cause);
  const format = nameFormat(bytes);
  if (format || /unsupported image format/.test(messageOf(cause))) {
    const sent = contentType ? `, sent as ${contentType}` : '';
    const what = format ? `${name} is ${format}${sent}` : `${name} is not a picture of a known format${sent}`;
    return new SsdliteError('IMAGE_UNREADABLE', `${what}.`, {
      value: format,
      next: 'Pass a JPEG, PNG, WebP, AVIF, GIF, TIFF or SVG.',
      cause,
    });
  }
  return new SsdliteError('IMAGE_UNREADABLE', `${name} is damaged (${firstLine(messageOf(cause))}).`, {
    next: 'Get the file again, or save it anew with an image program.',
    cause,
  });
}

function cutShort({ name }: Pick<DecodeImageOptions, 'name'>, cause?: unknown): SsdliteError {
  return new SsdliteError('IMAGE_UNREADABLE', `${name} is cut short: it ends before its last pixel.`, {
    next: 'Get the whole file again.',
    cause,
  });
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 120).replace(/[:\s]+$/, '');
}
