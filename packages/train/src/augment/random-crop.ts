// TF Object Detection's ssd_random_crop (core/preprocessor.py), after the crop of the SSD paper, section 2.2.

import type { SamplePixels } from '../sample.ts';
import { drawWindow, type PixelWindow } from './draw-window.ts';
import { type LabelledPicture, moveBoxes } from './labelled-picture.ts';
import type { Random } from './random.ts';

/** The seven cases: what a crop must cover of one box at least, and what it must cover of a box for that box to stay. */
export const cropCases: readonly number[] = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1];

/** How often a picture stays whole whatever the case. */
const keepWhole = 0.15;

/**
 * Cuts a part out of a picture, in one of seven ways with equal chance. Boxes that are covered too little go; the others are clipped. A crop
 * may be left without boxes: then the picture is all background.
 */
export function ssdRandomCrop(picture: LabelledPicture, random: Random): LabelledPicture {
  const minObjectCovered = cropCases[random.below(cropCases.length)] as number;
  if (random.uniform() <= keepWhole) return picture;
  return randomCrop(picture, { minObjectCovered, random });
}

/** One of the cases: the picture stays whole only if no crop is found. */
export function randomCrop(
  picture: LabelledPicture,
  { minObjectCovered, random }: { readonly minObjectCovered: number; readonly random: Random },
): LabelledPicture {
  const { pixels, boxes } = picture;
  const window = drawWindow(boxes, pixels, { minObjectCovered, random });
  return window ? cropTo(picture, window, minObjectCovered) : picture;
}

/**
 * The part of a picture in a window.
 *
 * @param leastCovered share of its own area, 0 to 1, that a box must have in the window; 0: those that touch it
 */
export function cropTo(picture: LabelledPicture, window: PixelWindow, leastCovered: number): LabelledPicture {
  const { height, width } = picture.pixels;
  const top = window.y / height;
  const left = window.x / width;
  const bottom = (window.y + window.height) / height;
  const right = (window.x + window.width) / width;
  return {
    pixels: cropPixels(picture.pixels, window),
    ...moveBoxes(picture, ([ymin, xmin, ymax, xmax]) => {
      const inside = [
        Math.max(ymin, top),
        Math.max(xmin, left),
        Math.min(ymax, bottom),
        Math.min(xmax, right),
      ] as const;
      const down = inside[2] - inside[0];
      const across = inside[3] - inside[1];
      if (down <= 0 || across <= 0) return undefined;
      // In float32, as the case of 1 compares with a share that float64 would not call whole.
      const covered = Math.fround(Math.fround(down * across) / Math.fround((ymax - ymin) * (xmax - xmin)));
      if (covered < Math.fround(leastCovered)) return undefined;
      return [
        (inside[0] - top) / (bottom - top),
        (inside[1] - left) / (right - left),
        (inside[2] - top) / (bottom - top),
        (inside[3] - left) / (right - left),
      ];
    }),
  };
}

function cropPixels({ data, width }: SamplePixels, window: PixelWindow): SamplePixels {
  const row = window.width * 3;
  // An array of the kind that it was.
  const cropped = data.slice(0, row * window.height);
  for (let y = 0; y < window.height; y++) {
    const from = ((window.y + y) * width + window.x) * 3;
    cropped.set(data.subarray(from, from + row), y * row);
  }
  return { data: cropped, height: window.height, width: window.width };
}
