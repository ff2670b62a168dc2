// Which view comes next, where there is not time for all.

/** What there is to choose from, and how much time it has. */
export interface NextViewOptions {
  /** Milliseconds since the call began. */
  readonly elapsedMs: number;
  /** Milliseconds that the call may take; undefined for no bound. */
  readonly budgetMs: number | undefined;
  /** How long the network took for a pixel of its input until now, all included. */
  readonly msPerPixel: number;
}

/**
 * The view to look at next: the first one while there is time for all that are left; else the largest one that ends in time, as larger
 * views find more. Undefined when none does.
 *
 * @param left pixels of each view's inputs, in the order in which they were planned
 * @returns its place in `left`
 */
export function nextView(
  left: readonly number[],
  { elapsedMs, budgetMs, msPerPixel }: NextViewOptions,
): number | undefined {
  if (left.length === 0) return undefined;
  if (budgetMs === undefined) return 0;
  const affordable = (budgetMs - elapsedMs) / msPerPixel;
  if (left.reduce((sum, pixels) => sum + pixels, 0) <= affordable) return 0;
  let best: number | undefined;
  for (const [place, pixels] of left.entries()) {
    if (pixels <= affordable && (best === undefined || pixels > (left[best] as number))) best = place;
  }
  return best;
}
