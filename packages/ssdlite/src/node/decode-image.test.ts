import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './decode-image.ts';

const decode = (
  bytes: Uint8Array,
  options: { maxPixels?: number; contentType?: string; signal?: AbortSignal } = {},
) => decodeImage(bytes, { maxPixels: 1e9, name: 'it', signal: undefined, ...options });

/** 2 x 1 pixels: orange-brown and blue. */
const colours = [200, 100, 50, 10, 20, 250];
const twoPixels = () => sharp(Buffer.from(colours), { raw: { width: 2, height: 1, channels: 3 } });
/** The same as two squares of 16 pixels, which chroma subsampling does not blur in the middle. */
const twoSquares = () => twoPixels().resize(32, 16, { kernel: 'nearest', fit: 'fill' });

async function middles(bytes: Uint8Array): Promise<number[]> {
  const { data, width, height, channels } = await decode(bytes);
  expect([width, height, channels]).toEqual([32, 16, 3]);
  const at = (x: number) => [...data.subarray((8 * width + x) * 3, (8 * width + x) * 3 + 3)];
  return [...at(7), ...at(24)];
}

const near = (actual: number[], expected: number[], tolerance: number) =>
  expect(
    actual.every((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)) <= tolerance),
    `${actual} is not ${expected} ± ${tolerance}`,
  ).toBe(true);

/** A TIFF of one pixel, which is a 32-bit float: header, one directory of 10 entries, the value. */
function floatTiff(value: number): Uint8Array {
  const entries = [
    [256, 1], // width
    [257, 1], // height
    [258, 32], // bits a sample
    [259, 1], // not compressed
    [262, 1], // black is zero
    [273, 134], // where the strip is
    [277, 1], // samples a pixel
    [278, 1], // rows a strip
    [279, 4], // bytes of the strip
    [339, 3], // samples are floats
  ] as const;
  const bytes = Buffer.alloc(138);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, content]] of entries.entries()) {
    const at = 10 + index * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(4, at + 2); // LONG
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(content, at + 8);
  }
  bytes.writeFloatLE(value, 134);
  return bytes;
}

