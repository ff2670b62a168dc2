// Pictures too large to be held in memory: decoded once, strip by strip, into files of plain pixels, from which parts are read.

import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SsdliteError } from '@ssdlite/layers';
import type { Metadata, Sharp } from 'sharp';
import { checkNotAborted, untilAborted } from '../abort.ts';
import type { BoxXywh } from '../detection.ts';
import { halvingsFor, type PicturePart, type PictureSource } from '../picture-source.ts';
import { halvePixels } from '../pixel-pyramid.ts';
import type { Pixels } from '../pixels.ts';
import { decodeStrictly, loadSharp } from './decode-image.ts';
import { displayedSize, type Orientation, regionInFile, turnPixels } from './orientation.ts';

/** An encoded picture: its path, or its bytes. */
export type Encoded = string | Uint8Array;

export interface LargePictureOptions {
  readonly metadata: Pick<Metadata, 'width' | 'height' | 'orientation' | 'space'>;
  readonly signal: AbortSignal | undefined;
}

/** Each file of pixels is smaller than the one before by this, each way. */
const levelStep = 4;
/** Levels end with one of at most so many pixels. */
const smallestLevel = 4_000_000;
/** What files have besides pixels, and tiles that the border cuts. */
const headerBytes = 1024 * 1024;

/**
 * Tiles without compression: a part is read without its neighbours, and by reading, not by mapping the file into memory, where all of it
 * would count as ours.
 */
const tiled = {
  compression: 'none',
  predictor: 'none',
  tile: true,
  tileWidth: 256,
  // Rows of tiles are held until they are full.
  tileHeight: 64,
  bigtiff: true,
} as const;

/** One resolution of the picture, as it lies in its file. */
interface Level {
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes a picture into files in the system's folder for temporary ones: three bytes a pixel and a fifteenth more. Memory holds some rows
 * at a time. `close` deletes the files.
 *
 * @throws SsdliteError `ABORTED`, `WRITE_FAILED` where there is no room for the files; what sharp throws for a damaged picture
 */
export async function openLargePicture(
  encoded: Encoded,
  { metadata, signal }: LargePictureOptions,
): Promise<PictureSource> {
  checkNotAborted(signal);
  await checkRoom(metadata);
  const folder = await mkdtemp(join(tmpdir(), 'ssdlite-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const spooling = spool(encoded, { folder, metadata });
  try {
    const levels = await untilAborted(spooling, signal);
    const orientation = (metadata.orientation ?? 1) as Orientation;
    return {
      ...displayedSize(metadata, orientation),
      onDevice: false,
      read: (region, input) =>
        readPart(levels, { region, orientation, halvings: halvingsFor(region, input) }),
      close: remove,
    };
  } catch (error) {
    // A decoder that was told to stop may be writing still.
    void spooling.then(remove, remove);
    if (!signal?.aborted) await spooling.catch(remove);
    throw error;
  }
}

async function checkRoom({ width, height }: Pick<Metadata, 'width' | 'height'>): Promise<void> {
  const needed = (width + 256) * (height + 256) * 3 * (1 + 1 / 15) + headerBytes;
  const { bavail, bsize } = await statfs(tmpdir());
  if (bavail * bsize > needed) return;
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
  throw new SsdliteError(
    'WRITE_FAILED',
    `The pixels of a picture of ${width} x ${height} need ${gigabytes(needed)} GB in ${tmpdir()}, where ${gigabytes(bavail * bsize)} GB are free.`,
    { value: needed, next: 'Make room there, or set TMPDIR to a folder that has it.' },
  );
}

async function spool(
  encoded: Encoded,
  { folder, metadata }: { readonly folder: string; readonly metadata: LargePictureOptions['metadata'] },
): Promise<Level[]> {
  const sharp = await loadSharp();
  const pathOf = (level: number): string => join(folder, `level-${level}.tif`);
  // As decodeImage: colours as they are written, transparent pixels on white, upper 8 bits.
  const settings = {
    ignoreIcc: metadata.space !== 'cmyk',
    limitInputPixels: false,
    sequentialRead: true,
  } as const;
  const write = async (image: Sharp, level: number): Promise<Level> => {
    const { width, height, channels } = await image.tiff(tiled).toFile(pathOf(level));
    if (channels !== 3) throw new Error(`it has ${channels} channels`);
    return { path: pathOf(level), width, height };
  };
  const levels = [
    await decodeStrictly((failOn) =>
      write(sharp(encoded, { ...settings, failOn }).flatten({ background: '#ffffff' }), 0),
    ),
  ];
  for (let last = levels[0]; last && last.width * last.height > smallestLevel; last = levels.at(-1)) {
    const size = { width: Math.ceil(last.width / levelStep), height: Math.ceil(last.height / levelStep) };
    const smaller = sharp(last.path, settings).resize({ ...size, fit: 'fill', kernel: 'linear' });
    levels.push(await write(smaller, levels.length));
  }
  return levels;
}

interface PartOptions {
  readonly region: BoxXywh;
  readonly orientation: Orientation;
  readonly halvings: number;
}

async function readPart(
  levels: readonly Level[],
  { region, orientation, halvings }: PartOptions,
): Promise<PicturePart> {
  const [full] = levels as readonly [Level, ...Level[]];
  const index = Math.min(Math.floor(halvings / Math.log2(levelStep)), levels.length - 1);
  const level = levels[index] as Level;
  const displayed = displayedSize(level, orientation);
  const scale = displayed.width / displayedSize(full, orientation).width;
  const rest = halvings - index * Math.log2(levelStep);
  const part = wholePixels(region, { scale, step: 2 ** rest, within: displayed });
  const inFile = await readFile(level, regionInFile(part, { displayed, orientation }));
  let pixels = turnPixels(inFile, orientation);
  for (let time = 0; time < rest; time++) pixels = halvePixels(pixels);
  const total = scale / 2 ** rest;
  return {
    picture: pixels,
    region: {
      x: region.x * total - part.x / 2 ** rest,
      y: region.y * total - part.y / 2 ** rest,
      width: Math.min(region.width * total, pixels.width),
      height: Math.min(region.height * total, pixels.height),
    },
  };
}

/** The smallest part of whole pixels that holds a scaled region, and begins where halving pairs its pixels as it would those of the whole. */
function wholePixels(
  { x, y, width, height }: BoxXywh,
  {
    scale,
    step,
    within,
  }: {
    readonly scale: number;
    readonly step: number;
    readonly within: { readonly width: number; readonly height: number };
  },
): BoxXywh {
  const axis = (from: number, length: number, limit: number) => {
    const low = Math.min(Math.floor((from * scale) / step) * step, limit - 1);
    const high = Math.min(Math.ceil(((from + length) * scale) / step) * step, limit);
    return [low, Math.max(high - low, 1)] as const;
  };
  const [left, across] = axis(x, width, within.width);
  const [top, down] = axis(y, height, within.height);
  return { x: left, y: top, width: across, height: down };
}

async function readFile({ path }: Level, { x, y, width, height }: BoxXywh): Promise<Pixels> {
  const sharp = await loadSharp();
  const { data } = await sharp(path, { limitInputPixels: false })
    .extract({ left: x, top: y, width, height })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width, height, channels: 3 };
}
