import { expect, test } from 'vitest';
import { tfOdBoxCoder } from './box-coder.ts';
import { selectCandidates } from './candidates.ts';

const anchors = Float32Array.of(0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1);
const boxes = new Float32Array(8);
const select = (logits: number[], thresholds: number[]) =>
  selectCandidates(
    { boxes, logits: Float32Array.from(logits) },
    { anchors, coder: tfOdBoxCoder, thresholds: Float64Array.from(thresholds) },
  );

test('A box is a candidate for every class whose threshold its score reaches', () => {
  const found = select([9, 0, 2, 9, -1, 0], [Number.POSITIVE_INFINITY, 0.5, 0.5]);
  expect([...found.anchors]).toEqual([0, 0, 1]);
  expect([...found.columns]).toEqual([1, 2, 2]);
  expect(found.scores[0]).toBe(0.5);
  expect(found.scores[1]).toBeCloseTo(0.880797, 6);
  expect([...found.boxes]).toEqual([0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1]);
});

test('A score equal to the threshold counts, the next one below does not', () => {
  const threshold = Math.fround(1 / (1 + Math.exp(-1)));
  expect(select([1, 0], [threshold]).count).toBe(1);
  expect(select([1, 0], [threshold + 1e-7]).count).toBe(0);
});

test('A threshold of 0 takes all, also scores that vanish; one of 1 only certainty', () => {
  expect(select([-200, 3], [0]).count).toBe(2);
  expect(select([12, 40], [1]).count).toBe(1);
});
