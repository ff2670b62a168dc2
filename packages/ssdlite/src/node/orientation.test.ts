import sharp from 'sharp';
import { expect, test } from 'vitest';
import { displayedSize, type Orientation, regionInFile, turnPixels } from './orientation.ts';

const orientations: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

// Three columns, two rows, all different.
const file = { data: Uint8Array.of(10, 20, 30, 40, 50, 60), width: 3, height: 2, channels: 1 } as const;

test.each([
  [1, [10, 20, 30, 40, 50, 60]],
  [2, [30, 20, 10, 60, 50, 40]],
  [3, [60, 50, 40, 30, 20, 10]],
  [4, [40, 50, 60, 10, 20, 30]],
  [5, [10, 40, 20, 50, 30, 60]],
  [6, [40, 10, 50, 20, 60, 30]],
  [7, [60, 30, 50, 20, 40, 10]],
  [8, [30, 60, 20, 50, 10, 40]],
] as const)('Orientation %i turns three by two pixels to %o', (orientation, expected) => {
  expect([...turnPixels(file, orientation).data]).toEqual(expected);
});

test.each(orientations)('Orientation %i turns as sharp does', async (orientation) => {
  const jpeg = await sharp(file.data, { raw: { ...file } })
    .png()
    .withMetadata({ orientation })
    .toBuffer();
  const { data, info } = await sharp(jpeg)
    .autoOrient()
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const turned = turnPixels(file, orientation);
  expect([turned.width, turned.height]).toEqual([info.width, info.height]);
  expect([...turned.data]).toEqual([...data]);
});

test.each(orientations)('A region of a picture of orientation %i is found in its file', (orientation) => {
  const displayed = displayedSize(file, orientation);
  const whole = turnPixels(file, orientation);
  for (let y = 0; y < displayed.height; y++) {
    for (let x = 0; x < displayed.width; x++) {
      const part = regionInFile({ x, y, width: 1, height: 1 }, { displayed, orientation });
      expect(file.data[part.y * 3 + part.x]).toBe(whole.data[y * displayed.width + x]);
    }
  }
});
