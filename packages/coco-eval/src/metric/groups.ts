// Objects sorted by what is evaluated together: class by class, image by image (cocoeval.py, _prepare and the start of evaluateImg).

import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import type { EvaluationParams } from './params.ts';

/**
 * The objects of each class on each image, for all pairs that have any. Group g has the truths `truths[truthStart[g]]` up to before
 * `truths[truthStart[g + 1]]`, in the order of their file, and likewise detections: best score first, equal ones in the order of
 * their file, at most the largest `maxDetections`.
 */
export interface Groups {
  /** Class c has the groups from `classStart[c]` on; its images ascend. Without categories all is one class. */
  readonly classStart: Int32Array;
  /** Place in `params.imageIds`, by group. */
  readonly images: Int32Array;
  readonly truthStart: Int32Array;
  readonly truths: Int32Array;
  readonly detectionStart: Int32Array;
  readonly detections: Int32Array;
}

/** Sorts and cuts. */
export function makeGroups(
  truths: TruthColumns,
  detections: DetectionColumns,
  params: EvaluationParams,
): Groups {
  const mine = sortObjects(truths, loadOrder(truths, params), params);
  const found = sortObjects(detections, undefined, params);
  const most = params.maxDetections.at(-1) ?? 0;
  const classes = params.useCategories ? params.categoryIds.length : 1;
  const images: number[] = [];
  const truthStart: number[] = [0];
  const detectionStart: number[] = [0];
  const classStart = new Int32Array(classes + 1);
  const kept = new Int32Array(found.order.length);
  let keptCount = 0;
  let truth = 0;
  let detection = 0;
  for (let column = 0; column < classes; column++) {
    classStart[column] = images.length;
    for (;;) {
      const key = Math.min(mine.keyAt(truth), found.keyAt(detection));
      if (Math.floor(key / params.imageIds.length) !== column) break;
      while (mine.keyAt(truth) === key) truth++;
      const from = detection;
      while (found.keyAt(detection) === key) detection++;
      const best = bestFirst(found.order.subarray(from, detection), detections.scores);
      kept.set(best.subarray(0, most), keptCount);
      keptCount += Math.min(best.length, most);
      images.push(key % params.imageIds.length);
      truthStart.push(truth);
      detectionStart.push(keptCount);
    }
  }
  classStart[classes] = images.length;
  return {
    classStart,
    images: Int32Array.from(images),
    truthStart: Int32Array.from(truthStart),
    truths: mine.order,
    detectionStart: Int32Array.from(detectionStart),
    detections: kept.subarray(0, keptCount),
  };
}

/**
 * The truths in the order in which pycocotools loads them. Its index by id keeps the last of several annotations with one id, which it
 * then loads once for each of them; undefined where ids are unique.
 */
function loadOrder(
  { ids, imageIds, categoryIds, count }: TruthColumns,
  params: EvaluationParams,
): Int32Array | undefined {
  const last = new Map<number, number>();
  for (let index = 0; index < count; index++) last.set(ids[index] as number, index);
  if (last.size === count) return undefined;
  const images = new Set(params.imageIds);
  const categories = new Set(params.categoryIds);
  return Int32Array.from({ length: count }, (_, index) => index)
    .filter((index) => images.has(imageIds[index] as number))
    .filter((index) => !params.useCategories || categories.has(categoryIds[index] as number))
    .sort((a, b) => (imageIds[a] as number) - (imageIds[b] as number) || a - b)
    .map((index) => last.get(ids[index] as number) as number);
}

interface SortedObjects {
  /** Places in the columns; objects of other images and classes are left out. */
  readonly order: Int32Array;
  /** Class * images + image of the object at a place of `order`; Infinity after the last. */
  keyAt(place: number): number;
}

/** Two stable counting sorts: by class and image with categories; else by image, and by class within. */
function sortObjects(
  { imageIds, categoryIds, count }: Pick<TruthColumns, 'imageIds' | 'categoryIds' | 'count'>,
  order: Int32Array | undefined,
  params: EvaluationParams,
): SortedObjects {
  const imageAt = placeOf(params.imageIds);
  const classAt = placeOf(params.categoryIds);
  const indices = order ?? Int32Array.from({ length: count }, (_, index) => index);
  const rows = new Int32Array(count).map((_, index) => imageAt.get(imageIds[index] as number) ?? -1);
  const columns = new Int32Array(count).map((_, index) => classAt.get(categoryIds[index] as number) ?? -1);
  const known = indices.filter((index) => (rows[index] as number) >= 0 && (columns[index] as number) >= 0);
  const byImage = (list: Int32Array): Int32Array => countingSort(list, rows, params.imageIds.length);
  const byClass = (list: Int32Array): Int32Array => countingSort(list, columns, params.categoryIds.length);
  const sorted = params.useCategories ? byClass(byImage(known)) : byImage(byClass(known));
  const images = params.imageIds.length;
  return {
    order: sorted,
    keyAt(place) {
      const index = sorted[place];
      if (index === undefined) return Number.POSITIVE_INFINITY;
      const row = rows[index] as number;
      return params.useCategories ? (columns[index] as number) * images + row : row;
    },
  };
}

function placeOf(ids: readonly number[]): Map<number, number> {
  return new Map(ids.map((id, place) => [id, place]));
}

function countingSort(list: Int32Array, keys: Int32Array, keyCount: number): Int32Array {
  const starts = new Int32Array(keyCount + 1);
  for (const index of list) {
    const after = (keys[index] as number) + 1;
    starts[after] = (starts[after] as number) + 1;
  }
  for (let key = 0; key < keyCount; key++)
    starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number);
  const sorted = new Int32Array(list.length);
  for (const index of list) {
    const key = keys[index] as number;
    const place = starts[key] as number;
    sorted[place] = index;
    starts[key] = place + 1;
  }
  return sorted;
}

/** Best score first, equal ones in their present order, NaN last, as numpy sorts. Changes `indices` in place. */
export function bestFirst(indices: Int32Array, scores: Float64Array): Int32Array {
  return indices.sort((a, b) => {
    const difference = (scores[b] as number) - (scores[a] as number);
    if (!Number.isNaN(difference)) return difference;
    const aLast = Number.isNaN(scores[a]) ? 1 : 0;
    const bLast = Number.isNaN(scores[b]) ? 1 : 0;
    return aLast - bLast;
  });
}
