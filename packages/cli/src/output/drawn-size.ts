// A picture in the size in which it is drawn: its own, or a half, a quarter and so on of one that is too large to be held in memory.

import type { BoxXywh, PictureSource, Pixels } from 'ssdlite';

/** Most pixels that are drawn on, which takes 15 bytes for each. */
const mostDrawn = 16_000_000;

/** How a picture is drawn. */
export interface DrawnPicture {
  readonly pixels: Pixels;
  /** Pixels of the picture on each side of one that is drawn. */
  readonly step: number;
}

/** Reads a picture in the largest size in which it is drawn. */
export async function readToDraw(picture: PictureSource): Promise<DrawnPicture> {
  const { width, height } = picture;
  let step = 1;
  while ((width / step) * (height / step) > mostDrawn) step *= 2;
  // A source halves until an input is smaller by one and a half to three.
  const input = { width: Math.ceil(width / (step * 2)), height: Math.ceil(height / (step * 2)) };
  const { picture: pixels } = await picture.read({ x: 0, y: 0, width, height }, input);
  if (!('data' in pixels)) throw new TypeError('A picture came without pixels.');
  return { pixels, step: Math.round(width / pixels.width) };
}

/** A detection's box on the drawn picture. */
export function onDrawn<Found extends { readonly box: BoxXywh }>(found: Found, step: number): Found {
  const { x, y, width, height } = found.box;
  return { ...found, box: { x: x / step, y: y / step, width: width / step, height: height / step } };
}
