// Four pictures as one, as YOLOv4 trains (Bochkovskiy et al. 2020, section 3.3): small objects, and many surroundings at once.

import type { PixelWindow } from './draw-window.ts';
import { joinLabels, type LabelledPicture, moveBoxes } from './labelled-picture.ts';
import type { Random } from './random.ts';

/** How near to the edges the four pictures may meet, as a share of a side. */
const nearest = 0.3;

/**
 * The windows of the four pictures, row by row from the top left: they meet in one point at random.
 *
 * @param size pixels of the whole
 */
export function drawMosaic(
  size: { readonly height: number; readonly width: number },
  random: Random,
): readonly [PixelWindow, PixelWindow, PixelWindow, PixelWindow] {
  const y = Math.round(size.height * random.between(nearest, 1 - nearest));
  const x = Math.round(size.width * random.between(nearest, 1 - nearest));
  const [bottom, right] = [size.height - y, size.width - x];
  return [
    { y: 0, x: 0, height: y, width: x },
    { y: 0, x, height: y, width: right },
    { y, x: 0, height: bottom, width: x },
    { y, x, height: bottom, width: right },
  ];
}

/**
 * Puts pictures together.
 *
 * @param parts each of the size of its window
 */
export function joinMosaic(
  parts: readonly { readonly picture: LabelledPicture; readonly window: PixelWindow }[],
  size: { readonly height: number; readonly width: number },
): LabelledPicture {
  const data = new Float32Array(size.height * size.width * 3);
  for (const { picture, window } of parts) {
    const row = window.width * 3;
    for (let y = 0; y < window.height; y++) {
      const to = ((window.y + y) * size.width + window.x) * 3;
      data.set(picture.pixels.data.subarray(y * row, (y + 1) * row), to);
    }
  }
  const labels = parts.map(({ picture, window }) =>
    moveBoxes(picture, ([ymin, xmin, ymax, xmax]) => [
      (window.y + ymin * window.height) / size.height,
      (window.x + xmin * window.width) / size.width,
      (window.y + ymax * window.height) / size.height,
      (window.x + xmax * window.width) / size.width,
    ]),
  );
  return { pixels: { data, ...size }, ...joinLabels(labels) };
}
