// What detection says in words and figures.

import { expect, test } from 'vitest';
import { cocoNote } from './coco-note.ts';
import { detectSummary } from './detect-summary.ts';
import { median, percentile95, stageFigures, timingsTable } from './stage-times.ts';

const facts = {
  total: 10,
  objects: 34,
  engine: 'tfjs-wasm',
  stopped: false,
  places: ['drawn', 'found.json'],
};

test('A run that went well is one sentence, with where results are', () => {
  expect(detectSummary({ done: 10, failed: 0, seconds: 0.5 }, facts)).toBe(
    '\n34 objects in 10 pictures, 0.5 s (20.0 pictures/s) on tfjs-wasm. Written: drawn, found.json.\n',
  );
});

test('What failed and what is left undone is told', () => {
  const said = detectSummary({ done: 1, failed: 2, seconds: 1 }, { ...facts, objects: 1, stopped: true });
  expect(said).toContain('1 object in 1 picture, 1.0 s on tfjs-wasm.');
  expect(said).toContain('2 pictures could not be done.');
  expect(said).toContain('Stopped: 7 of 10 pictures left undone.');
});

test('After the error of a single picture there is nothing to add', () => {
  const counts = { done: 0, failed: 1, seconds: 0 };
  expect(detectSummary(counts, { ...facts, total: 1, objects: 0, places: [] })).toBe('');
});

test('Median and 95th percentile are those of the sorted numbers', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
  expect(percentile95(Array.from({ length: 100 }, (_, index) => 100 - index))).toBe(95);
  expect(percentile95([7])).toBe(7);
});

test('Stages that did not happen are left out', () => {
  const times = { decode: 1, preprocess: 2, inference: 3, postprocess: 4, total: 10 };
  expect(Object.keys(stageFigures([times]))).toEqual([
    'decode',
    'preprocess',
    'inference',
    'postprocess',
    'total',
  ]);
  expect(timingsTable([{ ...times, output: 5 }])).toContain('output          5.00   5.00\n');
  expect(timingsTable([])).toBe('');
});

test('Pictures whose image_id is not their name are told, the first and the last of many', () => {
  const named = (...names: string[]) =>
    cocoNote(names.map((name) => ({ name: `in/${name}`, fileName: name })));
  expect(named('000000000139.jpg', '7.png')).toBeUndefined();
  expect(named('a.jpg', 'b.jpg')).toBe(
    'image_id is the place of the picture in the list: 1 is in/a.jpg, 2 is in/b.jpg\n',
  );
  expect(named('a', 'b', 'c', 'd', 'e', 'f')).toMatch(
    /: 1 is in\/a, 2 is in\/b, 3 is in\/c, \.\.\., 6 is in\/f\n$/,
  );
  expect(named('9.jpg', 'b.jpg')).toContain(
    'for 1 of them; the others have it from their names: 2 is in/b.jpg',
  );
});
