// A part of a picture at random, as TensorFlow's sample_distorted_bounding_box draws it.

import type { Random } from './random.ts';

/** Whole pixels from the top left. */
export interface PixelWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowOptions {
  /** Least share of a box that the window has to cover. */
  readonly minObjectCovered: number;
  /** Width to height in pixels: least, greatest. Default 0.5 to 2. */
  readonly aspectRatios?: readonly [number, number];
  /** Share of the picture's area: least, greatest. Default 0.1 to 1. */
  readonly areas?: readonly [number, number];
  /** Default 100. */
  readonly attempts?: number;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/**
 * Draws a window that covers enough of at least one box (of the whole picture, if there is none).
 *
 * The rule is that of TensorFlow's kernel: the height is uniform in whole pixels, not the area, and a window smaller than the picture never
 * touches its bottom or right edge.
 *
 * @param boxes `[n, 4]`, corners (ymin, xmin, ymax, xmax) as fractions of the picture
 * @returns undefined if no attempt succeeds
 */
export function drawWindow(
  boxes: Float32Array,
  size: Size,
  { random, ...options }: WindowOptions & { readonly random: Random },
): PixelWindow | undefined {
  const { minObjectCovered, aspectRatios = [0.5, 2], areas = [0.1, 1], attempts = 100 } = options;
  const objects = wholePixels(boxes, size);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const window = attemptWindow(size, random.between(...aspectRatios), { areas, random });
    if (window && coversOne(window, objects, minObjectCovered)) return window;
  }
  return undefined;
}

function attemptWindow(
  size: Size,
  aspect: number,
  { areas, random }: { readonly areas: readonly [number, number]; readonly random: Random },
): PixelWindow | undefined {
  const pixels = size.height * size.width;
  const least = areas[0] * pixels;
  const most = areas[1] * pixels;
  let tallest = roundHalfToEven(Math.sqrt(most / aspect));
  if (roundHalfToEven(tallest * aspect) > size.width) {
    tallest = Math.trunc((size.width + 0.5 - 1e-7) / aspect);
  }
  tallest = Math.min(tallest, size.height);
  let height = Math.min(roundHalfToEven(Math.sqrt(least / aspect)), tallest);
  height += random.below(tallest - height + 1);
  let width = roundHalfToEven(height * aspect);
  if (width * height < least) width = roundHalfToEven(++height * aspect);
  if (width * height > most) width = roundHalfToEven(--height * aspect);
  const area = width * height;
  const fits = height >= 1 && width >= 1 && height <= size.height && width <= size.width;
  if (!fits || area < least || area > most) return undefined;
  // The upper end is excluded in the kernel, too.
  const y = height < size.height ? random.below(size.height - height) : 0;
  const x = width < size.width ? random.below(size.width - width) : 0;
  return { x, y, width, height };
}

/** Boxes cut to whole pixels; those of less than one are left out. The whole picture, if there is no box. */
function wholePixels(boxes: Float32Array, { height, width }: Size): PixelWindow[] {
  if (boxes.length === 0) return [{ x: 0, y: 0, width, height }];
  const cut = (fraction: number | undefined, side: number): number =>
    Math.trunc(Math.fround((fraction ?? 0) * side));
  const objects: PixelWindow[] = [];
  for (let at = 0; at < boxes.length; at += 4) {
    const y = cut(boxes[at], height);
    const x = cut(boxes[at + 1], width);
    const object = { x, y, height: cut(boxes[at + 2], height) - y, width: cut(boxes[at + 3], width) - x };
    if (object.height >= 1 && object.width >= 1) objects.push(object);
  }
  return objects;
}

function coversOne(window: PixelWindow, objects: readonly PixelWindow[], share: number): boolean {
  return objects.some(({ x, y, width, height }) => {
    const across = Math.min(window.x + window.width, x + width) - Math.max(window.x, x);
    const down = Math.min(window.y + window.height, y + height) - Math.max(window.y, y);
    return (Math.max(across, 0) * Math.max(down, 0)) / (width * height) >= share;
  });
}

/** As C's lrint rounds. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
