// LVIS's rules: categories are annotated on some images only (Gupta et al. 2019, section 3; lvis-api, eval.py and results.py).

import type { CocoCategory, CocoImage } from '../data/coco-types.ts';
import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import { CocoEvalError } from '../error.ts';
import { accumulate, type PrecisionRecall } from '../metric/accumulate.ts';
import { bestFirst } from '../metric/best-first.ts';
import { type Groups, makeGroups } from '../metric/groups.ts';
import { matchAll, verdict } from '../metric/match.ts';
import { overlapsOf } from '../metric/overlaps-of.ts';
import { mean } from '../metric/pairwise-sum.ts';
import { cocoAreaRanges, type EvaluationParams } from '../metric/params.ts';
import { meanOf, type Stats } from '../metric/summarize.ts';
import type { EvaluationInput } from './evaluation-input.ts';

/** An `Evaluation` of LVIS data is one. */
export interface LvisInput extends EvaluationInput {
  /** With `neg_category_ids` and `not_exhaustive_category_ids`. */
  readonly images: readonly CocoImage[];
  /** With `frequency`: r, c or f. */
  readonly categories: readonly CocoCategory[];
}

export interface LvisOptions {
  /** Detections per image, over all categories. Default 300. */
  readonly maxDetections?: number;
}

export interface LvisResult {
  /** AP, AP50, AP75, APsmall, APmedium, APlarge, APr, APc, APf, then AR@300 by size: AR300, ARsmall, ARmedium, ARlarge. -1 where there is nothing to measure. */
  readonly stats: Stats;
  readonly perCategory: readonly {
    readonly categoryId: number;
    readonly frequency: string;
    /** Mean over IoU thresholds; -1 without ground truth. */
    readonly AP: number;
    readonly truths: number;
  }[];
  readonly result: PrecisionRecall;
  readonly params: EvaluationParams;
}

/**
 * LVIS's figures.
 *
 * - Of each image the 300 best detections count, whatever their category.
 * - A detection of a category counts only where it is known whether the category is there: on images that have ground truth of it or list
 *   it in `neg_category_ids`.
 * - Where an image lists a category in `not_exhaustive_category_ids`, detections of it that match nothing are ignored.
 * - There are no crowds: what is marked as one is an object like others.
 * - Ground truths and detections without an area above 0 do not count (lvis.py, get_ann_ids).
 * - Categories are rare (r), common (c) or frequent (f) by the number of training images that have them, with an AP for each group.
 *
 * Everything else is COCO's metric.
 *
 * @throws CocoEvalError `INVALID_ARGUMENT` for keypoints; `INVALID_ANNOTATIONS` if an image or category lacks LVIS's fields
 */
export function evaluateLvis(input: LvisInput, { maxDetections = 300 }: LvisOptions = {}): LvisResult {
  const { type, useCategories } = input.params;
  if (type === 'keypoints' || !useCategories) {
    throw new CocoEvalError(
      'INVALID_ARGUMENT',
      'LVIS has neither keypoints nor an evaluation without categories.',
      {
        value: type,
        next: "Evaluate 'bbox' or 'segm' with categories.",
      },
    );
  }
  const frequencies = frequenciesOf(input);
  const params: EvaluationParams = {
    ...input.params,
    maxDetections: [maxDetections],
    areaRanges: cocoAreaRanges(type),
  };
  const truths = withArea({ ...input.truths, crowds: new Uint8Array(input.truths.count) });
  const detections = withArea(bestOfImages(input.detections, maxDetections));
  const groups = withoutUnknown(makeGroups(truths, detections, params), input);
  const matches = matchAll(truths, detections, groups, {
    params,
    overlaps: overlapsOf(truths, detections, params),
    keepMatches: false,
    corrected: true,
  });
  ignorePartly(matches.verdicts, { groups, input });
  const result = accumulate(groups, matches, detections, params);
  const figure = (options: { of: 'precision' | 'recall'; area?: string; iouThreshold?: number }): number =>
    meanOf(result, params, { ...options, maxDetections });
  const perCategory = params.categoryIds.map((categoryId, category) => ({
    categoryId,
    frequency: frequencies[category] as string,
    AP: meanOf(result, params, { of: 'precision', maxDetections, category }),
    truths: matches.positives[category] as number,
  }));
  const group = (letter: string): number => {
    const aps = perCategory
      .filter(({ frequency, AP }) => frequency === letter && AP >= 0)
      .map(({ AP }) => AP);
    return aps.length === 0 ? -1 : mean(aps);
  };
  const sizes = ['small', 'medium', 'large'];
  return {
    stats: Object.fromEntries<number>([
      ['AP', figure({ of: 'precision' })],
      ['AP50', figure({ of: 'precision', iouThreshold: 0.5 })],
      ['AP75', figure({ of: 'precision', iouThreshold: 0.75 })],
      ...sizes.map((area): [string, number] => [`AP${area}`, figure({ of: 'precision', area })]),
      ...['r', 'c', 'f'].map((letter): [string, number] => [`AP${letter}`, group(letter)]),
      [`AR${maxDetections}`, figure({ of: 'recall' })],
      ...sizes.map((area): [string, number] => [`AR${area}`, figure({ of: 'recall', area })]),
    ]),
    perCategory,
    result,
    params,
  };
}

