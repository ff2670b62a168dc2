// Object keypoint similarity (cocoeval.py, computeOks), the keypoints' overlap.

import { pairwiseSum } from './pairwise-sum.ts';

/** numpy's `spacing(1)`. */
const epsilon = 2 ** -52;

/** A ground truth as the similarity sees it. */
export interface KeypointTruth {
  /** x, y, visibility per point. */
  readonly keypoints: ArrayLike<number>;
  /** Left, top, width, height. */
  readonly bbox: ArrayLike<number>;
  readonly area: number;
}

/**
 * Similarity of detected and true keypoints: the mean over visible points of exp(-distance^2 / (2 * area * (2 sigma)^2)).
 *
 * If no point is visible, distance is that to the box grown by its own size on every side, over all points.
 */
export function keypointSimilarity(
  detected: ArrayLike<number>,
  { keypoints, bbox, area }: KeypointTruth,
  sigmas: readonly number[],
): number {
  const visible = sigmas.map((_, point) => (keypoints[point * 3 + 2] ?? 0) > 0);
  const anyVisible = visible.includes(true);
  const [x = 0, y = 0, width = 0, height = 0] = Array.from(bbox);
  const terms: number[] = [];
  for (const [point, sigma] of sigmas.entries()) {
    if (anyVisible && !visible[point]) continue;
    const detectedX = detected[point * 3] ?? Number.NaN;
    const detectedY = detected[point * 3 + 1] ?? Number.NaN;
    const dx = anyVisible
      ? detectedX - (keypoints[point * 3] ?? 0)
      : outside(detectedX, x - width, x + width * 2);
    const dy = anyVisible
      ? detectedY - (keypoints[point * 3 + 1] ?? 0)
      : outside(detectedY, y - height, y + height * 2);
    const variance = (sigma * 2) ** 2;
    terms.push(Math.exp(-((dx ** 2 + dy ** 2) / variance / (area + epsilon) / 2)));
  }
  return pairwiseSum(terms) / terms.length;
}

/** How far a coordinate is outside of a range, added up as pycocotools does. */
function outside(value: number, low: number, high: number): number {
  return Math.max(0, low - value) + Math.max(0, value - high);
}
