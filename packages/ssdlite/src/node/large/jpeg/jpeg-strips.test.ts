import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { readJpegHeader } from './jpeg-header.ts';
import { jpegStrips } from './jpeg-strips.ts';

/** Noise on slopes, so that differences of all sizes occur. */
function picture(
  width: number,
  height: number,
  seed = 1,
): { data: Uint8Array; width: number; height: number } {
  const data = new Uint8Array(width * height * 3);
  let random = seed;
  for (let at = 0; at < data.length; at++) {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    const row = Math.floor(at / (width * 3));
    data[at] = (row * 3) % 256 < 128 ? (at * 7) % 256 : random >>> 24;
  }
  return { data, width, height };
}

const encode = ({ data, width, height }: ReturnType<typeof picture>) =>
  sharp(data, { raw: { width, height, channels: 3 } });

/** In pieces of so many bytes. */
async function* pieces(bytes: Uint8Array, length: number) {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length);
}

async function decodeInStrips(jpeg: Uint8Array, piece = 1000): Promise<{ data: Buffer; strips: number }> {
  const header = readJpegHeader(jpeg);
  if (!header) throw new Error('It is not cut.');
  const parts: Buffer[] = [];
  for await (const { bytes, skip, height } of jpegStrips(pieces(jpeg.subarray(header.end), piece), header)) {
    const { width } = header;
    parts.push(
      await sharp(bytes, { failOn: 'warning' })
        .extract({ left: 0, top: skip, width, height })
        .flatten()
        .raw()
        .toBuffer(),
    );
  }
  return { data: Buffer.concat(parts), strips: parts.length };
}

/** Place of the first number that the strips and the whole do not share; -1 for none. */
async function firstDifference(jpeg: Uint8Array, data: Uint8Array): Promise<number> {
  const whole = await sharp(jpeg).flatten().raw().toBuffer();
  return whole.length === data.length ? whole.findIndex((value, at) => value !== data[at]) : data.length;
}

describe('strips of a JPEG have the very pixels of the whole', () => {
  test.each([
    ['4:2:0', { chromaSubsampling: '4:2:0', quality: 75 }],
    ['4:4:4', { chromaSubsampling: '4:4:4', quality: 95 }],
    ['Huffman tables of its own, which lack codes', { optimiseCoding: true, quality: 20 }],
    ['the best quality', { quality: 100, chromaSubsampling: '4:4:4' }],
  ])('%s', async (_, options) => {
    const jpeg = await encode(picture(203, 999)).jpeg(options).toBuffer();
    const { data, strips } = await decodeInStrips(jpeg);
    expect(strips).toBe(16);
    expect(await firstDifference(jpeg, data)).toBe(-1);
  });

  test.each([
    ['every second unit', 'restart-blocks.jpg', 2],
    ['every row of units', 'restart-rows.jpg', 3],
  ])('with restarts %s (by Pillow, slopes and noise of 40 x 150)', async (_, name, interval) => {
    const jpeg = await readFile(new URL(`fixtures/${name}`, import.meta.url));
    expect(readJpegHeader(jpeg)).toMatchObject({ restartInterval: interval, width: 40, height: 150 });
    const { data, strips } = await decodeInStrips(jpeg, 100);
    expect(strips).toBe(3);
    expect(await firstDifference(jpeg, data)).toBe(-1);
  });

  test('grey', async () => {
    const jpeg = await encode(picture(203, 600)).greyscale().jpeg().toBuffer();
    const { data } = await decodeInStrips(jpeg);
    expect(await firstDifference(jpeg, data)).toBe(-1);
  });

  test('of any size, read in pieces of any length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 1e6 }),
        async (width, height, piece, seed) => {
          const jpeg = await encode(picture(width, height, seed))
            .jpeg({ quality: 60 })
            .toBuffer();
          const { data } = await decodeInStrips(jpeg, piece);
          expect(await firstDifference(jpeg, data)).toBe(-1);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a JPEG that is not cut', () => {
  test('is progressive, or of four colours', async () => {
    expect(
      readJpegHeader(await encode(picture(20, 20)).jpeg({ progressive: true }).toBuffer()),
    ).toBeUndefined();
    expect(
      readJpegHeader(await encode(picture(20, 20)).toColourspace('cmyk').jpeg().toBuffer()),
    ).toBeUndefined();
  });

  test('ends early, or does not follow its tables', async () => {
    const jpeg = await encode(picture(64, 400)).jpeg().toBuffer();
    await expect(decodeInStrips(jpeg.subarray(0, jpeg.length / 2))).rejects.toThrow('premature end');
    const wrong = Buffer.from(jpeg);
    wrong.fill(0xfe, 7000, 7040);
    await expect(decodeInStrips(wrong)).rejects.toThrow();
  });
});
