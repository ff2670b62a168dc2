import { expect, test } from 'vitest';
import { drawStyle } from './draw-style.ts';

const style = (width: number, height: number, pixelRatio = 1) => drawStyle({ width, height }, { pixelRatio });

test('sizes grow with the picture', () => {
  expect(style(640, 480).fontSize).toBeCloseTo(13.0, 1);
  expect(style(640, 480).lineWidth).toBeCloseTo(2.0, 1);
  expect(style(4000, 3000).fontSize).toBeCloseTo(81.4, 1);
  expect(style(4000, 3000).lineWidth).toBeCloseTo(12.5, 1);
});

test('on small pictures letters stay readable and lines visible', () => {
  expect(style(40, 40)).toEqual({ lineWidth: 1.5, fontSize: 10, smallFontSize: 10 });
});

test('a dense screen needs more pixels for the same', () => {
  expect(style(80, 80, 2)).toEqual({ lineWidth: 3, fontSize: 20, smallFontSize: 20 });
});

test('a label is never higher than the picture', () => {
  expect(style(30_000, 10).fontSize * 1.35).toBeCloseTo(10, 10);
  expect(style(1, 1).fontSize * 1.35).toBeCloseTo(1, 10);
});

test('small labels are smaller, but not unreadable', () => {
  expect(style(640, 480).smallFontSize).toBeCloseTo(10.2, 1);
  expect(style(400, 300).smallFontSize).toBe(10);
});

test('sizes that are given are taken', () => {
  const given = drawStyle({ width: 640, height: 480 }, { pixelRatio: 2, fontSize: 30, lineWidth: 5 });
  expect(given).toEqual({ lineWidth: 5, fontSize: 30, smallFontSize: 30 });
});
