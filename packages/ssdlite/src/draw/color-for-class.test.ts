import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classPalette } from './class-palette.ts';
import { colorForClass } from './color-for-class.ts';
import { contrast } from './contrast.ts';

/** sRGB to OKLab, in which distances are what the eye sees: some 0.02 is just noticed (B. Ottosson, 2020). */
function oklab(color: string): [number, number, number] {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function smallestDistance(ids: readonly number[]): number {
  const colors = ids.map((id) => oklab(colorForClass(id).box));
  const distances = colors.flatMap((a, i) =>
    colors.slice(i + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])),
  );
  return Math.min(...distances);
}

const idsTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

test('all 90 ids of COCO can be told apart', () => {
  expect(smallestDistance(idsTo(90))).toBeGreaterThan(0.059);
});

test('the ids that are met most, the first dozen, differ plainly', () => {
  expect(smallestDistance(idsTo(12))).toBeGreaterThan(0.16);
});

test('neighbouring ids differ plainly', () => {
  for (const id of idsTo(90))
    expect(smallestDistance([id, id + 1]), `${id} and ${id + 1}`).toBeGreaterThan(0.09);
});

test('text has a contrast of 4.5 or more on every colour', () => {
  for (const id of idsTo(96)) {
    const { box, text } = colorForClass(id);
    expect(contrast(box, text), `${text} on ${box}`).toBeGreaterThanOrEqual(4.5);
  }
});

test('a class keeps its colour', () => {
  expect(colorForClass(1)).toEqual({ box: '#37d0ff', text: '#000000' });
  expect(colorForClass(3)).toEqual({ box: '#a900f9', text: '#ffffff' });
  expect(colorForClass(18)).toEqual({ box: '#c7c8ff', text: '#000000' });
});

test('every whole number is an id', () => {
  fc.assert(
    fc.property(fc.integer(), (id) => {
      expect(classPalette).toContain(colorForClass(id).box);
      expect(colorForClass(id + classPalette.length)).toEqual(colorForClass(id));
    }),
  );
});

test('contrast is 21 between black and white, 1 between equals, whichever comes first', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
  expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 10);
  expect(contrast('#123456', '#123456')).toBe(1);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2); // a well-known near miss
});
