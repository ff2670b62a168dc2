// Gaussian soft-NMS over the boxes of one class (Bodla et al. 2017, arXiv 1704.04503): overlapping boxes take score from one another.

/**
 * The best box of those left is kept each time (the first among equals), and those that it overlaps fall to score * exp(-IoU^2 / sigma).
 *
 * @param boxes `[n, 4]`, corners
 * @param options.least what falls below this score is left out. Default 0
 * @returns at most `most` boxes with their new scores, best first
 */
export function decayScores(
  boxes: Float32Array,
  scores: Float64Array,
  { sigma, most, least = 0 }: { readonly sigma: number; readonly most: number; readonly least?: number },
): { boxes: Float32Array; scores: Float64Array } {
  const count = scores.length;
  const decayed = Float64Array.from(scores);
  const areas = Float64Array.from(scores, (_, box) => {
    const at = box * 4;
    const height = (boxes[at + 2] as number) - (boxes[at] as number);
    return height * ((boxes[at + 3] as number) - (boxes[at + 1] as number));
  });
  const taken = new Uint8Array(count);
  const kept: number[] = [];
  while (kept.length < Math.min(count, most)) {
    let winner = -1;
    for (let box = 0; box < count; box++) {
      if (taken[box]) continue;
      if (winner < 0 || (decayed[box] as number) > (decayed[winner] as number)) winner = box;
    }
    // Scores only fall, so all that are left are below it too.
    if ((decayed[winner] as number) < least) break;
    taken[winner] = 1;
    kept.push(winner);
    const own = winner * 4;
    const top = boxes[own] as number;
    const left = boxes[own + 1] as number;
    const bottom = boxes[own + 2] as number;
    const right = boxes[own + 3] as number;
    for (let box = 0; box < count; box++) {
      if (taken[box]) continue;
      const at = box * 4;
      const height = Math.min(bottom, boxes[at + 2] as number) - Math.max(top, boxes[at] as number);
      if (height <= 0) continue;
      const width = Math.min(right, boxes[at + 3] as number) - Math.max(left, boxes[at + 1] as number);
      if (width <= 0) continue;
      const intersection = height * width;
      const iou = intersection / ((areas[winner] as number) + (areas[box] as number) - intersection);
      decayed[box] = (decayed[box] as number) * Math.exp(-(iou * iou) / sigma);
    }
  }
  const ordered = new Float32Array(kept.length * 4);
  for (const [rank, index] of kept.entries()) ordered.set(boxes.subarray(index * 4, index * 4 + 4), rank * 4);
  return { boxes: ordered, scores: Float64Array.from(kept, (index) => decayed[index] as number) };
}