function frequenciesOf({ categories, params }: LvisInput): readonly string[] {
  const byId = new Map(categories.map(({ id, frequency }) => [id, frequency]));
  return params.categoryIds.map((id) => {
    const frequency = byId.get(id);
    if (frequency === 'r' || frequency === 'c' || frequency === 'f') return frequency;
    throw new CocoEvalError(
      'INVALID_ANNOTATIONS',
      frequency === undefined
        ? `The category ${id} has no "frequency".`
        : `The category ${id} has the frequency "${frequency}".`,
      { value: frequency, next: "LVIS has r, c or f; evaluate other data by COCO's rules." },
    );
  });
}

/** The best detections of each image, in the order of their file. */
function bestOfImages(detections: DetectionColumns, limit: number): DetectionColumns {
  const seen = new Map<number, number>();
  const kept: number[] = [];
  const { scores } = detections;
  for (const index of bestFirst(Int32Array.from(scores.keys()), scores)) {
    const imageId = detections.imageIds[index] as number;
    const count = seen.get(imageId) ?? 0;
    seen.set(imageId, count + 1);
    if (count < limit) kept.push(index);
  }
  if (kept.length === detections.count) return detections;
  kept.sort((a, b) => a - b);
  const pick = (values: Float64Array, width = 1): Float64Array => {
    const picked = new Float64Array(kept.length * width);
    for (const [place, index] of kept.entries()) {
      for (let i = 0; i < width; i++) picked[place * width + i] = values[index * width + i] as number;
    }
    return picked;
  };
  const { masks } = detections;
  return {
    count: kept.length,
    imageIds: pick(detections.imageIds),
    categoryIds: pick(detections.categoryIds),
    scores: pick(scores),
    boxes: pick(detections.boxes, 4),
    areas: pick(detections.areas),
    ...(masks && { masks: kept.flatMap((index) => masks[index] ?? []) }),
  };
}

/** Takes what has no area out of its image, and so out of all groups. */
function withArea<T extends TruthColumns | DetectionColumns>(columns: T): T {
  const { areas, imageIds } = columns;
  const hasArea = (area: number): boolean => area > 0 && area < Number.POSITIVE_INFINITY;
  return {
    ...columns,
    imageIds: imageIds.map((id, index) => (hasArea(areas[index] as number) ? id : Number.NaN)),
  };
}

/** Calls `visit` for every group, with its class and image. */
function eachGroup(
  { classStart, images }: Groups,
  visit: (group: number, where: { readonly column: number; readonly image: number }) => void,
): void {
  for (let column = 0; column + 1 < classStart.length; column++) {
    for (let group = classStart[column] as number; group < (classStart[column + 1] as number); group++) {
      visit(group, { column, image: images[group] as number });
    }
  }
}

/** Without the detections of categories of which an image says nothing. */
function withoutUnknown(groups: Groups, { images, params }: LvisInput): Groups {
  const absent = categoriesOf(images, ({ neg_category_ids: ids }) => ids, 'neg_category_ids');
  const places: number[] = [];
  const starts = new Int32Array(groups.detectionStart.length);
  const moved = new Int32Array(groups.detections.length).fill(-1);
  eachGroup(groups, (group, { column, image }) => {
    const hasTruth = groups.truthStart[group] !== groups.truthStart[group + 1];
    const known =
      hasTruth || absent(params.imageIds[image] as number).has(params.categoryIds[column] as number);
    const [from = 0, to = 0] = groups.detectionStart.subarray(group, group + 2);
    for (let place = from; known && place < to; place++) {
      moved[place] = places.length;
      places.push(place);
    }
    starts[group + 1] = places.length;
  });
  return {
    ...groups,
    detectionStart: starts,
    detections: Int32Array.from(places, (place) => groups.detections[place] as number),
    ranks: Int32Array.from(places, (place) => groups.ranks[place] as number),
    ranking: groups.ranking.map((place) => moved[place] as number).filter((place) => place >= 0),
  };
}

/** Detections that match nothing are ignored where a category is annotated in part. */
function ignorePartly(
  verdicts: Uint8Array,
  { groups, input: { images, params } }: { readonly groups: Groups; readonly input: LvisInput },
): void {
  const partly = categoriesOf(
    images,
    ({ not_exhaustive_category_ids: ids }) => ids,
    'not_exhaustive_category_ids',
  );
  const count = groups.detections.length;
  eachGroup(groups, (group, { column, image }) => {
    const categoryId = params.categoryIds[column] as number;
    if (!partly(params.imageIds[image] as number).has(categoryId)) return;
    const [from = 0, to = 0] = groups.detectionStart.subarray(group, group + 2);
    for (let plane = 0; plane < verdicts.length; plane += count) {
      for (let at = plane + from; at < plane + to; at++) {
        if (verdicts[at] === verdict.falsePositive) verdicts[at] = verdict.ignored;
      }
    }
  });
}

function categoriesOf(
  images: readonly CocoImage[],
  idsOf: (image: CocoImage) => readonly number[] | undefined,
  field: string,
): (imageId: number) => ReadonlySet<number> {
  const sets = new Map(
    images.map((image) => {
      const ids = idsOf(image);
      if (ids) return [image.id, new Set(ids)];
      throw new CocoEvalError('INVALID_ANNOTATIONS', `The image ${image.id} has no "${field}".`, {
        value: image,
        next: "LVIS's images have it; evaluate other data by COCO's rules.",
      });
    }),
  );
  const none: ReadonlySet<number> = new Set();
  return (imageId) => sets.get(imageId) ?? none;
}
