import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastPixelsOf, shrinkView } from './shrink-view.ts';

const trained = { height: 300, width: 300 };

test('A view is made smaller by whole steps of 32 pixels', () => {
  // 470 x 470 pixels; sides of 12 more than a multiple of 32 are 460 and 492.
  expect(shrinkView({ size: 620, keepAspect: true }, 470 * 470, trained)).toEqual({
    size: { height: 460, width: 460 },
    keepAspect: true,
  });
});

test('What fits stays as it is', () => {
  expect(shrinkView({ size: 428, flip: true }, 428 * 428, trained)).toEqual({
    size: { height: 428, width: 428 },
    flip: true,
  });
});

test('Sides that differ keep their proportion', () => {
  // Half of 460 x 620 by each side is 0.7 of it: 325 x 438.
  expect(
    shrinkView({ size: { height: 460, width: 620 } }, (460 * 620) / 2, { height: 260, width: 300 }),
  ).toEqual({
    size: { height: 324, width: 428 },
  });
});

test('Nothing is made as small as the trained size, and tiles stay what they are', () => {
  expect(shrinkView({ size: 428 }, 331 * 331, trained)).toBeUndefined();
  expect(shrinkView({ size: 300 }, 300 * 300, trained)).toBeUndefined();
  expect(shrinkView({ tiles: [2, 2], overlap: 0.2, size: 620 }, 1e6, trained)).toBeUndefined();
  expect(leastPixelsOf({ size: 300, flip: true }, trained)).toBeUndefined();
  expect(leastPixelsOf({ size: 332 }, trained)).toBeUndefined();
  expect(leastPixelsOf({ tiles: [2, 2], overlap: 0.2, size: 620 }, trained)).toBeUndefined();
});

test('With the fewest pixels there is a smaller view, which has no more of them', () => {
  const side = fc.integer({ min: 96, max: 1500 });
  fc.assert(
    fc.property(side, side, side, side, (height, width, trainedHeight, trainedWidth) => {
      const by = { height: trainedHeight, width: trainedWidth };
      const least = leastPixelsOf({ size: { height, width } }, by);
      fc.pre(least !== undefined && least <= height * width);
      const shrunk = shrinkView({ size: { height, width } }, least ?? 0, by);
      const { size } = shrunk as { size: { height: number; width: number } };
      expect(size.height * size.width).toBeLessThanOrEqual(least ?? 0);
    }),
  );
});
