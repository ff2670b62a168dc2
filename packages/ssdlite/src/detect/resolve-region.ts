// The part of a picture that is looked at.

import { invalidOption } from '../check-option.ts';
import type { BoxXywh } from '../detection.ts';

/**
 * The part of the picture to look at: all of it without a region. A picture that is itself a part of another one has its own left and top.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` unless the region has whole or fractional pixels inside the picture
 */
export function resolveRegion(
  region: BoxXywh | undefined,
  image: { readonly x?: number; readonly y?: number; readonly width: number; readonly height: number },
): BoxXywh {
  const { x: left = 0, y: top = 0 } = image;
  if (region === undefined) return { x: left, y: top, width: image.width, height: image.height };
  const { x, y, width, height } = region;
  const finite = [x, y, width, height].every((value) => Number.isFinite(value));
  const inside = x >= left && y >= top && x + width <= left + image.width && y + height <= top + image.height;
  if (finite && inside && width >= 1 && height >= 1) return { x, y, width, height };
  const next = `Give x, y, width and height in pixels inside the ${left || top ? 'part that is looked at' : 'picture'}, which is ${image.width} x ${image.height}${left || top ? ` from ${left}, ${top}` : ''}, and at least 1 x 1.`;
  throw invalidOption('region', { value: region, shown: JSON.stringify(region), next });
}
