// LVIS's rules: categories are annotated on some images only (Gupta et al. 2019, section 3; lvis-api, eval.py and results.py).

import type { CocoCategory, CocoImage } from '../data/coco-types.ts';
import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import { CocoEvalError } from '../error.ts';
import { bestFirst } from '../metric/best-first.ts';
import { type Groups, makeGroups } from '../metric/groups.ts';
import { verdict } from '../metric/match.ts';
import { cocoAreaRanges, type EvaluationParams } from '../metric/params.ts';
import type { EvaluationInput, LvisRules } from './evaluation-input.ts';

/** An `Evaluation` of LVIS data is one. */
export interface LvisInput extends EvaluationInput {
  /** With `neg_category_ids` and `not_exhaustive_category_ids`. */
  readonly images: readonly CocoImage[];
  /** With `frequency`: r, c or f. */
  readonly categories: readonly CocoCategory[];
}

/** The same input, of which COCO's metric counts only what LVIS does. */
export type ByLvisRules<Input extends LvisInput> = Omit<Input, 'corrected' | 'lvis'> & {
  readonly corrected: true;
  readonly lvis: LvisRules;
};

/**
 * Takes out of their images, and so out of all that is evaluated, the detections and ground truths that do not count.
 *
 * @param limit detections per image, over all categories
 * @throws CocoEvalError `INVALID_ARGUMENT` for keypoints; `INVALID_ANNOTATIONS` if an image or category lacks LVIS's fields
 */
export function byLvisRules<Input extends LvisInput>(input: Input, limit: number): ByLvisRules<Input> {
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
  const isAbsent = categoriesOf(input.images, 'neg_category_ids');
  const isPartly = categoriesOf(input.images, 'not_exhaustive_category_ids');
  const params: EvaluationParams = {
    ...input.params,
    maxDetections: [limit],
    areaRanges: cocoAreaRanges(type),
  };
  const truths = only({ ...input.truths, crowds: new Uint8Array(input.truths.count) }, hasArea);
  const isPresent = presentCategories(truths, params);
  const limited = bestOfImages(input.detections, limit);
  const detections = only(limited, (columns, index) => {
    const imageId = columns.imageIds[index] as number;
    const categoryId = columns.categoryIds[index] as number;
    return hasArea(columns, index) && (isPresent(imageId, categoryId) || isAbsent(imageId, categoryId));
  });
  return { ...input, params, truths, detections, corrected: true, lvis: { frequencies, isPartly } };
}

/** Ignores detections that match nothing where a category is annotated in part. */
export function ignorePartly(
  verdicts: Uint8Array,
  groups: Groups,
  { isPartly, params }: Pick<LvisRules, 'isPartly'> & { readonly params: EvaluationParams },
): void {
  const count = groups.detections.length;
  eachGroup(groups, params, ({ group, imageId, categoryId }) => {
    if (!isPartly(imageId, categoryId)) return;
    const [from = 0, to = 0] = groups.detectionStart.subarray(group, group + 2);
    for (let plane = 0; plane < verdicts.length; plane += count) {
      for (let at = plane + from; at < plane + to; at++) {
        if (verdicts[at] === verdict.falsePositive) verdicts[at] = verdict.ignored;
      }
    }
  });
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

/** What a field of the images lists. */
function categoriesOf(
  images: readonly CocoImage[],
  field: 'neg_category_ids' | 'not_exhaustive_category_ids',
): (imageId: number, categoryId: number) => boolean {
  const sets = new Map(
    images.map((image) => {
      const ids = image[field];
      if (ids) return [image.id, new Set(ids)];
      throw new CocoEvalError('INVALID_ANNOTATIONS', `The image ${image.id} has no "${field}".`, {
        value: image,
        next: "LVIS's images have it; evaluate other data by COCO's rules.",
      });
    }),
  );
  return (imageId, categoryId) => sets.get(imageId)?.has(categoryId) ?? false;
}

/** Whether an image has ground truth of a category, as the metric groups it. */
function presentCategories(
  truths: TruthColumns,
  params: EvaluationParams,
): (imageId: number, categoryId: number) => boolean {
  const none = new Float64Array();
  const nothing = { count: 0, imageIds: none, categoryIds: none, scores: none, boxes: none, areas: none };
  const present = new Map<number, Set<number>>();
  eachGroup(makeGroups(truths, nothing, params), params, ({ imageId, categoryId }) => {
    const ids = present.get(imageId);
    if (ids) ids.add(categoryId);
    else present.set(imageId, new Set([categoryId]));
  });
  return (imageId, categoryId) => present.get(imageId)?.has(categoryId) ?? false;
}

/** The best detections of each image. */
function bestOfImages(detections: DetectionColumns, limit: number): DetectionColumns {
  const seen = new Map<number, number>();
  const isKept = new Uint8Array(detections.count);
  const { scores, imageIds } = detections;
  for (const index of bestFirst(Int32Array.from(scores.keys()), scores)) {
    const imageId = imageIds[index] as number;
    const count = seen.get(imageId) ?? 0;
    seen.set(imageId, count + 1);
    if (count < limit) isKept[index] = 1;
  }
  return only(detections, (_, index) => isKept[index] === 1);
}

function hasArea({ areas }: TruthColumns | DetectionColumns, index: number): boolean {
  const area = areas[index] as number;
  return area > 0 && area < Number.POSITIVE_INFINITY;
}

/** Takes the others out of their images. */
function only<Columns extends TruthColumns | DetectionColumns>(
  columns: Columns,
  counts: (columns: Columns, index: number) => boolean,
): Columns {
  return {
    ...columns,
    imageIds: columns.imageIds.map((id, index) => (counts(columns, index) ? id : Number.NaN)),
  };
}

/** Calls `visit` for every group, with its image and category. */
function eachGroup(
  { classStart, images }: Groups,
  { imageIds, categoryIds }: EvaluationParams,
  visit: (at: { readonly group: number; readonly imageId: number; readonly categoryId: number }) => void,
): void {
  for (let column = 0; column + 1 < classStart.length; column++) {
    for (let group = classStart[column] as number; group < (classStart[column + 1] as number); group++) {
      const imageId = imageIds[images[group] as number] as number;
      visit({ group, imageId, categoryId: categoryIds[column] as number });
    }
  }
}
