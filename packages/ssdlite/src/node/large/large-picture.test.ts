import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { minusOneToOne } from '@ssdlite/backbone';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { place } from '../../detect/placement.ts';
import { preprocess } from '../../detect/preprocess.ts';
import type { PicturePart, PictureSource } from '../../picture-source.ts';
import { pixelPyramid } from '../../pixel-pyramid.ts';
import type { Pixels } from '../../pixels.ts';
import { openPicture } from '../open-picture.ts';
import { readImage } from '../read-image.ts';
import { openLargePicture } from './large-picture.ts';

/** Colours that change slowly, so that JPEG keeps them and means are smooth. */
const width = 2400;
const height = 1800;
const slopes = Buffer.alloc(width * height * 3);
for (let y = 0; y < height; y++) {
  for (let x = 0; x < width; x++) {
    slopes.set(
      [(x * 255) / width, (y * 255) / height, ((x + y) * 255) / (width + height)],
      (y * width + x) * 3,
    );
  }
}
const image = () => sharp(slopes, { raw: { width, height, channels: 3 } });

let folder: string;
let jpeg: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'large-picture-test-'));
  jpeg = join(folder, 'slopes.jpg');
  await image().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toFile(jpeg);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

async function open(encoded: string | Uint8Array): Promise<PictureSource> {
  return openLargePicture(encoded, { metadata: await sharp(encoded).metadata(), signal: undefined });
}

/** Red, green and blue in the middle of a part. */
async function middleOf(
  picture: PictureSource,
  part: { x: number; y: number; width: number; height: number },
  input: number,
) {
  const { picture: pixels, region } = await picture.read(part, { width: input, height: input });
  const { data, width: across } = pixels as Pixels;
  const x = Math.floor(region.x + region.width / 2);
  const y = Math.floor(region.y + region.height / 2);
  return [...data.subarray((y * across + x) * 3, (y * across + x) * 3 + 3)];
}

/** What the network is given of a part. */
const inputOf =
  (input: { width: number; height: number }) =>
  ({ picture, region }: PicturePart): Float32Array => {
    const target = new Float32Array(input.width * input.height * 3);
    preprocess(picture as Pixels, {
      placement: place(region, { input, letterbox: false }),
      layout: 'nhwc',
      normalization: minusOneToOne,
      target,
      offset: 0,
    });
    return target;
  };

function largestDifference([a, b]: Float32Array[]): number {
  return (
    a?.reduce((most, value, at) => Math.max(most, Math.abs(value - (b?.[at] ?? Number.NaN))), 0) ?? Number.NaN
  );
}

const parts = [
  { x: 1203, y: 17, width: 997, height: 801 },
  { x: 1971, y: 1489, width: 400, height: 300 },
  { x: 1111.5, y: 333.25, width: 300.5, height: 200.75 },
];

