// Decodes a picture into files of plain pixels, at its own size and at quarters of it, while memory holds some rows at a time.

import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metadata, SharpOptions } from 'sharp';
import { checkNotAborted } from '../../abort.ts';
import { decodeStrictly, loadSharp } from '../decode-image.ts';
import { type JpegHeader, readJpegHeader } from './jpeg/jpeg-header.ts';
import { jpegStrips } from './jpeg/jpeg-strips.ts';
import { JpegDataError } from './jpeg/scan-units.ts';
import {
  block,
  bytesInBlocks,
  type PixelFile,
  PixelFileWriter,
  quarterPixels,
  readPixels,
} from './pixel-file.ts';
import { blocksAsTiff, pixelsOfTiff } from './tiled-tiff.ts';

/** An encoded picture: its path, or its bytes. */
export type Encoded = string | Uint8Array;

export interface SpoolOptions {
  readonly metadata: Pick<Metadata, 'width' | 'height' | 'space'>;
  /** Where the files are made. */
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
  /** Receives how many rows of the picture have been decoded. */
  readonly onRows: (rows: number) => void;
}

/** Each file is smaller than the one before by this, each way. */
export const levelStep = 4;
/** The last file has at most so many pixels. */
const smallestLevel = 4_000_000;

/** Sizes of the files, the picture's own first. */
export function levelSizes({ width, height }: Pick<Metadata, 'width' | 'height'>) {
  const sizes = [{ width, height }];
  for (let last = { width, height }; last.width * last.height > smallestLevel; sizes.push(last)) {
    last = { width: Math.ceil(last.width / levelStep), height: Math.ceil(last.height / levelStep) };
  }
  return sizes;
}

/**
 * The picture at its own size, then at a quarter of each side, and so on. The caller closes the handles.
 *
 * @throws what sharp throws for a damaged picture, the system's errors for files that cannot be written, SsdliteError `ABORTED`
 */
export async function spoolPicture(encoded: Encoded, options: SpoolOptions): Promise<PixelFile[]> {
  const header = await headerOf(encoded);
  const { width, height } = options.metadata;
  if (header && header.width === width && header.height === height) {
    try {
      return await withFiles(options, (files) => spoolJpeg(encoded, { ...options, files, header }));
    } catch (error) {
      // What we cannot follow may be a slip that libjpeg forgives.
      if (!(error instanceof JpegDataError)) throw error;
    }
  }
  return withFiles(options, (files) => spoolByTiff(encoded, { ...options, files }));
}

/** What makes the files, with handles that are closed if it fails. */
async function withFiles(
  { metadata, folder }: SpoolOptions,
  fill: (files: PixelFile[]) => Promise<PixelFile[]>,
): Promise<PixelFile[]> {
  const handles: FileHandle[] = [];
  try {
    const files: PixelFile[] = [];
    for (const [level, size] of levelSizes(metadata).entries()) {
      const handle = await open(join(folder, `level-${level}`), 'w+');
      handles.push(handle);
      files.push({ handle, start: 0, ...size });
    }
    return await fill(files);
  } catch (error) {
    for (const handle of handles) await handle.close();
    throw error;
  }
}

/** A chain that writes the files, from one level on. */
function writerOf(files: readonly PixelFile[], level: number): PixelFileWriter | undefined {
  const file = files[level];
  return file && new PixelFileWriter(file, writerOf(files, level + 1));
}

/** As decodeImage: colours as they are written, the upper 8 bits. */
function sharpSettings({ metadata }: Pick<SpoolOptions, 'metadata'>): SharpOptions {
  return { ignoreIcc: metadata.space !== 'cmyk', limitInputPixels: false, sequentialRead: true };
}

const white = { background: '#ffffff' };

/** A JPEG strip by strip: its own pages stay out of memory, and it can be stopped between two. */
async function spoolJpeg(
  encoded: Encoded,
  {
    files,
    header,
    signal,
    onRows,
    metadata,
  }: SpoolOptions & { readonly files: PixelFile[]; readonly header: JpegHeader },
): Promise<PixelFile[]> {
  const sharp = await loadSharp();
  const writer = writerOf(files, 0);
  const { width } = header;
  let rows = 0;
  // The next strip is cut while one is decoded.
  let decoding: Promise<Buffer> | undefined;
  const write = async (): Promise<void> => {
    const data = await decoding;
    if (!data) return;
    if (data.length % (width * 3) !== 0) throw new Error('it is of another kind of colours');
    await writer?.append(data);
    rows += data.length / (width * 3);
    onRows(rows);
  };
  for await (const { bytes, skip, height } of jpegStrips(partsOf(encoded, header.end), header)) {
    checkNotAborted(signal);
    await write();
    checkNotAborted(signal);
    decoding = decodeStrictly((failOn) =>
      sharp(bytes, { ...sharpSettings({ metadata }), failOn })
        .extract({ left: 0, top: skip, width, height })
        .flatten(white)
        .raw()
        .toBuffer(),
    );
    decoding.catch(() => {}); // told of by write, unless an earlier error ends this
  }
  await write();
  await writer?.end();
  return files;
}

/** Any other format: sharp writes the picture's own size, of which the smaller ones are made. */
async function spoolByTiff(
  encoded: Encoded,
  { files, folder, metadata, signal, onRows }: SpoolOptions & { readonly files: PixelFile[] },
): Promise<PixelFile[]> {
  const sharp = await loadSharp();
  const [full, ...smaller] = files as [PixelFile, ...PixelFile[]];
  const path = join(folder, 'level-0');
  const written = setInterval(() => {
    stat(path).then(
      ({ size }) => onRows(Math.min(1, size / bytesInBlocks(full)) * full.height),
      () => {},
    );
  }, 250);
  try {
    await decodeStrictly((failOn) =>
      sharp(encoded, { ...sharpSettings({ metadata }), failOn })
        .flatten(white)
        .tiff(blocksAsTiff)
        .toFile(path),
    );
  } finally {
    clearInterval(written);
  }
  const spooled = await pixelsOfTiff(full.handle, full);
  const writer = writerOf(smaller, 0);
  for (let y = 0; y < full.height && writer; y += block.height) {
    checkNotAborted(signal);
    const height = Math.min(block.height, full.height - y);
    const rows = await readPixels(spooled, { x: 0, y, width: full.width, height });
    await writer.append(quarterPixels(rows).data);
  }
  await writer?.end();
  return [spooled, ...smaller];
}

/** Bytes in which any header of a JPEG ends: an EXIF of 64 KiB, and a colour profile of 16 of them. */
const longestHeader = 2 ** 21;

async function headerOf(encoded: Encoded): Promise<JpegHeader | undefined> {
  if (typeof encoded !== 'string') return readJpegHeader(encoded);
  const handle = await open(encoded, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(longestHeader), 0, longestHeader, 0);
    return readJpegHeader(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** What comes from a byte on, in pieces, each good until the next one is asked for. */
async function* partsOf(encoded: Encoded, start: number): AsyncGenerator<Uint8Array, void, void> {
  if (typeof encoded !== 'string') {
    yield encoded.subarray(start);
    return;
  }
  const handle = await open(encoded, 'r');
  try {
    // A stream would make an array of each piece.
    const piece = new Uint8Array(2 ** 18);
    let position = start;
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
