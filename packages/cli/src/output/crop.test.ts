import sharp from 'sharp';
import { expect, test } from 'vitest';
import { crops, wholePixels } from './crop.ts';

test('A box grows to whole pixels, and stays inside the picture with at least one', () => {
  const image = { width: 100, height: 50 };
  expect(wholePixels({ x: 1.5, y: 2.2, width: 3, height: 4 }, image)).toEqual({
    left: 1,
    top: 2,
    width: 4,
    height: 5,
  });
  expect(wholePixels({ x: 0, y: 0, width: 100, height: 50 }, image)).toEqual({ left: 0, top: 0, ...image });
  expect(wholePixels({ x: 100, y: 50, width: 0, height: 0 }, image)).toEqual({
    left: 99,
    top: 49,
    width: 1,
    height: 1,
  });
});

test('Crops hold the pixels of their box, and are named after picture and label', async () => {
  // Two pixels side by side: red and blue.
  const pixels = { data: Uint8Array.of(255, 0, 0, 0, 0, 255), width: 2, height: 1, channels: 3 } as const;
  const detections = [
    { label: 'traffic light', classId: 10, score: 0.9, box: { x: 1, y: 0, width: 1, height: 1 } },
    { label: '../..', classId: 1, score: 0.8, box: { x: 0, y: 0, width: 1, height: 1 } },
  ];
  const cut = [];
  for await (const { name, bytes } of crops(pixels, { detections, name: 'street.png' })) {
    cut.push([name, [...(await sharp(bytes).raw().toBuffer())]]);
  }
  expect(cut).toEqual([
    ['street-1-traffic-light.png', [0, 0, 255]],
    ['street-2-object.png', [255, 0, 0]],
  ]);
});
