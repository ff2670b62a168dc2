// Ground truth ready to be evaluated: COCO's annotations as columns.

import { CocoEvalError } from '../error.ts';
import type { EvaluationType } from '../metric/params.ts';
import type { CocoCategory, CocoDataset, CocoImage } from './coco-types.ts';
import type { TruthColumns } from './columns.ts';
import { toMask } from './to-mask.ts';
import { type EvaluationWarning, WarningCollector } from './warnings.ts';

/** Loaded once, evaluated as often as one likes. */
export interface GroundTruth {
  /** What it can be evaluated for. */
  readonly type: EvaluationType;
  readonly images: readonly CocoImage[];
  readonly categories: readonly CocoCategory[];
  readonly truths: TruthColumns;
  readonly warnings: readonly EvaluationWarning[];
}

export interface LoadOptions {
  readonly type: EvaluationType;
  /** Throw on the first oddness instead of collecting warnings. Default false. */
  readonly strict?: boolean;
}

/** @throws CocoEvalError `INVALID_ANNOTATIONS`, naming the record */
export function loadGroundTruth(dataset: CocoDataset, { type, strict = false }: LoadOptions): GroundTruth {
  const { images, annotations, categories } = dataset;
  const warnings = new WarningCollector('INVALID_ANNOTATIONS', { strict });
  const imageOf = new Map(images.map((image) => [image.id, image]));
  const points = type === 'keypoints' ? (annotations[0]?.keypoints?.length ?? 0) : 0;
  const columns = {
    count: annotations.length,
    ids: Float64Array.from(annotations, ({ id }) => id),
    imageIds: Float64Array.from(annotations, ({ image_id }) => image_id),
    categoryIds: Float64Array.from(annotations, ({ category_id }) => category_id),
    boxes: new Float64Array(annotations.length * 4),
    areas: Float64Array.from(annotations, ({ area }) => area ?? Number.NaN),
    crowds: Uint8Array.from(annotations, ({ iscrowd }) => (iscrowd ? 1 : 0)),
    ...(type === 'segm'
      ? {
          masks: annotations.map((annotation) =>
            toMask(annotation.segmentation, imageOf.get(annotation.image_id)),
          ),
        }
      : {}),
    ...(type === 'keypoints'
      ? {
          keypoints: new Float64Array(annotations.length * points),
          keypointCounts: Float64Array.from(annotations, ({ num_keypoints }) => num_keypoints ?? Number.NaN),
        }
      : {}),
  };
  for (const [index, annotation] of annotations.entries()) {
    if (annotation.area === undefined || annotation.iscrowd === undefined) {
      throw new CocoEvalError(
        'INVALID_ANNOTATIONS',
        `annotations[${index}] has no "${annotation.area === undefined ? 'area' : 'iscrowd'}".`,
        { value: annotation, next: 'Add it.' },
      );
    }
    if (annotation.bbox) columns.boxes.set(annotation.bbox, index * 4);
    if (columns.keypoints && annotation.keypoints)
      columns.keypoints.set(annotation.keypoints, index * points);
  }
  return { type, images, categories, truths: columns, warnings: warnings.list() };
}
