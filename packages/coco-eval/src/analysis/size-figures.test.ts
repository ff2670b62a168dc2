import { expect, test } from 'vitest';
import { accumulate } from '../metric/accumulate.ts';
import { makeGroups } from '../metric/groups.ts';
import { matchAll } from '../metric/match.ts';
import { overlapsOf } from '../metric/overlaps-of.ts';
import { toyInput } from './fixtures/toy-evaluation.ts';
import { sizeFigures } from './size-figures.ts';

test('figures by size count an object on a border on both sides, and crowds nowhere', () => {
  const input = toyInput({
    images: [1],
    categories: [1],
    truths: [
      { image: 1, category: 1, box: [0, 0, 32, 32] },
      { image: 1, category: 1, box: [200, 0, 10, 10] },
      { image: 1, category: 1, box: [300, 0, 10, 10], crowd: true },
    ],
    detections: [{ image: 1, category: 1, box: [0, 0, 32, 32], score: 0.9 }],
  });
  const { truths, detections, params } = input;
  const groups = makeGroups(truths, detections, params);
  const matches = matchAll(truths, detections, groups, {
    params,
    overlaps: overlapsOf(truths, detections, params),
    keepMatches: false,
    corrected: false,
  });
  const figures = sizeFigures({ ...input, result: accumulate(groups, matches, detections, params) });
  expect(figures.map(({ label, truths: count, AR }) => [label, count, AR])).toEqual([
    ['all', 2, 0.5],
    ['small', 2, 0.5],
    ['medium', 1, 1],
    ['large', 0, -1],
  ]);
});
