import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPixels, type RawPixels } from './check-pixels.ts';

const six = new Uint8Array([1, 2, 3, 4, 5, 6]);

test('pixels that fit are passed through without a copy', () => {
  const pixels = checkPixels({ data: six, width: 2, height: 1, channels: 3 });
  expect(pixels).toEqual({ data: six, width: 2, height: 1, channels: 3 });
  expect(pixels.data).toBe(six);
});

test('an ImageData, which does not name its channels, is RGBA by its length', () => {
  const imageData = { data: new Uint8ClampedArray(2 * 3 * 4), width: 2, height: 3, colorSpace: 'srgb' };
  expect(checkPixels(imageData).channels).toBe(4);
});

test('channels follow from the length for every size', () => {
  const side = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(side, side, fc.constantFrom(1, 3, 4), (width, height, channels) => {
      const data = new Uint8Array(width * height * channels);
      expect(checkPixels({ data, width, height }).channels).toBe(channels);
    }),
  );
});

test.each<[string, unknown, RegExp]>([
  ['a fraction of a pixel', { data: six, width: 1.5, height: 4 }, /width is 1\.5/],
  ['no width', { data: six, width: 0, height: 1 }, /width is 0/],
  ['a negative height', { data: six, width: 6, height: -1 }, /height is -1/],
  ['NaN', { data: six, width: Number.NaN, height: 1 }, /width is NaN/],
  ['a size in words', { data: six, width: '2', height: 1 }, /width is 2/],
  ['a plain array', { data: [1, 2, 3], width: 1, height: 1 }, /a plain array/],
  ['floats', { data: new Float32Array(3), width: 1, height: 1 }, /a Float32Array/],
  ['no data', { data: undefined, width: 1, height: 1 }, /missing/],
  ['five channels', { data: six, width: 1, height: 1, channels: 5 }, /5 channels/],
  [
    'two channels, by the length',
    { data: six, width: 3, height: 1 },
    /6 bytes are not 1, 3 or 4 channels of 3 x 1/,
  ],
  ['too few bytes', { data: six, width: 3, height: 1, channels: 3 }, /has 6 bytes; 3 x 1 x 3 channels are 9/],
  [
    'too many bytes',
    { data: six, width: 1, height: 1, channels: 4 },
    /has 6 bytes; 1 x 1 x 4 channels are 4/,
  ],
])('%s is refused', (_, pixels, message) => {
  expect(() => checkPixels(pixels as RawPixels)).toThrow(message);
  expect(() => checkPixels(pixels as RawPixels)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

test('a picture over the limit is refused with its size', () => {
  const pixels = { data: six, width: 3, height: 2, channels: 1 as const };
  expect(checkPixels(pixels, { maxPixels: 6 })).toEqual(pixels);
  expect(() => checkPixels(pixels, { maxPixels: 5 })).toThrow(/3 x 2 = 6 pixels; the limit is 5/);
  expect(() => checkPixels(pixels, { maxPixels: 5 })).toThrow(
    expect.objectContaining({ code: 'IMAGE_TOO_LARGE', value: 6 }),
  );
});
