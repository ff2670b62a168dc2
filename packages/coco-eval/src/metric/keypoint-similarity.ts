// Object keypoint similarity (cocoeval.py, computeOks), the keypoints' overlap.

import { pairwiseSum } from './pairwise-sum.ts';

/** numpy's `spacing(1)`. */
const epsilon = 2 ** -52;

/** Objects with keypoints. */
export interface KeypointObjects {
  /** x, y, visibility of each point; `[objects, points * 3]`. */
  readonly keypoints: ArrayLike<number>;
  /** Left, top, width, height; `[objects, 4]`. */
  readonly boxes: ArrayLike<number>;
  readonly areas: ArrayLike<number>;
}

/** Of the detection and the ground truth at these places. */
export type KeypointSimilarity = (detection: number, truth: number) => number;

/**
 * Similarity of detected and true keypoints: the mean over visible points of exp(-distance^2 / (2 * area * (2 sigma)^2)).
 *
 * If no point is visible, distance is that to the box grown by its own size on every side, over all points.
 */
export function keypointSimilarity(
  detected: Pick<KeypointObjects, 'keypoints'>,
  truths: KeypointObjects,
  sigmas: readonly number[],
): KeypointSimilarity {
  const points = sigmas.length;
  const variances = Float64Array.from(sigmas, (sigma) => sigma * 2 * (sigma * 2));
  const terms = new Float64Array(points);
  const { keypoints, boxes, areas } = truths;
  return (detection, truth) => {
    const d = detection * points * 3;
    const g = truth * points * 3;
    let anyVisible = false;
    for (let at = g + 2; at < g + points * 3; at += 3) if ((keypoints[at] as number) > 0) anyVisible = true;
    const x = boxes[truth * 4] as number;
    const y = boxes[truth * 4 + 1] as number;
    const width = boxes[truth * 4 + 2] as number;
    const height = boxes[truth * 4 + 3] as number;
    const area = (areas[truth] as number) + epsilon;
    let count = 0;
    for (let point = 0; point < points; point++) {
      const at = g + point * 3;
      if (anyVisible && !((keypoints[at + 2] as number) > 0)) continue;
      const detectedX = detected.keypoints[d + point * 3] ?? Number.NaN;
      const detectedY = detected.keypoints[d + point * 3 + 1] ?? Number.NaN;
      const dx = anyVisible
        ? detectedX - (keypoints[at] as number)
        : outside(detectedX, x - width, x + width * 2);
      const dy = anyVisible
        ? detectedY - (keypoints[at + 1] as number)
        : outside(detectedY, y - height, y + height * 2);
      terms[count++] = Math.exp(-((dx * dx + dy * dy) / (variances[point] as number) / area / 2));
    }
    return pairwiseSum(terms, 0, count) / count;
  };
}

/** How far a coordinate is outside of a range, added up as pycocotools does. */
function outside(value: number, low: number, high: number): number {
  return Math.max(0, low - value) + Math.max(0, value - high);
}