describe('formats', () => {
  test('lossless formats give the very pixels', async () => {
    const pixels = { data: new Uint8Array(colours), width: 2, height: 1, channels: 3 };
    expect(await decode(await twoPixels().png().toBuffer())).toEqual(pixels);
    expect(await decode(await twoPixels().png({ palette: true }).toBuffer())).toEqual(pixels);
    expect(await decode(await twoPixels().webp({ lossless: true }).toBuffer())).toEqual(pixels);
    expect(await decode(await twoPixels().tiff({ compression: 'lzw' }).toBuffer())).toEqual(pixels);
    expect(await decode(await twoPixels().gif().toBuffer())).toEqual(pixels);
  });

  test('lossy formats come close', async () => {
    near(await middles(await twoSquares().jpeg({ quality: 95 }).toBuffer()), colours, 3);
    near(await middles(await twoSquares().jpeg({ quality: 95, progressive: true }).toBuffer()), colours, 3);
    near(await middles(await twoSquares().webp({ quality: 95 }).toBuffer()), colours, 12);
    near(await middles(await twoSquares().avif({ quality: 90 }).toBuffer()), colours, 8);
    near(await middles(await twoSquares().tiff({ compression: 'jpeg', quality: 95 }).toBuffer()), colours, 8);
  });

  test('an SVG is drawn at its own size', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"><rect width="1" height="1" fill="#c86432"/></svg>';
    expect([...(await decode(Buffer.from(svg))).data]).toEqual([200, 100, 50, 255, 255, 255]);
  });

  test('grey becomes three equal channels', async () => {
    const grey = sharp(Buffer.from([0, 77, 255]), { raw: { width: 3, height: 1, channels: 1 } });
    const expected = [0, 0, 0, 77, 77, 77, 255, 255, 255];
    expect([...(await decode(await grey.clone().toColourspace('b-w').png().toBuffer())).data]).toEqual(
      expected,
    );
    near(
      [...(await decode(await grey.clone().toColourspace('b-w').jpeg({ quality: 100 }).toBuffer())).data],
      expected,
      3,
    );
  });

  test('transparent pixels lie on white', async () => {
    const rgba = sharp(Buffer.from([200, 100, 0, 255, 200, 100, 0, 128, 200, 100, 0, 0]), {
      raw: { width: 3, height: 1, channels: 4 },
    });
    // The middle is half of the colour and half of white: (200 * 128 + 255 * 127) / 255 = 227.4 and so on.
    const expected = [200, 100, 0, 227, 177, 127, 255, 255, 255];
    for (const bytes of [
      await rgba.clone().png().toBuffer(),
      await rgba.clone().webp({ lossless: true, exact: true }).toBuffer(),
    ]) {
      near([...(await decode(bytes)).data], expected, 1);
    }
  });

  test('of 16 bits the upper 8 are kept', async () => {
    const values = new Uint16Array([0x0000, 0x7fff, 0x8000, 0x80ff, 0xff00, 0xffff]);
    const wide = sharp(values, { raw: { width: 2, height: 1, channels: 3 } }).toColourspace('rgb16');
    const expected = [0x00, 0x7f, 0x80, 0x80, 0xff, 0xff];
    expect([...(await decode(await wide.clone().png().toBuffer())).data]).toEqual(expected);
    expect([...(await decode(await wide.clone().tiff({ compression: 'lzw' }).toBuffer())).data]).toEqual(
      expected,
    );
    const grey = sharp(new Uint16Array([0x0100, 0xab12]), { raw: { width: 2, height: 1, channels: 1 } });
    const greyPng = await grey.toColourspace('grey16').png().toBuffer();
    expect([...(await decode(greyPng)).data]).toEqual([1, 1, 1, 0xab, 0xab, 0xab]);
  });

  test('CMYK becomes RGB, by the profile in the file', async () => {
    const muted = [180, 120, 90, 90, 110, 150]; // inside what CMYK can print
    const squares = sharp(Buffer.from(muted), { raw: { width: 2, height: 1, channels: 3 } })
      .resize(32, 16, { kernel: 'nearest', fit: 'fill' })
      .toColourspace('cmyk');
    near(await middles(await squares.clone().jpeg({ quality: 100 }).toBuffer()), muted, 16);
    near(await middles(await squares.clone().tiff({ compression: 'lzw' }).toBuffer()), muted, 16);

    const profiled = await squares.withIccProfile('cmyk').jpeg({ quality: 100 }).toBuffer();
    near(await middles(profiled), muted, 16);
    expect((await decode(profiled)).data).toEqual(new Uint8Array(await sharp(profiled).raw().toBuffer()));
  });

  test('of an animation the first frame is taken', async () => {
    const frames = Buffer.from([...colours, 0, 255, 0, 0, 255, 0]);
    const animation = sharp(frames, { raw: { width: 2, height: 2, channels: 3, pageHeight: 1 } });
    const expected = { data: new Uint8Array(colours), width: 2, height: 1, channels: 3 };
    expect(await decode(await animation.clone().gif().toBuffer())).toEqual(expected);
    expect(await decode(await animation.clone().webp({ lossless: true }).toBuffer())).toEqual(expected);
  });

  test('an embedded RGB profile does not change the numbers', async () => {
    const plain = await twoSquares().jpeg().toBuffer();
    const profiled = await twoSquares().withIccProfile('p3').jpeg().toBuffer();
    const at = profiled.indexOf(Buffer.from('ICC_PROFILE')) - 4;
    const segment = profiled.subarray(at, at + 2 + profiled.readUInt16BE(at + 2));
    const both = Buffer.concat([plain.subarray(0, 2), segment, plain.subarray(2)]);
    expect((await sharp(both).metadata()).hasProfile).toBe(true);
    expect(await decode(both)).toEqual(await decode(plain));
  });
});

