// A view at a smaller size, for when there is not time for its own.

import type { Size } from '../detect/placement.ts';
import { isTiled, sizeOf, sizeStep, type View } from './views.ts';

/**
 * The same view with at most so many pixels, of sides that are padded as the trained ones. Undefined for tiles, and where it would be
 * no larger than the trained size: that has been looked at.
 */
export function shrinkView(view: View, pixels: number, trained: Size): View | undefined {
  if (isTiled(view)) return undefined;
  const { height, width } = sizeOf(view.size);
  const share = Math.min(1, Math.sqrt(pixels / (height * width)));
  const shrunk = (side: number, of: number): number =>
    of + Math.floor((side * share - of) / sizeStep) * sizeStep;
  const size = { height: shrunk(height, trained.height), width: shrunk(width, trained.width) };
  const isLarger = size.height > trained.height && size.width > trained.width;
  return isLarger ? { ...view, size } : undefined;
}

/** The fewest pixels to which a view can be made smaller; undefined if it cannot. */
export function leastPixelsOf(view: View, trained: Size): number | undefined {
  if (isTiled(view)) return undefined;
  const { height, width } = sizeOf(view.size);
  // Of both sides the one that comes first to one step over the trained size decides.
  const share = Math.max((trained.height + sizeStep) / height, (trained.width + sizeStep) / width);
  return share < 1 ? Math.ceil(height * width * share * share) : undefined;
}
