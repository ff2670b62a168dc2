import { expect, test } from 'vitest';
import { canLargerViewsHelp } from './can-larger-views-help.ts';

/** Boxes of one score and side, as a share of the input. */
function found(count: number, { score, side }: { readonly score: number; readonly side: number }) {
  return {
    count,
    columns: new Int32Array(count),
    anchors: new Int32Array(count),
    scores: new Float32Array(count).fill(score),
    boxes: Float32Array.from({ length: count * 4 }, (_, i) => (i % 4 < 2 ? 0 : side)),
  };
}

test('They can where small boxes have a score of 4 together', () => {
  expect(canLargerViewsHelp(found(9, { score: 0.5, side: 0.2 }))).toBe(true);
  expect(canLargerViewsHelp(found(7, { score: 0.5, side: 0.2 }))).toBe(false);
});

test('They cannot where all is large, or hardly has a score', () => {
  expect(canLargerViewsHelp(found(100, { score: 0.5, side: 0.4 }))).toBe(false);
  expect(canLargerViewsHelp(found(1000, { score: 0.04, side: 0.2 }))).toBe(false);
});