describe('parts of a large picture', () => {
  test.each(['jpeg', 'png'] as const)(
    'are those of the picture in memory to the last bit, at every resolution (%s)',
    async (format) => {
      // Sides that are no multiples of anything.
      const bytes = await image()
        .extract({ left: 0, top: 0, width: 2371, height: 1789 })
        .toFormat(format)
        .toBuffer();
      const large = await open(bytes);
      const whole = pixelPyramid(await readImage(bytes));
      try {
        expect([large.width, large.height]).toEqual([2371, 1789]);
        for (const part of [...parts, { x: 0, y: 0, width: 2371, height: 1789 }]) {
          for (const input of [900, 300, 100, 30]) {
            const size = { width: input, height: input };
            const seen = [await large.read(part, size), await whole.read(part, size)].map(inputOf(size));
            expect(largestDifference(seen)).toBe(0);
          }
        }
      } finally {
        await large.close();
      }
    },
  );

  test('are the very pixels where nothing is halved', async () => {
    const large = await open(jpeg);
    const pixels = await readImage(jpeg);
    const { picture, region } = await large.read(
      { x: 700, y: 500, width: 3, height: 2 },
      { width: 300, height: 300 },
    );
    await large.close();
    expect(region).toEqual({ x: 0, y: 0, width: 3, height: 2 });
    const rows = [500, 501].map((y) => [
      ...pixels.data.subarray((y * width + 700) * 3, (y * width + 703) * 3),
    ]);
    expect([...(picture as Pixels).data]).toEqual(rows.flat());
  });

  test.each([3, 6, 8])('are turned as EXIF says (orientation %i)', async (orientation) => {
    const turned = await image().jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
    const large = await open(turned);
    const whole = pixelPyramid(await readImage(turned));
    expect([large.width, large.height]).toEqual([whole.width, whole.height]);
    const part = { x: 100, y: 200, width: 600, height: 500 };
    for (const input of [600, 100]) {
      const found = await middleOf(large, part, input);
      const expected = await middleOf(whole, part, input);
      for (const [channel, value] of found.entries())
        expect(Math.abs(value - (expected[channel] ?? 0))).toBeLessThanOrEqual(3);
    }
    await large.close();
  });

  test('of TIFF, grey and transparent pictures are read too', async () => {
    const tiff = await image().tiff({ compression: 'lzw' }).toBuffer();
    const grey = await image().greyscale().png().toBuffer();
    const clear = await sharp({ create: { width: 800, height: 800, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer();
    const part = { x: 100, y: 100, width: 300, height: 300 };
    for (const encoded of [tiff, grey]) {
      const large = await open(encoded);
      const expected = await middleOf(pixelPyramid(await readImage(encoded)), part, 300);
      expect(await middleOf(large, part, 300)).toEqual(expected);
      await large.close();
    }
    const large = await open(clear);
    expect(await middleOf(large, part, 300)).toEqual([255, 255, 255]);
    await large.close();
  });
});

describe('its files', () => {
  test('lie in the folder for temporary ones until it is closed, without names where the system allows it', async () => {
    vi.stubEnv('TMPDIR', await mkdtemp(join(folder, 'temporary-')));
    const meanwhile: number[] = [];
    const large = await openLargePicture(jpeg, {
      metadata: await sharp(jpeg).metadata(),
      signal: undefined,
      onRows: () => meanwhile.push(readdirSync(tmpdir()).length),
    });
    expect(new Set(meanwhile)).toEqual(new Set([1]));
    expect(await readdir(tmpdir())).toHaveLength(process.platform === 'win32' ? 1 : 0);
    await large.close();
    expect(await readdir(tmpdir())).toEqual([]);
  });

  test('go when the picture turns out damaged, or the call is aborted', async () => {
    vi.stubEnv('TMPDIR', await mkdtemp(join(folder, 'temporary-')));
    const cut = join(folder, 'cut.jpg');
    const bytes = await image().jpeg().toBuffer();
    await writeFile(cut, bytes.subarray(0, bytes.length / 2));
    await expect(open(cut)).rejects.toThrow();
    expect(await readdir(tmpdir())).toEqual([]);
    const controller = new AbortController();
    const metadata = await sharp(jpeg).metadata();
    const opening = openLargePicture(jpeg, { metadata, signal: controller.signal });
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: 'ABORTED' });
    await vi.waitFor(async () => expect(await readdir(tmpdir())).toEqual([]));
  });

  test('go where a header promises more rows than there are, and the error says what is wrong', async () => {
    vi.stubEnv('TMPDIR', await mkdtemp(join(folder, 'temporary-')));
    const bytes = await sharp({ create: { width: 8000, height: 6000, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    const frame = bytes.indexOf(Buffer.of(0xff, 0xc0));
    bytes.writeUInt16BE(60_000, frame + 5);
    await expect(openPicture(bytes)).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
    });
    const tiff = await sharp({ create: { width: 8000, height: 6000, channels: 3, background: 'red' } })
      .tiff({ compression: 'lzw' })
      .toBuffer();
    await expect(openPicture(tiff.subarray(0, tiff.length / 2))).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
    });
    expect(await readdir(tmpdir())).toEqual([]);
  });

  test('need room, or there is an error that says how much', async () => {
    const metadata = { width: 300_000, height: 3_000_000_000, space: 'srgb' as const };
    await expect(openLargePicture(jpeg, { metadata, signal: undefined })).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: expect.stringContaining('GB are free'),
    });
  });
});

describe('a picture for tiles', () => {
  test('that is a line of 50 million pixels is refused', async () => {
    const line = Buffer.alloc(50_000_000, 77);
    const wide = await sharp(line, { raw: { width: 50_000_000, height: 1, channels: 1 } })
      .tiff({ compression: 'lzw' })
      .toBuffer();
    await expect(openPicture(wide)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE', value: 50_000_000 });
  });

  test('that is small is in memory, whatever it comes as', async () => {
    const pixels = { data: slopes, width, height, channels: 3 } as const;
    for (const input of [jpeg, await image().png().toBuffer(), pixels]) {
      const picture = await openPicture(input, {});
      expect([picture.width, picture.height]).toEqual([width, height]);
      await picture.close();
    }
  });

  test('of more pixels than are allowed is refused, if a limit is given', async () => {
    const huge = join(folder, 'huge.png');
    await sharp({ create: { width: 8000, height: 6000, channels: 3, background: 'red' } })
      .png()
      .toFile(huge);
    await expect(openPicture(huge, { maxPixels: 1e6 })).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    const picture = await openPicture(huge, {});
    expect(await middleOf(picture, { x: 7000, y: 5000, width: 500, height: 500 }, 300)).toEqual([255, 0, 0]);
    await picture.close();
  });

  test('that is none has the errors of any picture', async () => {
    await expect(openPicture(join(folder, 'none.jpg'), {})).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
    });
    await expect(openPicture(Buffer.from('text'), {})).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
  });
});
