// EXIF's orientations: how a picture lies in its file, against how it is displayed (EXIF 2.3, tag 0x0112).

import type { BoxXywh } from '../detection.ts';
import type { Pixels } from '../pixels.ts';

/** Width and height in pixels. */
interface Extent {
  readonly width: number;
  readonly height: number;
}

/** 1 as displayed, 2 mirrored, 3 upside down, 4 both; 5 to 8 the same with rows and columns exchanged. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What is done to the file's rows and columns, in this order: exchanged, then mirrored in the displayed picture. */
function stepsOf(orientation: Orientation): { exchange: boolean; mirror: boolean; overturn: boolean } {
  return {
    exchange: orientation > 4,
    mirror: [2, 3, 6, 7].includes(orientation),
    overturn: [3, 4, 7, 8].includes(orientation),
  };
}

/** Size of the displayed picture. */
export function displayedSize({ width, height }: Extent, orientation: Orientation): Extent {
  return orientation > 4 ? { width: height, height: width } : { width, height };
}

/** Where a region of the displayed picture, whose size is `displayed`, lies in the file. */
export function regionInFile(
  { x, y, width, height }: BoxXywh,
  { displayed, orientation }: { readonly displayed: Extent; readonly orientation: Orientation },
): BoxXywh {
  const { exchange, mirror, overturn } = stepsOf(orientation);
  const left = mirror ? displayed.width - x - width : x;
  const top = overturn ? displayed.height - y - height : y;
  return exchange ? { x: top, y: left, width: height, height: width } : { x: left, y: top, width, height };
}

/** The pixels of a region as they are displayed. */
export function turnPixels(pixels: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return pixels;
  const { exchange, mirror, overturn } = stepsOf(orientation);
  const { data, channels } = pixels;
  const { width, height } = displayedSize(pixels, orientation);
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const row = overturn ? height - 1 - y : y;
    for (let x = 0; x < width; x++) {
      const column = mirror ? width - 1 - x : x;
      const from = (exchange ? column * pixels.width + row : row * pixels.width + column) * channels;
      const to = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++)
        turned[to + channel] = data[from + channel] as number;
    }
  }
  return { data: turned, width, height, channels };
}
