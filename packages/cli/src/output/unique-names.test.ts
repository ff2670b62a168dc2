import { expect, test } from 'vitest';
import { uniqueNames } from './unique-names.ts';

test('Names that differ stay as they are', () => {
  expect(uniqueNames(['b.jpg', 'a.jpg', 'a.png', 'a'])).toEqual(['b.jpg', 'a.jpg', 'a.png', 'a']);
});

test('The first of equal names keeps it, the next ones are counted', () => {
  expect(uniqueNames(['a.jpg', 'a.jpg', 'a.jpg'])).toEqual(['a.jpg', 'a-2.jpg', 'a-3.jpg']);
});

test('A counted name never takes one that a later picture has', () => {
  expect(uniqueNames(['a.jpg', 'a.jpg', 'a-2.jpg', 'a-3.jpg'])).toEqual([
    'a.jpg',
    'a-4.jpg',
    'a-2.jpg',
    'a-3.jpg',
  ]);
});

test('Names that differ in case alone are told apart: many file systems do not', () => {
  expect(uniqueNames(['A.JPG', 'a.jpg', 'a-2.jpg'])).toEqual(['A.JPG', 'a-3.jpg', 'a-2.jpg']);
});

test('A name without extension is counted at its end, and one that begins with a dot too', () => {
  expect(uniqueNames(['a', 'a', '.b', '.b'])).toEqual(['a', 'a-2', '.b', '.b-2']);
});
