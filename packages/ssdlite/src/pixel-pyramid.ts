// A picture in memory in several resolutions, each half of the one before: for tiles that show large parts of it at a small size.

import type { Size } from './detect/placement.ts';
import type { BoxXywh } from './detection.ts';
import { halvingsFor, type PictureSource } from './picture-source.ts';
import type { Pixels } from './pixels.ts';

/** Halves a picture as often as its parts need it; what was halved is kept. */
export function pixelPyramid(pixels: Pixels): PictureSource {
  const levels = [pixels];
  const level = (wanted: number): Pixels => {
    const { halvings } = halvedSize(pixels, wanted);
    while (levels.length <= halvings) levels.push(halvePixels(levels.at(-1) as Pixels));
    return levels[halvings] as Pixels;
  };
  return {
    width: pixels.width,
    height: pixels.height,
    onDevice: false,
    read(region, input) {
      const coarse = level(halvingsFor(region, input));
      return { picture: coarse, region: scaleRegion(region, { from: pixels, to: coarse }) };
    },
    async close() {
      levels.length = 1;
    },
  };
}

/** The size of a picture that is halved so often, or as often as both sides can be. */
export function halvedSize(size: Size, times: number): Size & { readonly halvings: number } {
  let { width, height } = size;
  let halvings = 0;
  for (; halvings < times && width > 1 && height > 1; halvings++) {
    width = (width + 1) >> 1;
    height = (height + 1) >> 1;
  }
  return { width, height, halvings };
}

/** A region of one resolution in pixels of another. */
export function scaleRegion(
  { x, y, width, height }: BoxXywh,
  { from, to }: { readonly from: Size; readonly to: Size },
): BoxXywh {
  const across = to.width / from.width;
  const down = to.height / from.height;
  // Rounding must not carry it beyond the border.
  const left = Math.min(x * across, to.width);
  const top = Math.min(y * down, to.height);
  return {
    x: left,
    y: top,
    width: Math.min(width * across, to.width - left),
    height: Math.min(height * down, to.height - top),
  };
}

/** Half as wide and high, rounded up; each pixel is the mean of four. The last column and row of an odd side stand for two. */
export function halvePixels({ data, width, height, channels }: Pixels): Pixels {
  const halfWidth = (width + 1) >> 1;
  const halfHeight = (height + 1) >> 1;
  const half = new Uint8Array(halfWidth * halfHeight * channels);
  let to = 0;
  for (let y = 0; y < halfHeight; y++) {
    const top = 2 * y * width;
    const bottom = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < halfWidth; x++) {
      const left = 2 * x;
      const right = Math.min(left + 1, width - 1);
      const a = (top + left) * channels;
      const b = (top + right) * channels;
      const c = (bottom + left) * channels;
      const d = (bottom + right) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const sum =
          (data[a + channel] as number) +
          (data[b + channel] as number) +
          (data[c + channel] as number) +
          (data[d + channel] as number);
        half[to++] = (sum + 2) >> 2;
      }
    }
  }
  return { data: half, width: halfWidth, height: halfHeight, channels };
}
