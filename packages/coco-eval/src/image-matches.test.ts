import { expect, test } from 'vitest';
import type { CocoAnnotation } from './data/coco-types.ts';
import { imageMatches } from './image-matches.ts';
import { prepareEvaluation } from './prepare-evaluation.ts';

const bbox = [10, 10, 40, 40];
const object = { image_id: 1, category_id: 1, bbox };

function matchesOf(annotations: readonly Partial<CocoAnnotation>[], scores: readonly number[]) {
  const groundTruth = {
    images: [{ id: 1 }],
    categories: [{ id: 1 }],
    annotations: annotations.map((one, place) => ({
      ...object,
      area: 1600,
      iscrowd: 0,
      id: place + 1,
      ...one,
    })),
  };
  const detections = scores.map((score) => ({ ...object, score }));
  const evaluation = prepareEvaluation(groundTruth, detections, { iouThresholds: [0.5] });
  const [first] = imageMatches(evaluation);
  return { truths: Array.from(first?.truths ?? []), took: Array.from(first?.truthMatches[0] ?? []) };
}

test('of equal overlaps the later ground truth is taken first', () => {
  expect(matchesOf([{}, {}, {}], [0.9, 0.8])).toEqual({ truths: [0, 1, 2], took: [-1, 1, 0] });
});

test('of annotations with one id there are copies of the last, and each is taken once (coco.py, createIndex)', () => {
  expect(matchesOf([{ id: 7 }, { id: 7 }, { id: 7 }], [0.9, 0.8])).toEqual({
    truths: [2, 2, 2],
    took: [-1, 1, 0],
  });
});

test('a crowd is taken by all, and keeps the last', () => {
  expect(
    matchesOf(
      [
        { id: 7, iscrowd: 1 },
        { id: 7, iscrowd: 1 },
      ],
      [0.9, 0.8],
    ),
  ).toEqual({
    truths: [1, 1],
    took: [-1, 1],
  });
});
