import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fallingOrder, groupBoxes } from './group-boxes.ts';
import { madeUpView } from './made-up-views.ts';

const square = [0, 0, 10, 10] as const;

test('Boxes are sorted by score times what their view is worth against the best one', () => {
  const [group] = groupBoxes(
    [madeUpView([[0.9, 1, ...square]], { worth: 0.5 }), madeUpView([[0.5, 1, ...square]], { worth: 1 })],
    { most: 10 },
  );
  expect([...(group?.scores ?? [])]).toEqual([0.5, 0.9]);
  expect([...(group?.weights ?? [])]).toEqual([1, 0.5]);
  expect([...(group?.views ?? [])]).toEqual([1, 0]);
});

test('Each class has a group of its own, of at most so many boxes', () => {
  const boxes = [0.3, 0.7, 0.5].map((score) => [score, 2, ...square] as const);
  const groups = groupBoxes([madeUpView([...boxes, [0.6, 1, ...square]])], { most: 9, mostOfClass: 2 });
  expect(groups.map(({ column, scores }) => [column, ...scores])).toEqual([
    [2, 0.7, 0.5],
    [1, 0.6],
  ]);
});

test('The best boxes of all classes together are kept', () => {
  const boxes = [0.3, 0.7, 0.5].map((score) => [score, 2, ...square] as const);
  const groups = groupBoxes([madeUpView([...boxes, [0.4, 1, ...square]])], { most: 3 });
  expect(groups.map(({ column, scores }) => [column, ...scores])).toEqual([
    [2, 0.7, 0.5],
    [1, 0.4],
  ]);
});

test('The order is that of a sort by rank, the earlier first among equals', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: 0, max: 1, noNaN: true })), fc.nat(12), (values, most) => {
      const ranks = Float32Array.from(values.map(Math.abs));
      const expected = [...ranks.keys()].sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || a - b);
      expect([...fallingOrder(ranks)]).toEqual(expected);
      expect([...fallingOrder(ranks, most)]).toEqual(expected.slice(0, most));
    }),
  );
});

test('A class that no view saw with its threshold is left out, one that one view saw is not', () => {
  const views = [
    madeUpView([
      [0.3, 1, ...square],
      [0.3, 2, ...square],
    ]),
    madeUpView([[0.6, 2, ...square]]),
  ];
  const groups = groupBoxes(views, { most: 10, thresholds: Float64Array.of(1, 0.5, 0.5) });
  expect(groups.map(({ column, count }) => [column, count])).toEqual([[2, 2]]);
});
