// Which view comes next, where there is not time for all, and how large it may be.

/** A view that has not been looked at. */
export interface ViewLeft {
  /** Of its inputs. */
  readonly pixels: number;
  /** To how few of them it may be made smaller; all of them, if it may not. */
  readonly leastPixels: number;
}

/** What there is to choose from, and how much time it has. */
export interface NextViewOptions {
  /** Milliseconds since the call began. */
  readonly elapsedMs: number;
  /** Milliseconds that the call may take; undefined for no bound. */
  readonly budgetMs: number | undefined;
  /** How long the network took for a pixel of its input until now, all included. */
  readonly msPerPixel: number;
}

/** Share of a budget that is kept for fusing what was seen, and for a pass that takes longer than the one before. */
const reserve = 0.08;

/**
 * The view to look at next: the first one while there is time for all that are left; else the one of which the most pixels end in time, as
 * larger views find more: whole, or made smaller. Undefined when none does.
 *
 * @param left in the order in which they were planned
 * @returns its place in `left`, and the pixels that it may have
 */
export function nextView(
  left: readonly ViewLeft[],
  { elapsedMs, budgetMs, msPerPixel }: NextViewOptions,
): { readonly place: number; readonly pixels: number } | undefined {
  const [first] = left;
  if (!first) return undefined;
  if (budgetMs === undefined) return { place: 0, pixels: first.pixels };
  const affordable = (budgetMs * (1 - reserve) - elapsedMs) / msPerPixel;
  if (left.reduce((sum, { pixels }) => sum + pixels, 0) <= affordable)
    return { place: 0, pixels: first.pixels };
  let best: { place: number; pixels: number } | undefined;
  for (const [place, { pixels, leastPixels }] of left.entries()) {
    if (leastPixels > affordable) continue;
    const fitting = Math.min(pixels, affordable);
    if (!best || fitting > best.pixels) best = { place, pixels: fitting };
  }
  return best;
}
