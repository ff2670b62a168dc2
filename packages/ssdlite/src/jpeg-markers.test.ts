import sharp from 'sharp';
import { expect, test } from 'vitest';
import { readJpegMarkers } from './jpeg-markers.ts';

const picture = (channels: 3 | 4) =>
  sharp({ create: { width: 8, height: 8, channels, background: '#804020' } });

const components = (bytes: Uint8Array | number[]) => readJpegMarkers(Uint8Array.from(bytes))?.components;
const ended = (bytes: Uint8Array | number[]) => readJpegMarkers(Uint8Array.from(bytes))?.ended;

test('a frame header tells grey, colour and CMYK apart', async () => {
  expect(components(await picture(3).greyscale().toColourspace('b-w').jpeg().toBuffer())).toBe(1);
  expect(components(await picture(3).jpeg().toBuffer())).toBe(3);
  expect(components(await picture(3).jpeg({ progressive: true }).toBuffer())).toBe(3);
  expect(components(await picture(3).toColourspace('cmyk').jpeg().toBuffer())).toBe(4);
});

test('segments and fill bytes before the frame header are passed over', () => {
  const app0 = [0xff, 0xe0, 0, 4, 0xff, 0xc0]; // looks like a frame header inside
  const sof2 = [0xff, 0xff, 0xc2, 0, 20, 8, 0, 1, 0, 1, 4, 0];
  expect(components([0xff, 0xd8, ...app0, ...sof2])).toBe(4);
});

test('a frame header behind the first scan does not count', () => {
  expect(components([0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xc0, 0, 8, 8, 0, 1, 0])).toBeUndefined();
});

test('the end is where it belongs: not in a thumbnail, and before what is appended', async () => {
  const jpeg = await picture(3).jpeg().toBuffer();
  expect([ended(jpeg), ended([...jpeg, 1, 2, 3]), ended(jpeg.subarray(0, -2))]).toEqual([true, true, false]);
  // An application segment that holds an end.
  expect(ended([0xff, 0xd8, 0xff, 0xe1, 0, 4, 0xff, 0xd9, 0xff, 0xda, 0, 2, 7])).toBe(false);
});

test('what does not begin as a JPEG is none', async () => {
  expect(readJpegMarkers(await picture(4).png().toBuffer())).toBeUndefined();
  expect(readJpegMarkers(new Uint8Array())).toBeUndefined();
  expect(readJpegMarkers(new Uint8Array(64).fill(0xff))).toBeUndefined();
  expect(components([0xff, 0xd8, 0xff])).toBeUndefined();
});
