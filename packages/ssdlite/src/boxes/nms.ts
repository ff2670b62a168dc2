// Non-maximum suppression: of boxes that overlap much, the best one stays (TensorFlow's NonMaxSuppression; drop if IoU > threshold).

import type { Candidates } from './candidates.ts';
import { iou } from './iou.ts';
import { ScoreQueue } from './score-queue.ts';

export interface NmsOptions {
  /** A box goes if its IoU with a better one is over this; 0 to 1. */
  readonly iouThreshold: number;
  /** Most boxes of all classes together. */
  readonly maxDetections: number;
  /** Whether boxes suppress those of other classes too. */
  readonly classAgnostic: boolean;
}

/** Numbers of the candidates that stay, with their scores, best first. */
export interface Kept {
  readonly indices: number[];
  readonly scores: number[];
}

/**
 * Greedy suppression per class, or over all classes.
 *
 * Going through all classes together in order of score gives what TF-OD gets by suppressing class by class and sorting after, and
 * can stop as soon as `maxDetections` boxes are kept.
 */
export function nms(
  { scores, columns, boxes }: Pick<Candidates, 'scores' | 'columns' | 'boxes'>,
  { iouThreshold, maxDetections, classAgnostic }: NmsOptions,
): Kept {
  const queue = new ScoreQueue(scores);
  const rivals = new Map<number, number[]>();
  const kept: Kept = { indices: [], scores: [] };
  while (kept.indices.length < maxDetections) {
    const candidate = queue.next();
    if (candidate < 0) break;
    const group = classAgnostic ? 0 : (columns[candidate] as number);
    const better = rivals.get(group) ?? [];
    if (better.some((rival) => iou(boxes, rival, candidate) > iouThreshold)) continue;
    better.push(candidate);
    rivals.set(group, better);
    kept.indices.push(candidate);
    kept.scores.push(scores[candidate] as number);
  }
  return kept;
}
