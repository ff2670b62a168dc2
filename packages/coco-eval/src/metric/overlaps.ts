// The overlap of every detection of a group with every ground truth, by the type of evaluation.

import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import { type BoxedMask, boxed, maskIou } from '../mask/mask-iou.ts';
import type { Rle } from '../mask/rle.ts';
import { keypointSimilarity } from './keypoint-similarity.ts';
import type { EvaluationParams } from './params.ts';

/** Overlaps within one group. Valid until the next group is asked for. */
export interface GroupOverlaps {
  /** Of the detection and the truth at these places of the group. */
  at(detection: number, truth: number): number;
  /** The highest of a detection; NaN if one is NaN. */
  best(detection: number): number;
}

/** Computes the overlaps of a group: detections and truths by their places in the columns. */
export type Overlaps = (found: Int32Array, mine: Int32Array) => GroupOverlaps;

/** What tells how far one detection and one truth overlap, for a type of evaluation. */
export function overlapsOf(
  truths: TruthColumns,
  detections: DetectionColumns,
  params: EvaluationParams,
): Overlaps {
  const measure = measureOf(truths, detections, params);
  let matrix = new Float64Array(1024);
  let highest = new Float64Array(128);
  return (found, mine) => {
    const width = mine.length;
    if (matrix.length < found.length * width) matrix = new Float64Array(2 * found.length * width);
    if (highest.length < found.length) highest = new Float64Array(2 * found.length);
    for (let row = 0; row < found.length; row++) {
      let best = -1;
      for (let column = 0; column < width; column++) {
        const overlap = measure(found[row] as number, mine[column] as number);
        matrix[row * width + column] = overlap;
        if (!(overlap <= best)) best = overlap;
      }
      highest[row] = best;
    }
    return {
      at: (detection, truth) => matrix[detection * width + truth] as number,
      best: (detection) => highest[detection] as number,
    };
  };
}

type Measure = (detection: number, truth: number) => number;

function measureOf(truths: TruthColumns, detections: DetectionColumns, params: EvaluationParams): Measure {
  switch (params.type) {
    case 'bbox':
      return boxMeasure(truths, detections);
    case 'segm': {
      const found = boxedOnce(detections.masks);
      const mine = boxedOnce(truths.masks);
      return (detection, truth) => {
        const [a, b] = [found(detection), mine(truth)];
        return a && b ? maskIou(a, b, truths.crowds[truth] === 1) : 0;
      };
    }
    case 'keypoints':
      return keypointMeasure(truths, detections, params);
  }
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

/** `boxIou` on columns, without a tuple per box: there are millions of pairs. */
function boxMeasure({ boxes: mine, crowds }: TruthColumns, { boxes: found }: DetectionColumns): Measure {
  return (detection, truth) => {
    const d = detection * 4;
    const g = truth * 4;
    const dx = found[d] as number;
    const dy = found[d + 1] as number;
    const dw = found[d + 2] as number;
    const dh = found[d + 3] as number;
    const gx = mine[g] as number;
    const gy = mine[g + 1] as number;
    const gw = mine[g + 2] as number;
    const gh = mine[g + 3] as number;
    const width = Math.min(dw + dx, gw + gx) - Math.max(dx, gx);
    if (width <= 0) return 0;
    const height = Math.min(dh + dy, gh + gy) - Math.max(dy, gy);
    if (height <= 0) return 0;
    const intersection = width * height;
    const area = dw * dh;
    return intersection / (crowds[truth] ? area : area + gw * gh - intersection);
  };
}

function keypointMeasure(
  truths: TruthColumns,
  detections: DetectionColumns,
  params: EvaluationParams,
): Measure {
  // pycocotools looks these overlaps up under the class -1, where there are none, not even of 0 (cocoeval.py:195, 273).
  if (!params.useCategories && !params.corrected) return () => -1;
  const { sigmas } = params;
  const size = sigmas.length * 3;
  const { keypoints: mine = new Float64Array(), boxes, areas } = truths;
  const { keypoints: found = new Float64Array() } = detections;
  return (detection, truth) =>
    keypointSimilarity(
      found.subarray(detection * size, (detection + 1) * size),
      {
        keypoints: mine.subarray(truth * size, (truth + 1) * size),
        bbox: boxes.subarray(truth * 4, truth * 4 + 4),
        area: areas[truth] as number,
      },
      sigmas,
    );
}
