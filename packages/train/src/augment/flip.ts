// A picture and its boxes mirrored, left for right (TF-OD's random_horizontal_flip).

import { type LabelledPicture, moveBoxes } from './labelled-picture.ts';

/** The mirror image. */
export function flip(picture: LabelledPicture): LabelledPicture {
  const { data, height, width } = picture.pixels;
  const flipped = data.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = (y * width + width - 1 - x) * 3;
      for (let channel = 0; channel < 3; channel++) flipped[to + channel] = data[from + channel] as number;
    }
  }
  return {
    pixels: { data: flipped, height, width },
    ...moveBoxes(picture, ([ymin, xmin, ymax, xmax]) => [ymin, 1 - xmax, ymax, 1 - xmin]),
  };
}
