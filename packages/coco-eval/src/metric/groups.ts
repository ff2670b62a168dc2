// Objects sorted by what is evaluated together: class by class, image by image (cocoeval.py, _prepare and the start of evaluateImg).

import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import { bestFirst } from './best-first.ts';
import type { EvaluationParams } from './params.ts';

export { bestFirst } from './best-first.ts';

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
  /**
   * Places in `detections`, class after class: each class's detections of all images, best score first, equal ones by image and then in
   * the order of their file.
   */
  readonly ranking: Int32Array;
  /** How many of the same group are before a detection, by its place in `detections`. */
  readonly ranks: Int32Array;
}

/** Sorts and cuts. */
export function makeGroups(
  truths: TruthColumns,
  detections: DetectionColumns,
  params: EvaluationParams,
): Groups {
  const mine = sortTruths(truths, params);
  const found = sortDetections(detections, params);
  const most = params.maxDetections.at(-1) ?? 0;
  const images = params.imageIds.length;
  const classes = params.useCategories ? params.categoryIds.length : 1;
  const pairs = countPairs(mine.keys, found.keys);
  const groups = {
    classStart: new Int32Array(classes + 1),
    images: new Int32Array(pairs),
    truthStart: new Int32Array(pairs + 1),
    detectionStart: new Int32Array(pairs + 1),
  };
  const kept = new Int32Array(found.order.length);
  const ranks = new Int32Array(found.order.length);
  /** Where a detection of the columns is in `kept`, or -1. */
  const placeOfDetection = new Int32Array(detections.count).fill(-1);
  let [truth, detection, keptCount, column] = [0, 0, 0, 0];
  for (let group = 0; group < pairs; group++) {
    const key = Math.min(mine.keys[truth] ?? Infinity, found.keys[detection] ?? Infinity);
    while (column < Math.floor(key / images)) groups.classStart[++column] = group;
    while (mine.keys[truth] === key) truth++;
    for (let rank = 0; found.keys[detection] === key; rank++) {
      const index = found.order[detection++] as number;
      if (rank >= most) continue;
      placeOfDetection[index] = keptCount;
      ranks[keptCount] = rank;
      kept[keptCount++] = index;
    }
    groups.images[group] = key % images;
    groups.truthStart[group + 1] = truth;
    groups.detectionStart[group + 1] = keptCount;
  }
  while (column < classes) groups.classStart[++column] = pairs;
  return {
    ...groups,
    truths: mine.order,
    detections: kept.subarray(0, keptCount),
    ranking: found.ranking.map((index) => placeOfDetection[index] as number).filter((place) => place >= 0),
    ranks: ranks.subarray(0, keptCount),
  };
}

interface SortedObjects {
  /** Places in the columns, group by group; objects of other images and classes are left out. */
  readonly order: Int32Array;
  /** Class * images + image, for each place of `order`. Does not descend. */
  readonly keys: Float64Array;
}

function sortTruths(truths: TruthColumns, params: EvaluationParams): SortedObjects {
  const sorter = new ObjectSorter(truths, params);
  const known = (loadOrder(truths, params) ?? counting(truths.count)).filter((index) =>
    sorter.isKnown(index),
  );
  const order = params.useCategories
    ? sorter.byClass(sorter.byImage(known))
    : sorter.byImage(sorter.byClass(known));
  return { order, keys: sorter.keysOf(order) };
}

/** One sort by score serves both the order within groups and the ranking of classes: all others are stable. */
function sortDetections(
  detections: DetectionColumns,
  params: EvaluationParams,
): SortedObjects & { readonly ranking: Int32Array } {
  const sorter = new ObjectSorter(detections, params);
  const known = counting(detections.count).filter((index) => sorter.isKnown(index));
  const inOrder = sorter.byImage(params.useCategories ? known : sorter.byClass(known));
  const ranked = bestFirst(inOrder, detections.scores);
  const byImage = sorter.byImage(ranked);
  const order = params.useCategories ? sorter.byClass(byImage) : byImage;
  return {
    order,
    keys: sorter.keysOf(order),
    ranking: params.useCategories ? sorter.byClass(ranked) : ranked,
  };
}

