import { describe, expect, test } from 'vitest';
import { halvePixels, pixelPyramid } from './pixel-pyramid.ts';

describe('halving', () => {
  test('takes the mean of four', () => {
    const pixels = { data: Uint8Array.of(0, 10, 20, 30), width: 2, height: 2, channels: 1 } as const;
    expect(halvePixels(pixels)).toEqual({ data: Uint8Array.of(15), width: 1, height: 1, channels: 1 });
  });

  test('of an odd side lets the last column stand for two', () => {
    const pixels = { data: Uint8Array.of(0, 10, 50), width: 3, height: 1, channels: 1 } as const;
    expect([...halvePixels(pixels).data]).toEqual([5, 50]);
  });
});

describe('a pyramid', () => {
  const pixels = { data: new Uint8Array(1200 * 800), width: 1200, height: 800, channels: 1 } as const;
  const picture = pixelPyramid(pixels);
  const whole = { x: 0, y: 0, width: 1200, height: 800 };
  const widthAt = async (input: number, region = whole) =>
    (await picture.read(region, { height: input, width: input })).picture.width;

  test('gives the picture itself where it is resized by less than three', async () => {
    expect(await widthAt(600)).toBe(1200);
    expect(await widthAt(401)).toBe(1200);
  });

  test('gives a half where it is resized by three to six, and so on', async () => {
    expect(await widthAt(400)).toBe(600);
    expect(await widthAt(200)).toBe(300);
  });

  test('maps a part into it', async () => {
    const part = await picture.read({ x: 600, y: 400, width: 600, height: 400 }, { height: 100, width: 100 });
    expect(part.region).toEqual({ x: 150, y: 100, width: 150, height: 100 });
  });
});
