import { expect, test } from 'vitest';
import { nextView } from './next-view.ts';

// Eight of a hundred milliseconds are kept for what comes after the passes: hence the 0.92.

/** Views of so many pixels, none of which may be made smaller. */
const whole = (...pixels: number[]) => pixels.map((count) => ({ pixels: count, leastPixels: count }));

test('Without a budget views come in their order', () => {
  expect(nextView(whole(9, 1, 5), { elapsedMs: 100, budgetMs: undefined, msPerPixel: 1 })).toEqual({
    place: 0,
    pixels: 9,
  });
});

test('So they do while there is time for all', () => {
  expect(nextView(whole(1, 9, 5), { elapsedMs: 10, budgetMs: 25 / 0.92, msPerPixel: 1 })).toEqual({
    place: 0,
    pixels: 1,
  });
});

test('Else the largest that ends in time is next', () => {
  expect(nextView(whole(1, 9, 5, 2), { elapsedMs: 10, budgetMs: 16 / 0.92, msPerPixel: 1 })).toEqual({
    place: 2,
    pixels: 5,
  });
});

test('Of equal ones the first', () => {
  expect(nextView(whole(4, 4, 4), { elapsedMs: 0, budgetMs: 5 / 0.92, msPerPixel: 1 })).toEqual({
    place: 0,
    pixels: 4,
  });
});

test('One that is too large is made smaller, if that is still the most', () => {
  const left = [...whole(1, 4), { pixels: 9, leastPixels: 3 }, { pixels: 20, leastPixels: 3 }];
  expect(nextView(left, { elapsedMs: 10, budgetMs: 16 / 0.92, msPerPixel: 1 })).toEqual({
    place: 2,
    pixels: 6,
  });
  expect(nextView(left, { elapsedMs: 12, budgetMs: 16 / 0.92, msPerPixel: 1 })).toEqual({
    place: 1,
    pixels: 4,
  });
  expect(nextView(left, { elapsedMs: 14, budgetMs: 16 / 0.92, msPerPixel: 1 })).toEqual({
    place: 0,
    pixels: 1,
  });
});

test('None, where none does', () => {
  expect(nextView(whole(4, 3), { elapsedMs: 10, budgetMs: 12 / 0.92, msPerPixel: 1 })).toBeUndefined();
  expect(nextView([], { elapsedMs: 0, budgetMs: undefined, msPerPixel: 1 })).toBeUndefined();
});
