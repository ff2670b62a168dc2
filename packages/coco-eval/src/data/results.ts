// Detections ready to be evaluated: COCO results as columns (pycocotools/coco.py, loadRes).

import { CocoEvalError } from '../error.ts';
import { area, toBbox } from '../mask/rle.ts';
import type { EvaluationType } from '../metric/params.ts';
import type { CocoDetection } from './coco-types.ts';
import type { DetectionColumns } from './columns.ts';
import type { GroundTruth, LoadOptions } from './ground-truth.ts';
import { toMask } from './to-mask.ts';
import { type EvaluationWarning, WarningCollector } from './warnings.ts';

/** Loaded once, evaluated as often as one likes. */
export interface Results {
  readonly type: EvaluationType;
  readonly detections: DetectionColumns;
  readonly warnings: readonly EvaluationWarning[];
}

/** @throws CocoEvalError `INVALID_RESULTS`, naming the record */
export function loadResults(
  results: readonly CocoDetection[],
  groundTruth: GroundTruth,
  { type, strict = false }: LoadOptions,
): Results {
  const warnings = new WarningCollector('INVALID_RESULTS', { strict });
  const count = results.length;
  const [first] = results;
  if (!first)
    throw new CocoEvalError('INVALID_RESULTS', 'There are no results.', {
      value: results,
      next: 'Write at least one.',
    });
  const imageOf = new Map(groundTruth.images.map((image) => [image.id, image]));
  const byBox = first.bbox !== undefined && first.bbox.length > 0;
  const byMask = !byBox && first.segmentation !== undefined;
  const points = type === 'keypoints' ? (first.keypoints?.length ?? 0) : 0;
  const masks =
    type === 'segm' || byMask
      ? results.map(({ segmentation, image_id }) => toMask(segmentation, imageOf.get(image_id)))
      : undefined;
  const boxes = new Float64Array(count * 4);
  const areas = new Float64Array(count);
  const keypoints = new Float64Array(count * points);
  for (const [index, { bbox, keypoints: own = [], image_id }] of results.entries()) {
    if (!imageOf.has(image_id))
      throw new CocoEvalError('INVALID_RESULTS', `results[${index}] has the unknown image id ${image_id}.`, {
        value: image_id,
        next: 'Evaluate against the ground truth of these images.',
      });
    const mask = masks?.[index];
    if (byBox) {
      if (!bbox)
        throw new CocoEvalError('INVALID_RESULTS', `results[${index}] has no "bbox".`, {
          value: results[index],
          next: 'Add it.',
        });
      boxes.set(bbox, index * 4);
      areas[index] = (bbox[2] ?? 0) * (bbox[3] ?? 0);
    } else if (byMask && mask) {
      boxes.set(bbox ?? toBbox(mask), index * 4);
      areas[index] = area(mask);
    } else {
      const x = own.filter((_, i) => i % 3 === 0);
      const y = own.filter((_, i) => i % 3 === 1);
      areas[index] = (Math.max(...x) - Math.min(...x)) * (Math.max(...y) - Math.min(...y));
    }
    if (points > 0) keypoints.set(own, index * points);
  }
  const detections: DetectionColumns = {
    count,
    imageIds: Float64Array.from(results, ({ image_id }) => image_id),
    categoryIds: Float64Array.from(results, ({ category_id }) => category_id),
    scores: Float64Array.from(results, ({ score }) => score),
    boxes,
    areas,
    ...(masks && type === 'segm' ? { masks } : {}),
    ...(type === 'keypoints' ? { keypoints } : {}),
  };
  return { type, detections, warnings: warnings.list() };
}
