import { expect, test } from 'vitest';
import { ssdAnchors } from './ssd-anchors.ts';
import { ssdliteMobileNetV2 } from './ssd-config.ts';
import { viewAnchors } from './view-anchors.ts';

const square = (side: number) => ({ height: side, width: side });

test('At the trained size they are the trained anchors, to the bit', () => {
  expect(viewAnchors(ssdliteMobileNetV2, square(300))).toEqual(ssdAnchors(ssdliteMobileNetV2));
});

test('At 492 they are of the same size in pixels, at 16 i + 6, 32 i + 6, 64 i + 22 on the first maps', () => {
  const anchors = viewAnchors(ssdliteMobileNetV2, square(492));
  const pixels = (row: number) =>
    [...anchors.subarray(row * 4, row * 4 + 4)].map((side) => Math.round(side * 492 * 100) / 100);
  // 31 x 31 cells of three, then 16 x 16 of six, then 8 x 8 of six.
  expect(pixels(0)).toEqual([6 - 15, 6 - 15, 6 + 15, 6 + 15]);
  expect(pixels(3)).toEqual([-9, 22 - 15, 21, 22 + 15]);
  const second = 31 * 31 * 3;
  expect(pixels(second)).toEqual([6 - 52.5, 6 - 52.5, 6 + 52.5, 6 + 52.5]);
  expect(pixels(second + 6)[1]).toBe(38 - 52.5);
  const third = second + 16 * 16 * 6;
  expect(pixels(third)).toEqual([22 - 75, 22 - 75, 22 + 75, 22 + 75]);
});

test('A wide input has more columns than rows', () => {
  const anchors = viewAnchors(ssdliteMobileNetV2, { height: 300, width: 428 });
  // Stride 16: 19 x 27, then 10 x 14, 5 x 7, 3 x 4, 2 x 2, 1 x 1.
  expect(anchors.length / 4).toBe(19 * 27 * 3 + (10 * 14 + 5 * 7 + 3 * 4 + 2 * 2 + 1) * 6);
});
