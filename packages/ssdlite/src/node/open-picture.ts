// A picture of any size, opened for tiles: whole in memory if it is small enough, else in files of plain pixels.

import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SsdliteError } from '@ssdlite/layers';
import { checkNotAborted } from '../abort.ts';
import { checkPixelCount } from '../check-pixels.ts';
import type { PictureSource } from '../picture-source.ts';
import { pixelPyramid } from '../pixel-pyramid.ts';
import { checkDepth, decodeError, decodeImage, loadSharp } from './decode-image.ts';
import { describeInput, type ImageInput, isPictureSource, isUrlString } from './image-input.ts';
import { type LargePictureOptions, openLargePicture } from './large/large-picture.ts';
import type { Encoded } from './large/spool-picture.ts';
import { type ReadImageOptions, readEncoded, readImage } from './read-image.ts';

/** Pictures of more pixels are not held in memory: 120 MB of them. */
const mostInMemory = 40_000_000;

/** Options of `openPicture`. */
export interface OpenPictureOptions extends ReadImageOptions, Pick<LargePictureOptions, 'onRows'> {}

/**
 * Opens a picture, of which parts are then read: for `tileSize`, and for whoever needs parts of what was found. An encoded one may have
 * more pixels than `readImage` takes, unless `maxPixels` is given. `close` gives memory and files back.
 *
 * @throws SsdliteError as `readImage`, and `WRITE_FAILED` where there is no room for a large one's pixels
 * @example
 * const picture = await openPicture('city.tif');
 * const detections = await detector.detect(picture, { tileSize: 'auto' });
 * const { picture: pixels } = await picture.read(detections[0].box, { width: 200, height: 200 });
 * await picture.close();
 */
export async function openPicture(
  input: ImageInput,
  { onRows, ...options }: OpenPictureOptions = {},
): Promise<PictureSource> {
  checkNotAborted(options.signal);
  if (isPictureSource(input)) return { ...input, close: async () => {} };
  const path = pathOf(input);
  const bytes = path === undefined ? (await readEncoded(input, options))?.bytes : undefined;
  const encoded = path ?? bytes;
  const metadata = encoded === undefined ? undefined : await readMetadata(encoded);
  const name = describeInput(input);
  if (!encoded || !metadata || metadata.width * metadata.height <= mostInMemory) {
    // Streams have been read; all else is read as ever, with its errors.
    if (!bytes) return pixelPyramid(await readImage(input, options));
    const maxPixels = options.maxPixels ?? mostInMemory;
    return pixelPyramid(await decodeImage(bytes, { maxPixels, name, signal: options.signal }));
  }
  const { maxPixels = Number.POSITIVE_INFINITY } = options;
  checkPixelCount({ ...metadata, maxPixels, name });
  checkDepth(metadata.depth, name);
  try {
    return await openLargePicture(encoded, { metadata, signal: options.signal, onRows });
  } catch (error) {
    if (error instanceof SsdliteError) throw error;
    throw await decodeError(error, await beginningOf(encoded), { name, maxPixels, contentType: undefined });
  }
}

/** Of a file of this machine. */
function pathOf(input: ImageInput): string | undefined {
  const isFileUrl = /^file:/i.test(
    input instanceof URL ? input.href : typeof input === 'string' ? input : '',
  );
  if (isFileUrl) {
    try {
      return fileURLToPath(input as string | URL);
    } catch {
      return undefined; // readImage says what is wrong with it
    }
  }
  return typeof input === 'string' && !isUrlString(input) ? input : undefined;
}

/** Undefined for what is no picture; reading it tells why. */
async function readMetadata(encoded: Encoded) {
  const sharp = await loadSharp();
  return sharp(encoded, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
}

async function beginningOf(encoded: Encoded): Promise<Uint8Array> {
  if (typeof encoded !== 'string') return encoded;
  const handle = await open(encoded, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
