// How far detections and ground truths overlap, by the type of evaluation: boxes, masks or keypoints.

import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import { CocoEvalError } from '../error.ts';
import { type BoxedMask, boxed, maskIou } from '../mask/mask-iou.ts';
import type { Rle } from '../mask/rle.ts';
import { keypointSimilarity } from './keypoint-similarity.ts';
import { boxOverlaps, type Measure, type Overlaps, overlapsBy } from './overlaps.ts';
import type { EvaluationParams } from './params.ts';

/** What tells how far the objects of a group overlap, for a type of evaluation. */
export function overlapsOf(
  truths: TruthColumns,
  detections: DetectionColumns,
  params: EvaluationParams,
): Overlaps {
  switch (params.type) {
    case 'bbox':
      return boxOverlaps(truths, detections);
    case 'segm':
      return overlapsBy(maskMeasure(truths, detections));
    case 'keypoints':
      return overlapsBy(keypointMeasure(truths, detections, params));
  }
}

function maskMeasure(truths: TruthColumns, detections: DetectionColumns): Measure {
  const found = boxedOnce(detections.masks);
  const mine = boxedOnce(truths.masks);
  return (detection, truth) => {
    const [a, b] = [found(detection), mine(truth)];
    return a && b ? maskIou(a, b, truths.crowds[truth] === 1) : 0;
  };
}

/** Masks with their boxes, each worked out when it is asked for: most detections meet no ground truth of their class. */
function boxedOnce(masks: readonly Rle[] = []): (place: number) => BoxedMask | undefined {
  const known: (BoxedMask | undefined)[] = Array.from({ length: masks.length });
  return (place) => {
    const rle = masks[place];
    if (rle) known[place] ??= boxed(rle);
    return known[place];
  };
}

function keypointMeasure(
  truths: TruthColumns,
  detections: DetectionColumns,
  params: EvaluationParams,
): Measure {
  // pycocotools looks these overlaps up under the class -1, where there are none, not even of 0 (cocoeval.py:195, 273).
  if (!params.useCategories && !params.corrected) return () => -1;
  const { keypoints = new Float64Array(), boxes, areas } = truths;
  const { keypoints: found = new Float64Array() } = detections;
  checkPoints({ of: 'annotations', numbers: keypoints.length, objects: truths.count }, params);
  checkPoints({ of: 'results', numbers: found.length, objects: detections.count }, params);
  return keypointSimilarity({ keypoints: found }, { keypoints, boxes, areas }, params.sigmas);
}

/** One standard deviation per point, as pycocotools needs it; objects without any point are as good as invisible. */
function checkPoints(
  { of, numbers, objects }: { readonly of: string; readonly numbers: number; readonly objects: number },
  { sigmas }: EvaluationParams,
): void {
  if (numbers === 0 || numbers === objects * sigmas.length * 3) return;
  const points = numbers / objects / 3;
  throw new CocoEvalError(
    'INVALID_ARGUMENT',
    `The ${of} have ${points} keypoints each, and there are ${sigmas.length} standard deviations.`,
    { value: sigmas.length, next: 'Pass as many sigmas as there are keypoints; COCO has 17.' },
  );
}
