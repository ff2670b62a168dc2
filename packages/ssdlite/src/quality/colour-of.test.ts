import { describe, expect, test } from 'vitest';
import { colourOf } from './colour-of.ts';

describe('a part of one colour', () => {
  // 3 x 2 of RGB: all [1, 2, 3], but for the last pixel.
  const data = Uint8Array.of(1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 4);
  const pixels = { data, width: 3, height: 2, channels: 3 } as const;

  test('is known by it', () => {
    expect(colourOf(pixels, { x: 0, y: 0, width: 2, height: 2 })).toBe('1 2 3');
    expect(colourOf(pixels, { x: 0.5, y: 0, width: 1.5, height: 1 })).toBe('1 2 3');
  });

  test('is none if a single pixel differs, a half of which is in it', () => {
    expect(colourOf(pixels, { x: 0, y: 0, width: 3, height: 2 })).toBeUndefined();
    expect(colourOf(pixels, { x: 0, y: 0, width: 2.5, height: 1.5 })).toBeUndefined();
  });

  test('may differ in alpha', () => {
    const clear = {
      data: Uint8Array.of(9, 9, 9, 0, 9, 9, 9, 255),
      width: 2,
      height: 1,
      channels: 4,
    } as const;
    expect(colourOf(clear, { x: 0, y: 0, width: 2, height: 1 })).toBe('9 9 9');
  });

  test('is not looked for on a device', () => {
    const picture = { width: 1, height: 1, release() {} };
    expect(colourOf(picture, { x: 0, y: 0, width: 1, height: 1 })).toBeUndefined();
  });
});
