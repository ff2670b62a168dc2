// AP by the rules of Pascal VOC, 2007 and from 2010 on (Everingham et al. 2010, section 4.2; VOCdevkit, VOCevaldet.m and VOCap.m).

import { CocoEvalError } from '../error.ts';
import { bestFirst } from '../metric/best-first.ts';
import { overlapsOf } from '../metric/overlaps-of.ts';
import type { EvaluationInput } from './evaluation-input.ts';

export interface VocApOptions {
  /** `2007`: mean precision at the recalls 0, 0.1, … 1. `2012` (and 2010): the whole area under the envelope. Default `2012`. */
  readonly year?: 2007 | 2012;
  /** Overlap from which a detection is right. Default 0.5. */
  readonly iouThreshold?: number;
  /** By place in the truth columns: 1 for objects that VOC calls difficult. Default: the crowds. */
  readonly difficult?: ArrayLike<number>;
}

export interface VocAp {
  /** Mean over categories with objects that are not difficult; -1 without any. */
  readonly mAP: number;
  readonly perCategory: readonly {
    readonly categoryId: number;
    /** -1 without objects that are not difficult. */
    readonly AP: number;
    /** Objects to find: those that are not difficult. */
    readonly truths: number;
    readonly truePositives: number;
    readonly falsePositives: number;
  }[];
}

/**
 * VOC's AP. All detections of a category are ranked by score, whatever their number. Each looks only at the object of its category
 * and image that it overlaps most (of equal ones the first):
 *
 * - below the threshold it is a false positive;
 * - if that object is difficult, it does not count;
 * - if that object is still free, it is a true positive and takes it;
 * - otherwise it is a false positive, even where another object would be free (COCO would take that one).
 *
 * Difficult objects need not be found. VOC's corners are pixels that belong to the object: (xmin, ymin, xmax, ymax) are the box
 * x = xmin - 1, y = ymin - 1, width = xmax - xmin + 1, height = ymax - ymin + 1; with such boxes overlaps are the devkit's.
 * Overlaps are boxes' or masks', by the type of the evaluation; a difficult object's is an ordinary one, not a crowd's.
 *
 * @throws CocoEvalError `INVALID_ARGUMENT` for keypoints or a threshold out of range
 */
export function vocAp(
  input: EvaluationInput,
  { year = 2012, iouThreshold = 0.5, difficult = input.truths.crowds }: VocApOptions = {},
): VocAp {
  const { truths, detections, params } = input;
  if (params.type === 'keypoints' || !(iouThreshold > 0 && iouThreshold <= 1)) {
    throw new CocoEvalError(
      'INVALID_ARGUMENT',
      params.type === 'keypoints'
        ? 'VOC knows no keypoints.'
        : `An IoU threshold of ${iouThreshold} is out of range.`,
      { value: iouThreshold, next: 'Evaluate boxes or masks, from an IoU above 0 to 1.' },
    );
  }
  const images = new Set(params.imageIds);
  const plain = { ...truths, crowds: new Uint8Array(truths.count) };
  const overlaps = overlapsOf(plain, detections, params);
  const perCategory = params.categoryIds.map((categoryId) => {
    const own = new Map<number, number[]>();
    for (const index of indicesOf(truths, (truth) => truths.categoryIds[truth] === categoryId)) {
      const imageId = truths.imageIds[index] as number;
      const list = own.get(imageId);
      if (list) list.push(index);
      else own.set(imageId, [index]);
    }
    const ranked = bestFirst(
      Int32Array.from(
        indicesOf(
          detections,
          (index) =>
            detections.categoryIds[index] === categoryId && images.has(detections.imageIds[index] as number),
        ),
      ),
      detections.scores,
    );
    let positives = 0;
    for (const [imageId, list] of own) {
      if (images.has(imageId)) positives += list.filter((index) => !difficult[index]).length;
    }
    const taken = new Set<number>();
    const right: boolean[] = [];
    for (const detection of ranked) {
      const candidates = Int32Array.from(own.get(detections.imageIds[detection] as number) ?? []);
      const pair = overlaps(Int32Array.of(detection), candidates);
      let best = -1;
      for (const position of candidates.keys()) {
        if (best < 0 || pair.at(0, position) > pair.at(0, best)) best = position;
      }
      const truth = candidates[best];
      if (truth === undefined || !(pair.at(0, best) >= iouThreshold)) right.push(false);
      else if (difficult[truth]) continue;
      else {
        right.push(!taken.has(truth));
        taken.add(truth);
      }
    }
    const found = right.filter((flag) => flag).length;
    return {
      categoryId,
      AP: positives === 0 ? -1 : areaUnder(right, { positives, year }),
      truths: positives,
      truePositives: found,
      falsePositives: right.length - found,
    };
  });
  const measured = perCategory.filter(({ AP }) => AP >= 0);
  return {
    mAP: measured.length === 0 ? -1 : measured.reduce((sum, { AP }) => sum + AP, 0) / measured.length,
    perCategory,
  };
}

function indicesOf({ count }: { readonly count: number }, wanted: (index: number) => boolean): number[] {
  const indices: number[] = [];
  for (let index = 0; index < count; index++) if (wanted(index)) indices.push(index);
  return indices;
}

function areaUnder(
  right: readonly boolean[],
  { positives, year }: { readonly positives: number; readonly year: 2007 | 2012 },
): number {
  const envelope: number[] = [];
  let found = 0;
  for (const [index, flag] of right.entries()) if (flag) envelope.push(++found / (index + 1));
  for (let i = envelope.length - 2; i >= 0; i--) {
    envelope[i] = Math.max(envelope[i] as number, envelope[i + 1] as number);
  }
  // Each true positive is one step of recall, as high as the envelope there.
  if (year === 2012) return envelope.reduce((sum, precision) => sum + precision, 0) / positives;
  let sum = 0;
  for (let tenth = 0; tenth <= 10; tenth++) {
    const reached = envelope.findIndex((_, i) => (i + 1) / positives >= tenth / 10);
    sum += reached < 0 ? 0 : (envelope[reached] as number);
  }
  return sum / 11;
}