/**
 * The truths in the order in which pycocotools loads them. Its index by id keeps the last of several annotations with one id, which it
 * then loads once for each of them; undefined where ids are unique, or are to be taken as such.
 */
function loadOrder(
  { ids, imageIds, categoryIds, count }: TruthColumns,
  params: EvaluationParams,
): Int32Array | undefined {
  if (params.corrected) return undefined;
  const last = new Map<number, number>();
  for (let index = 0; index < count; index++) last.set(ids[index] as number, index);
  if (last.size === count) return undefined;
  const images = new Set(params.imageIds);
  const categories = new Set(params.categoryIds);
  return counting(count)
    .filter((index) => images.has(imageIds[index] as number))
    .filter((index) => !params.useCategories || categories.has(categoryIds[index] as number))
    .sort((a, b) => (imageIds[a] as number) - (imageIds[b] as number) || a - b)
    .map((index) => last.get(ids[index] as number) as number);
}

/** Stable counting sorts by image and by class. */
class ObjectSorter {
  readonly #params: EvaluationParams;
  /** Place of the object's image in `params.imageIds`, or -1. */
  readonly #rows: Int32Array;
  /** Place of the object's class in `params.categoryIds`, or -1. */
  readonly #columns: Int32Array;

  constructor(
    { imageIds, categoryIds }: Pick<TruthColumns, 'imageIds' | 'categoryIds'>,
    params: EvaluationParams,
  ) {
    this.#params = params;
    this.#rows = placesOf(imageIds, params.imageIds);
    this.#columns = placesOf(categoryIds, params.categoryIds);
  }

  isKnown(index: number): boolean {
    return (this.#rows[index] as number) >= 0 && (this.#columns[index] as number) >= 0;
  }

  byImage(list: Int32Array): Int32Array {
    return countingSort(list, { keys: this.#rows, keyCount: this.#params.imageIds.length });
  }

  byClass(list: Int32Array): Int32Array {
    return countingSort(list, { keys: this.#columns, keyCount: this.#params.categoryIds.length });
  }

  keysOf(order: Int32Array): Float64Array {
    const images = this.#params.imageIds.length;
    const keys = new Float64Array(order.length);
    for (let i = 0; i < order.length; i++) {
      const index = order[i] as number;
      const row = this.#rows[index] as number;
      keys[i] = this.#params.useCategories ? (this.#columns[index] as number) * images + row : row;
    }
    return keys;
  }
}

function placesOf(values: Float64Array, ids: readonly number[]): Int32Array {
  const places = new Map(ids.map((id, place) => [id, place]));
  const found = new Int32Array(values.length);
  let [lastId, lastPlace] = [Number.NaN, -1];
  for (let i = 0; i < values.length; i++) {
    const id = values[i] as number;
    // Objects of one image mostly follow each other.
    if (id !== lastId) {
      lastId = id;
      lastPlace = places.get(id) ?? -1;
    }
    found[i] = lastPlace;
  }
  return found;
}

function countingSort(
  list: Int32Array,
  { keys, keyCount }: { readonly keys: Int32Array; readonly keyCount: number },
): Int32Array {
  const starts = new Int32Array(keyCount + 1);
  for (let i = 0; i < list.length; i++) {
    const after = (keys[list[i] as number] as number) + 1;
    starts[after] = (starts[after] as number) + 1;
  }
  for (let key = 0; key < keyCount; key++) {
    starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number);
  }
  const sorted = new Int32Array(list.length);
  for (let i = 0; i < list.length; i++) {
    const index = list[i] as number;
    const key = keys[index] as number;
    const place = starts[key] as number;
    sorted[place] = index;
    starts[key] = place + 1;
  }
  return sorted;
}

/** How many keys there are in either list. */
function countPairs(a: Float64Array, b: Float64Array): number {
  let pairs = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; pairs++) {
    const key = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (a[i] === key) i++;
    while (b[j] === key) j++;
  }
  return pairs;
}

function counting(count: number): Int32Array {
  const list = new Int32Array(count);
  for (let i = 0; i < count; i++) list[i] = i;
  return list;
}
