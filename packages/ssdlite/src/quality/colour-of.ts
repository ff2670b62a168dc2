// Whether a part of a picture is of one colour: borders without data, blank paper, a clear sky that was drawn.

import type { BoxXywh } from '../detection.ts';
import type { DevicePicture } from '../engine.ts';
import type { Pixels } from '../pixels.ts';

/** The one colour of all pixels in a region; undefined where there are two, and for pictures that are not in memory. */
export function colourOf(picture: Pixels | DevicePicture, region: BoxXywh): string | undefined {
  if (!('data' in picture)) return undefined;
  const { data, width, height, channels } = picture;
  const left = Math.floor(region.x);
  const right = Math.min(Math.ceil(region.x + region.width), width);
  const bottom = Math.min(Math.ceil(region.y + region.height), height);
  const first = (Math.floor(region.y) * width + left) * channels;
  // Alpha is not looked at.
  const shades = Math.min(channels, 3);
  for (let y = Math.floor(region.y); y < bottom; y++) {
    const end = (y * width + right) * channels;
    for (let at = (y * width + left) * channels; at < end; at += channels) {
      for (let shade = 0; shade < shades; shade++)
        if (data[at + shade] !== data[first + shade]) return undefined;
    }
  }
  return data.subarray(first, first + shades).join(' ');
}
