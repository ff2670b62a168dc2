// Gaussian soft-NMS over the boxes of one class (Bodla et al. 2017, arXiv 1704.04503): overlapping boxes take score from one another.

import { iou } from '../../boxes/iou.ts';

/**
 * The best box of those left is kept each time, and those that it overlaps fall to score * exp(-IoU^2 / sigma).
 *
 * @param boxes `[n, 4]`, corners
 * @returns at most `most` boxes with their new scores, best first
 */
export function decayScores(
  boxes: Float32Array,
  scores: Float64Array,
  { sigma, most }: { readonly sigma: number; readonly most: number },
): { boxes: Float32Array; scores: Float64Array } {
  const decayed = Float64Array.from(scores);
  const left = Array.from(scores.keys());
  const kept: number[] = [];
  while (left.length > 0 && kept.length < most) {
    let best = 0;
    for (let i = 1; i < left.length; i++) {
      if ((decayed[left[i] as number] as number) > (decayed[left[best] as number] as number)) best = i;
    }
    const [winner] = left.splice(best, 1) as [number];
    kept.push(winner);
    for (const other of left) {
      const overlap = iou(boxes, winner, other);
      if (overlap > 0) decayed[other] = (decayed[other] as number) * Math.exp(-(overlap * overlap) / sigma);
    }
  }
  const ordered = new Float32Array(kept.length * 4);
  for (const [rank, index] of kept.entries()) ordered.set(boxes.subarray(index * 4, index * 4 + 4), rank * 4);
  return { boxes: ordered, scores: Float64Array.from(kept, (index) => decayed[index] as number) };
}
