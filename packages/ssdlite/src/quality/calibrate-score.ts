// What a fused score is as the score of one look, so that a threshold means the same at every level of quality (Platt 1999: a line on the logits).

/**
 * A mean over views, misses included, is lower than the score of one view for a box that is as likely right: where one look needs 0.5 for
 * four boxes of five to be right, the mean needs 0.3. logit(score) = slope * logit(mean) + shift; round numbers between those that the
 * levels asked for on COCO, on the side of fewer wrong boxes.
 */
const slope = 1.5;
const shift = 1.2;

/** @param views how many the mean was taken over; one view's scores are left alone */
export function calibrateScore(score: number, views: number): number {
  if (views === 1) return score;
  const yes = score ** slope * Math.exp(shift);
  return yes / (yes + (1 - score) ** slope);
}

/** The fused score that becomes this one: what is passed to fusion as a threshold. Infinity, for classes that are not wanted, stays. */
export function uncalibrateScore(score: number, views: number): number {
  if (views === 1 || score > 1) return score;
  const yes = score ** (1 / slope);
  return yes / (yes + ((1 - score) * Math.exp(shift)) ** (1 / slope));
}