describe('orientation', () => {
  /** A B C over D E F, one grey each. */
  const letters = { A: 0, B: 50, C: 100, D: 150, E: 200, F: 250 };
  // How each of the eight EXIF orientations shows the stored rows ABC, DEF (EXIF 2.32, tag 0x0112).
  test.each([
    [1, ['ABC', 'DEF']],
    [2, ['CBA', 'FED']],
    [3, ['FED', 'CBA']],
    [4, ['DEF', 'ABC']],
    [5, ['AD', 'BE', 'CF']],
    [6, ['DA', 'EB', 'FC']],
    [7, ['FC', 'EB', 'DA']],
    [8, ['CF', 'BE', 'AD']],
  ])('orientation %i is turned upright', async (orientation, rows) => {
    const stored = sharp(Buffer.from(Object.values(letters)), { raw: { width: 3, height: 2, channels: 1 } })
      .resize(48, 32, { kernel: 'nearest', fit: 'fill' })
      .withMetadata({ orientation });
    for (const bytes of [
      await stored.clone().jpeg({ quality: 100 }).toBuffer(),
      await stored.clone().png().toBuffer(),
    ]) {
      const { data, width, height } = await decode(bytes);
      expect([width, height]).toEqual([(rows[0]?.length ?? 0) * 16, rows.length * 16]);
      for (const [y, row] of rows.entries()) {
        for (const [x, letter] of [...row].entries()) {
          const grey = data[((y * 16 + 8) * width + x * 16 + 8) * 3] ?? Number.NaN;
          expect(
            Math.abs(grey - letters[letter as keyof typeof letters]),
            `${letter} at ${x}, ${y}`,
          ).toBeLessThan(4);
        }
      }
    }
  });
});

describe("the same pixels as libjpeg-turbo's default decoder", () => {
  // SHA-256 of the RGB bytes that Pillow 12.0.0 (libjpeg-turbo, islow, fancy upsampling) gives for the sample photos.
  test.each([
    ['cake.jpg', 'fa90d13a52919ac4caebe19dfd122f8c2f5ce794dd92702f7bb317a6e2b29bd6'],
    ['glass-shower.jpg', '394d62a14383f66a0c316922273d8982e035294fafea9f3c5760a44c7f4a7f50'],
    ['bike-shop.jpg', '741325c85dadc9042385874571973fe7536c6220a93eaa6656afc512a419ebc6'],
    ['indoor-plant.jpg', 'b158f2be24579fc86b84545dfffe0a76274e14ea58d6ed52d109a0598eb83361'],
  ])('%s', async (file, sha256) => {
    const path = new URL(`../../../../examples/photos/${file}`, import.meta.url);
    const { data } = await decode(await readFile(path));
    expect(createHash('sha256').update(data).digest('hex')).toBe(sha256);
  });
});

describe('damage', () => {
  const photo = () =>
    sharp({
      create: {
        width: 64,
        height: 64,
        channels: 3,
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
        background: '#000',
      },
    });

  test('a JPEG that is cut anywhere is refused', async () => {
    for (const jpeg of [
      await photo().jpeg().toBuffer(),
      await photo().jpeg({ progressive: true }).toBuffer(),
    ]) {
      await decode(jpeg);
      for (const part of [0.05, 0.25, 0.5, 0.75, 0.95]) {
        const cut = jpeg.subarray(0, Math.floor(jpeg.length * part));
        await expect(decode(cut), `${part} of it`).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
      }
      await expect(decode(jpeg.subarray(0, -100))).rejects.toThrow(
        /^it is cut short: it ends before its last pixel/,
      );
      await expect(decode(jpeg.subarray(0, -2))).rejects.toThrow(/cut short/);
    }
  });

  test('a JPEG that lacks its end alone is refused, whatever its last bits are', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const noise = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => (i * i * seed * 7 + i * 31) % 256);
      const jpeg = await sharp(noise, { raw: { width: 16, height: 16, channels: 3 } })
        .jpeg()
        .toBuffer();
      expect((await decode(jpeg)).width).toBe(16);
      await expect(decode(jpeg.subarray(0, -2)), `seed ${seed}`).rejects.toThrow(/cut short/);
    }
  });

  test('a JPEG that was cut and closed again is refused', async () => {
    const jpeg = await photo().jpeg().toBuffer();
    const closed = Buffer.concat([jpeg.subarray(0, jpeg.length / 2), Buffer.from([0xff, 0xd9])]);
    await expect(decode(closed)).rejects.toThrow(/cut short/);
  });

  test('other formats that are cut in half are refused', async () => {
    for (const bytes of [
      await photo().png().toBuffer(),
      await photo().webp().toBuffer(),
      await photo().gif().toBuffer(),
      await photo().tiff().toBuffer(),
      await photo().avif().toBuffer(),
    ]) {
      await expect(decode(bytes.subarray(0, bytes.length / 2))).rejects.toMatchObject({
        code: 'IMAGE_UNREADABLE',
      });
    }
  });

  test('a PNG with a flipped byte is refused', async () => {
    const png = await photo().png().toBuffer();
    const middle = Math.floor(png.length / 2);
    png[middle] = (png[middle] ?? 0) ^ 0xff;
    await expect(decode(png)).rejects.toThrow(/^it is damaged \(/);
  });

  test('slips of real cameras are forgiven: bytes after the end, odd scan parameters', async () => {
    const jpeg = await photo().jpeg().toBuffer();
    const pixels = await decode(jpeg);
    expect(await decode(Buffer.concat([jpeg, Buffer.from('maker notes')]))).toEqual(pixels);
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    const odd = Buffer.from(jpeg);
    odd[scan + 11] = 1; // start of spectral selection, which a sequential scan must have 0
    expect((await decode(odd)).width).toBe(64);
  });
});

