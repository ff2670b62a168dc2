// How wrong a box code is: smooth L1 (TF-OD's WeightedSmoothL1LocalizationLoss, a Huber loss whose slope ends at delta).

/** 0.5 d^2 up to |d| = delta, then a line of slope delta. */
export function smoothL1(difference: number, delta: number): number {
  const distance = Math.abs(difference);
  return distance <= delta ? 0.5 * distance * distance : delta * (distance - 0.5 * delta);
}

/** Its slope. */
export function smoothL1Gradient(difference: number, delta: number): number {
  return Math.min(Math.max(difference, -delta), delta);
}
