import { describe, expect, test } from 'vitest';
import type { CocoImage } from '../data/coco-types.ts';
import { evaluateLvis } from './evaluate-lvis.ts';
import { type ToyDetection, type ToyTruth, toyInput } from './fixtures/toy-evaluation.ts';
import type { LvisInput } from './lvis-rules.ts';

const box = [0, 0, 40, 40] as const;
const aside = [200, 0, 40, 40] as const;

function lvis(
  truths: readonly ToyTruth[],
  detections: readonly ToyDetection[],
  image: Partial<CocoImage> = {},
): LvisInput {
  return {
    ...toyInput({ images: [1, 2], categories: [1, 2], truths, detections }),
    images: [
      { id: 1, neg_category_ids: [], not_exhaustive_category_ids: [], ...image },
      { id: 2, neg_category_ids: [], not_exhaustive_category_ids: [] },
    ],
    categories: [
      { id: 1, frequency: 'r' },
      { id: 2, frequency: 'f' },
    ],
  };
}

const own: ToyTruth = { image: 2, category: 1, box };
const found: ToyDetection = { image: 2, category: 1, box, score: 0.5 };
const elsewhere: ToyDetection = { image: 1, category: 1, box, score: 0.9 };

describe('evaluateLvis', () => {
  test('counts detections of a category only where something is known of it', () => {
    expect(evaluateLvis(lvis([own], [found, elsewhere])).stats.AP).toBeCloseTo(1, 12);
    expect(evaluateLvis(lvis([own], [found, elsewhere], { neg_category_ids: [1] })).stats.AP).toBeCloseTo(
      0.5,
      12,
    );
  });

  test('ignores what matches nothing where a category is annotated in part', () => {
    const truths = [own, { ...own, image: 1 }];
    const detections = [found, { ...elsewhere, box: aside }, { ...elsewhere, score: 0.4 }];
    expect(evaluateLvis(lvis(truths, detections)).stats.AP).toBeCloseTo(2 / 3, 12);
    expect(evaluateLvis(lvis(truths, detections, { not_exhaustive_category_ids: [1] })).stats.AP).toBeCloseTo(
      1,
      12,
    );
  });

  test('keeps the best detections of an image over all categories', () => {
    const truths = [own, { ...own, category: 2 }];
    const detections = [found, { ...found, category: 2, score: 0.9 }];
    expect(evaluateLvis(lvis(truths, detections), { maxDetections: 1 }).stats).toMatchObject({
      APr: 0,
      APf: expect.closeTo(1, 12),
      APc: -1,
      AR1: 0.5,
    });
  });

  test('leaves out what has no area', () => {
    const flat: ToyTruth = { ...own, box: [5, 5, 0, 40] };
    expect(
      evaluateLvis(lvis([own, flat], [found, { ...found, box: [5, 5, 0, 40], score: 0.9 }])).stats,
    ).toMatchObject({
      AP: expect.closeTo(1, 12),
      AR300: 1,
    });
  });

  test('takes crowds for objects', () => {
    expect(evaluateLvis(lvis([{ ...own, crowd: true }], [found])).stats.AP).toBeCloseTo(1, 12);
  });

  test('refuses data without the fields of LVIS', () => {
    const input = lvis([own], [found]);
    expect(() => evaluateLvis({ ...input, categories: [{ id: 1 }] })).toThrow(
      /category 1 has no "frequency"/,
    );
    expect(() => evaluateLvis({ ...input, images: [{ id: 1 }] })).toThrow(
      /image 1 has no "neg_category_ids"/,
    );
    expect(() => evaluateLvis({ ...input, params: { ...input.params, type: 'keypoints' } })).toThrow(
      /keypoints/,
    );
  });
});
