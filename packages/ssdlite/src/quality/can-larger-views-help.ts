// Whether larger views of a picture can find more than the first one did.

import type { Candidates } from '../boxes/candidates.ts';

/** What is smaller than this share of the input's side is small: a third, 100 of 300 pixels. */
const small = 1 / 3;
/** Boxes of less score say nothing. */
const lowestScore = 0.05;
/** Sum of the scores of small boxes below which larger views are left out. Chosen on COCO; docs/quality.md has saving and loss. */
const leastEvidence = 4;

/**
 * Larger views show small things at a better size. Where the first view saw hardly a trace of anything small, not even with low scores, they
 * add next to nothing. All boxes count, before any suppression: an object has several.
 */
export function canLargerViewsHelp({ count, scores, boxes }: Candidates): boolean {
  let evidence = 0;
  for (let index = 0; index < count; index++) {
    const score = scores[index] as number;
    if (score < lowestScore) continue;
    const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = boxes.subarray(index * 4, index * 4 + 4);
    const height = Math.min(ymax, 1) - Math.max(ymin, 0);
    const width = Math.min(xmax, 1) - Math.max(xmin, 0);
    if (height * width < small * small) evidence += score;
  }
  return evidence >= leastEvidence;
}
