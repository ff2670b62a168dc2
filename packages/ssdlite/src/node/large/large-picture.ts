// Pictures too large to be held in memory: decoded once into files of plain pixels, from which parts are read.

import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { SsdliteError } from '@ssdlite/layers';
import type { Metadata } from 'sharp';
import { checkNotAborted, untilAborted } from '../../abort.ts';
import type { Size } from '../../detect/placement.ts';
import type { BoxXywh } from '../../detection.ts';
import { halvingsFor, type PicturePart, type PictureSource } from '../../picture-source.ts';
import { halvedSize, halvePixels, scaleRegion } from '../../pixel-pyramid.ts';
import { displayedSize, type Orientation, regionInFile, turnPixels } from '../orientation.ts';
import { bytesInBlocks, type PixelFile, readPixels } from './pixel-file.ts';
import { type Encoded, levelSizes, levelStep, spoolPicture } from './spool-picture.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export interface LargePictureOptions {
  readonly metadata: Pick<Metadata, 'width' | 'height' | 'orientation' | 'space'>;
  readonly signal: AbortSignal | undefined;
  /** Receives how far decoding is, in rows. */
  readonly onRows?: ((rows: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** Room for what a TIFF has besides pixels. */
const directoryBytes = 4 * 1024 * 1024;

/**
 * Decodes a picture into files in the system's folder for temporary ones: three bytes a pixel and a fifteenth more. Memory holds some rows
 * at a time. `close` deletes the files.
 *
 * @throws SsdliteError `ABORTED`, `IMAGE_TOO_LARGE` for rows of more than 300,000 pixels, `WRITE_FAILED` where there is no room for the files; what sharp throws for a damaged picture
 */
export async function openLargePicture(
  encoded: Encoded,
  { metadata, signal, onRows }: LargePictureOptions,
): Promise<PictureSource> {
  checkNotAborted(signal);
  checkWidth(metadata);
  await checkRoom(metadata);
  const folder = await makeTemporaryFolder();
  const spooling = spoolPicture(encoded, {
    metadata,
    folder: folder.path,
    signal,
    onRows: (done) => onRows?.({ done: Math.floor(done), total: metadata.height }),
  });
  try {
    const levels = await untilAborted(spooling, signal);
    // Open files need no names, so that none is left whatever becomes of the process; on Windows they keep them until they are closed.
    await folder.remove().catch(() => {});
    const orientation = (metadata.orientation ?? 1) as Orientation;
    return {
      ...displayedSize(metadata, orientation),
      onDevice: false,
      read: (region, input) => readPart(levels, { region, input, orientation }),
      async close() {
        await closeAll(levels);
        await folder.remove();
      },
    };
  } catch (error) {
    // A decoder that was told to stop may be writing still.
    const ended = spooling.then(
      (levels) => closeAll(levels).then(folder.remove),
      () => folder.remove(),
    );
    if (!signal?.aborted) await ended;
    throw writeError(error);
  }
}

async function closeAll(levels: readonly PixelFile[]): Promise<void> {
  for (const { handle } of levels) await handle.close();
}

/** Longest row, in pixels: some dozens of rows are held in memory. */
const longestRow = 300_000;

function checkWidth({ width }: Pick<Metadata, 'width'>): void {
  if (width <= longestRow) return;
  throw new SsdliteError(
    'IMAGE_TOO_LARGE',
    `The picture is ${width} pixels wide; at most ${longestRow} are read in parts.`,
    {
      value: width,
      next: 'Cut it into narrower pictures.',
    },
  );
}

async function checkRoom(size: Pick<Metadata, 'width' | 'height'>): Promise<void> {
  const needed = levelSizes(size).reduce((sum, level) => sum + bytesInBlocks(level), directoryBytes);
  const { bavail, bsize } = await statfs(tmpdir());
  if (bavail * bsize >= needed) return;
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
  throw new SsdliteError(
    'WRITE_FAILED',
    `The pixels of a picture of ${size.width} x ${size.height} need ${gigabytes(needed)} GB in ${tmpdir()}, where ${gigabytes(bavail * bsize)} GB are free.`,
    { value: needed, next: makeRoom },
  );
}

const makeRoom = 'Make room there, or set TMPDIR to a folder that has it.';

/** The system's and sharp's words for a full disk, as an error of ours; others as they are. */
function writeError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SsdliteError) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (!/ENOSPC|EDQUOT|EFBIG/.test(code) && !/no space left|disk quota/i.test(error.message)) return error;
  return new SsdliteError('WRITE_FAILED', `The disk of ${tmpdir()} is full.`, {
    value: tmpdir(),
    next: makeRoom,
    cause: error,
  });
}

async function readPart(
  levels: readonly PixelFile[],
  {
    region,
    input,
    orientation,
  }: { readonly region: BoxXywh; readonly input: Size; readonly orientation: Orientation },
): Promise<PicturePart> {
  const [full] = levels as readonly [PixelFile, ...PixelFile[]];
  const displayed = displayedSize(full, orientation);
  const { halvings, ...coarse } = halvedSize(displayed, halvingsFor(region, input));
  const index = Math.min(Math.floor(halvings / halvingsPerLevel), levels.length - 1);
  const level = levels[index] as PixelFile;
  const left = halvings - index * halvingsPerLevel;
  const scaled = scaleRegion(region, { from: displayed, to: coarse });
  const step = 2 ** left;
  const within = displayedSize(level, orientation);
  const part = wholePixels(scaled, { step, within });
  const inFile = await readPixels(level, regionInFile(part, { displayed: within, orientation }));
  let picture = turnPixels(inFile, orientation);
  for (let time = 0; time < left; time++) picture = halvePixels(picture);
  return {
    picture,
    region: { ...scaled, x: scaled.x - part.x / step, y: scaled.y - part.y / step },
  };
}

const halvingsPerLevel = Math.log2(levelStep);

/** What a region of the halved picture was, in whole pixels of it, before it was halved: each of its pixels had `step` on a side. */
function wholePixels(
  { x, y, width, height }: BoxXywh,
  {
    step,
    within,
  }: { readonly step: number; readonly within: { readonly width: number; readonly height: number } },
): BoxXywh {
  const axis = (from: number, length: number, limit: number) => {
    // Of the halved picture; its last pixel may stand for less.
    const low = Math.floor(from) * step;
    const high = Math.min(Math.ceil(from + length) * step, limit);
    return [low, high - low] as const;
  };
  const [left, across] = axis(x, width, within.width);
  const [top, down] = axis(y, height, within.height);
  return { x: left, y: top, width: across, height: down };
}
