// Where a part of a picture lies in the network's input, and how boxes come back from there.

import type { BoxXywh } from '../detection.ts';

/** Height and width in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** A part of the picture, and the part of the network's input that it fills. */
export interface Placement {
  /** In pixels of the picture. */
  readonly region: BoxXywh;
  /** In pixels of the network's input: all of it, unless letterboxed. */
  readonly content: BoxXywh;
  readonly input: Size;
  /** Whether the network sees the region mirrored, left for right. */
  readonly flip: boolean;
}

/**
 * Places a region of the picture in the network's input.
 *
 * The region is squashed to the input's shape, as the weights were trained; with `letterbox` it keeps its shape, in the middle.
 */
export function place(
  region: BoxXywh,
  options: { readonly input: Size; readonly letterbox: boolean; readonly flip?: boolean },
): Placement {
  const { input, letterbox, flip = false } = options;
  if (!letterbox) return { region, content: { x: 0, y: 0, ...input }, input, flip };
  const scale = Math.min(input.width / region.width, input.height / region.height);
  const width = Math.max(1, Math.round(region.width * scale));
  const height = Math.max(1, Math.round(region.height * scale));
  const x = Math.floor((input.width - width) / 2);
  const y = Math.floor((input.height - height) / 2);
  return { region, content: { x, y, width, height }, input, flip };
}

/**
 * A box in the network's terms to pixels of the picture, clipped to the region.
 *
 * @param corners `[n, 4]`, (ymin, xmin, ymax, xmax) as fractions of the network's input
 * @param index number of the box
 * @returns undefined if nothing of the box lies inside the region
 */
export function toImageBox(
  corners: Float32Array,
  index: number,
  { region, content, input, flip }: Placement,
): BoxXywh | undefined {
  const at = index * 4;
  const [ymin = 0, left = 0, ymax = 0, right = 0] = corners.subarray(at, at + 4);
  const [xmin, xmax] = flip ? [1 - right, 1 - left] : [left, right];
  const toX = (x: number): number =>
    clamp(
      region.x + ((x * input.width - content.x) / content.width) * region.width,
      region.x,
      region.x + region.width,
    );
  const toY = (y: number): number =>
    clamp(
      region.y + ((y * input.height - content.y) / content.height) * region.height,
      region.y,
      region.y + region.height,
    );
  const x = toX(xmin);
  const y = toY(ymin);
  const width = toX(xmax) - x;
  const height = toY(ymax) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/**
 * The same for a list of boxes; one of which nothing lies inside the region has no area afterwards.
 *
 * @param corners `[n, 4]`, (ymin, xmin, ymax, xmax) as fractions of the network's input
 * @returns `[n, 4]`, (ymin, xmin, ymax, xmax) in pixels of the picture
 */
export function mapToImage(corners: Float32Array, { region, content, input, flip }: Placement): Float64Array {
  const mapped = new Float64Array(corners.length);
  const { x, y, width, height } = region;
  for (let at = 0; at < corners.length; at += 2) {
    const down = ((corners[at] as number) * input.height - content.y) / content.height;
    mapped[at] = clamp(y + down * height, y, y + height);
    // A mirrored box has its left where its right is.
    const across = flip ? 1 - (corners[(at ^ 2) + 1] as number) : (corners[at + 1] as number);
    mapped[at + 1] = clamp(x + ((across * input.width - content.x) / content.width) * width, x, x + width);
  }
  return mapped;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
