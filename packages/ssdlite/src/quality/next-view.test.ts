import { expect, test } from 'vitest';
import { nextView } from './next-view.ts';

test('Without a budget views come in their order', () => {
  expect(nextView([9, 1, 5], { elapsedMs: 100, budgetMs: undefined, msPerPixel: 1 })).toBe(0);
});

test('So they do while there is time for all', () => {
  expect(nextView([1, 9, 5], { elapsedMs: 10, budgetMs: 25, msPerPixel: 1 })).toBe(0);
});

test('Else the largest that ends in time is next', () => {
  expect(nextView([1, 9, 5, 2], { elapsedMs: 10, budgetMs: 16, msPerPixel: 1 })).toBe(2);
});

test('Of equal ones the first', () => {
  expect(nextView([4, 4, 4], { elapsedMs: 0, budgetMs: 5, msPerPixel: 1 })).toBe(0);
});

test('None, where none does', () => {
  expect(nextView([4, 3], { elapsedMs: 10, budgetMs: 12, msPerPixel: 1 })).toBeUndefined();
  expect(nextView([], { elapsedMs: 0, budgetMs: undefined, msPerPixel: 1 })).toBeUndefined();
});
