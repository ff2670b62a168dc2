import { describe, expect, test } from 'vitest';
import { type ToyDetection, type ToyTruth, toyInput } from './fixtures/toy-evaluation.ts';
import { vocAp } from './voc-ap.ts';

const truth = (x: number, more: Partial<ToyTruth> = {}): ToyTruth => ({
  image: 1,
  category: 1,
  box: [x, 0, 10, 10],
  ...more,
});
const detection = (x: number, score: number, more: Partial<ToyDetection> = {}): ToyDetection => ({
  image: 1,
  category: 1,
  box: [x, 0, 10, 10],
  score,
  ...more,
});
const input = (truths: readonly ToyTruth[], detections: readonly ToyDetection[]) =>
  toyInput({ images: [1], categories: [1], truths, detections });

describe('vocAp', () => {
  const ranking = input(
    [truth(0), truth(100), truth(200), truth(300)],
    [detection(0, 0.9), detection(50, 0.8), detection(100, 0.7)],
  );

  test('takes eleven points in 2007', () => {
    // Recalls 0, 0.1 and 0.2 are reached with precision 1; 0.3, 0.4 and 0.5 with 2/3; more is not.
    expect(vocAp(ranking, { year: 2007 }).mAP).toBeCloseTo((3 + 3 * (2 / 3)) / 11, 12);
  });

  test('takes the whole area from 2010 on', () => {
    expect(vocAp(ranking, { year: 2012 }).mAP).toBeCloseTo(0.25 * 1 + 0.25 * (2 / 3), 12);
  });

  test('counts a second detection of an object as wrong', () => {
    const [own] = vocAp(input([truth(0)], [detection(0, 0.9), detection(0, 0.8)])).perCategory;
    expect(own).toMatchObject({ truePositives: 1, falsePositives: 1, AP: 1 });
  });

  test('does not give a detection the second best object, as COCO would', () => {
    const overlapping = input([truth(0), truth(3)], [detection(1, 0.9), detection(1, 0.8)]);
    expect(vocAp(overlapping).perCategory[0]).toMatchObject({ truePositives: 1, falsePositives: 1 });
  });

  test('neither asks for difficult objects nor minds who finds them', () => {
    const [own] = vocAp(
      input([truth(0, { crowd: true })], [detection(0, 0.9), detection(0, 0.8)]),
    ).perCategory;
    expect(own).toEqual({ categoryId: 1, AP: -1, truths: 0, truePositives: 0, falsePositives: 0 });
    const flagged = vocAp(input([truth(0), truth(100)], [detection(0, 0.9), detection(100, 0.8)]), {
      difficult: [1, 0],
    });
    expect(flagged.perCategory[0]).toMatchObject({ AP: 1, truths: 1, truePositives: 1, falsePositives: 0 });
  });

  test('takes an overlap of exactly the threshold, and all detections however many', () => {
    expect(vocAp(input([truth(0)], [detection(0, 0.9, { box: [0, 0, 10, 5] })])).mAP).toBe(1);
    const many = Array.from({ length: 150 }, (_, i) => detection(500 + i, 0.9));
    expect(vocAp(input([truth(0)], [...many, detection(0, 0.1)])).mAP).toBeCloseTo(1 / 151, 12);
  });

  test('refuses what VOC does not know', () => {
    const keypoints = toyInput(
      { images: [], categories: [], truths: [], detections: [] },
      { type: 'keypoints' },
    );
    expect(() => vocAp(keypoints)).toThrow(/VOC knows no keypoints/);
  });
});
