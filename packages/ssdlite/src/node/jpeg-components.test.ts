import sharp from 'sharp';
import { expect, test } from 'vitest';
import { jpegComponents } from './jpeg-components.ts';

const picture = (channels: 3 | 4) =>
  sharp({ create: { width: 8, height: 8, channels, background: '#804020' } });

test('a frame header tells grey, colour and CMYK apart', async () => {
  expect(jpegComponents(await picture(3).greyscale().toColourspace('b-w').jpeg().toBuffer())).toBe(1);
  expect(jpegComponents(await picture(3).jpeg().toBuffer())).toBe(3);
  expect(jpegComponents(await picture(3).jpeg({ progressive: true }).toBuffer())).toBe(3);
  expect(jpegComponents(await picture(3).toColourspace('cmyk').jpeg().toBuffer())).toBe(4);
});

test('segments and fill bytes before the frame header are passed over', () => {
  const app0 = [0xff, 0xe0, 0, 4, 0xff, 0xc0]; // looks like a frame header inside
  const sof2 = [0xff, 0xff, 0xc2, 0, 20, 8, 0, 1, 0, 1, 4, 0];
  expect(jpegComponents(new Uint8Array([0xff, 0xd8, ...app0, ...sof2]))).toBe(4);
});

test('what is no JPEG, or one without a frame header, has no components', async () => {
  expect(jpegComponents(await picture(4).png().toBuffer())).toBeUndefined();
  expect(jpegComponents(new Uint8Array())).toBeUndefined();
  expect(jpegComponents(new Uint8Array([0xff, 0xd8, 0xff]))).toBeUndefined();
  expect(
    jpegComponents(new Uint8Array([0xff, 0xd8, 0xff, 0xda, 0, 0, 0xff, 0xc0, 0, 8, 8, 0, 1, 0])),
  ).toBeUndefined();
  expect(jpegComponents(new Uint8Array(64).fill(0xff))).toBeUndefined();
});