describe('what is no picture', () => {
  test.each([
    ['nothing', '', /^it is empty/],
    ['text', 'holiday notes', /^it is text\. Pass a JPEG/],
    ['a web page', '<!doctype html><title>Log in</title>', /^it is a web page\./],
    ['noise', '\u0001\u0002\u0003\u0004noise', /^it is not a picture of a known format\./],
    ['a broken SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="2"', /^it is damaged/],
  ])('%s is refused by name', async (_, content, message) => {
    await expect(decode(Buffer.from(content))).rejects.toThrow(message);
    await expect(decode(Buffer.from(content))).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
  });

  test("a server's content type is named", async () => {
    await expect(decode(Buffer.from('{}'), { contentType: 'application/json' })).rejects.toThrow(
      'it is text, sent as application/json.',
    );
  });

  test('a TIFF of measurements is refused, not cut to 8 bits', async () => {
    await expect(decode(floatTiff(0.5))).rejects.toThrow('it is a TIFF with samples of type float.');
    await expect(decode(floatTiff(0.5))).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
  });
});

describe('limits', () => {
  test('a picture over the pixel limit is refused with its size', async () => {
    const png = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    expect((await decode(png, { maxPixels: 60_000 })).width).toBe(300);
    await expect(decode(png, { maxPixels: 59_999 })).rejects.toThrow(
      'it has 300 x 200 = 60000 pixels; the limit is 59999.',
    );
    await expect(decode(png, { maxPixels: 59_999 })).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      value: 60_000,
    });
  });

  test('a small file that claims to be huge is refused before it is decoded', async () => {
    const png = await twoPixels().png().toBuffer();
    png.writeUInt32BE(100_000, 16);
    png.writeUInt32BE(100_000, 20);
    await expect(decode(png)).rejects.toMatchObject({
      code: expect.stringMatching(/IMAGE_TOO_LARGE|IMAGE_UNREADABLE/),
    });
  });

  test('1 x 1 and 30,000 x 10 pictures are pictures', async () => {
    for (const [width, height] of [
      [1, 1],
      [30_000, 10],
      [10, 30_000],
    ] as const) {
      const jpeg = await sharp({ create: { width, height, channels: 3, background: '#804020' } })
        .jpeg()
        .toBuffer();
      const pixels = await decode(jpeg);
      expect([pixels.width, pixels.height, pixels.data.length]).toEqual([width, height, width * height * 3]);
    }
  });

  test('the signal ends a decode before and within', async () => {
    const png = await sharp({ create: { width: 2000, height: 2000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    await expect(decode(png, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    const controller = new AbortController();
    const waiting = decode(png, { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
