// Soft-NMS (Bodla et al. 2017, arXiv 1704.04503): overlapping boxes lose score instead of going.

import type { Candidates } from './candidates.ts';
import { iou } from './iou.ts';
import type { Kept } from './nms.ts';

export interface SoftNmsOptions {
  /** `gaussian`: score * exp(-IoU^2 / sigma). `linear`: score * (1 - IoU) where IoU is over `iouThreshold`. */
  readonly decay: 'gaussian' | 'linear';
  /** Of the Gaussian; 0.5 in the paper. */
  readonly sigma: number;
  /** From where on the linear decay acts. */
  readonly iouThreshold: number;
  /** Boxes that fall below their class's threshold go; by column. */
  readonly thresholds: Float64Array;
  /** Most boxes of all classes together. */
  readonly maxDetections: number;
}

/** Soft suppression per class. The best box of those left is kept each time, and takes score from those it overlaps. */
export function softNms(candidates: Candidates, options: SoftNmsOptions): Kept {
  const { boxes, columns } = candidates;
  const { decay, sigma, iouThreshold, thresholds, maxDetections } = options;
  const kept: { index: number; score: number }[] = [];
  for (const members of groupByColumn(candidates)) {
    const column = columns[members[0] as number] as number;
    const lowest = thresholds[column] as number;
    const scores = Float64Array.from(members, (index) => candidates.scores[index] as number);
    // No class can have more than maxDetections boxes in the result.
    for (let taken = 0; taken < Math.min(members.length, maxDetections); taken++) {
      const best = indexOfHighest(scores);
      const score = scores[best] as number;
      if (score < lowest || score === 0) break;
      kept.push({ index: members[best] as number, score });
      scores[best] = Number.NEGATIVE_INFINITY;
      for (const [other, index] of members.entries()) {
        if ((scores[other] as number) < lowest) continue;
        const overlap = iou(boxes, members[best] as number, index);
        if (decay === 'gaussian')
          scores[other] = (scores[other] as number) * Math.exp(-(overlap * overlap) / sigma);
        else if (overlap > iouThreshold) scores[other] = (scores[other] as number) * (1 - overlap);
      }
    }
  }
  const best = kept.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, maxDetections);
  return { indices: best.map(({ index }) => index), scores: best.map(({ score }) => score) };
}

function groupByColumn({ count, columns }: Candidates): number[][] {
  const groups = new Map<number, number[]>();
  for (let index = 0; index < count; index++) {
    const column = columns[index] as number;
    const group = groups.get(column);
    if (group) group.push(index);
    else groups.set(column, [index]);
  }
  return [...groups.values()];
}

function indexOfHighest(scores: Float64Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i;
  return best;
}
