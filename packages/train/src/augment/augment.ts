// What becomes of a picture before the network sees it: mirrored, cut, recoloured, put together with others.

import { flip } from './flip.ts';
import { type ColorJitter, jitterColors } from './jitter-colors.ts';
import type { LabelledPicture } from './labelled-picture.ts';
import { drawMosaic, joinMosaic } from './mosaic.ts';
import type { Random } from './random.ts';
import { ssdRandomCrop } from './random-crop.ts';
import { resize } from './resize.ts';

/** Which changes are made at random. It is JSON. */
export interface AugmentConfig {
  /** Mirrors every other picture, left for right. Default true. */
  readonly flip?: boolean;
  /** Cuts as TF Object Detection's `ssd_random_crop`. Default true. */
  readonly crop?: boolean;
  /** Default: colours stay. */
  readonly colors?: ColorJitter;
  /** Share of pictures, 0 to 1, that are put together with three others. Default 0. */
  readonly mosaic?: number;
}

/** What TF Object Detection trains this network with. */
export const tfOdAugment: AugmentConfig = { flip: true, crop: true };

/** Nothing changes but the size. */
export const noAugment: AugmentConfig = { flip: false, crop: false };

export interface AugmentOptions {
  readonly config: AugmentConfig;
  readonly random: Random;
  /** Pixels: the size of the result. */
  readonly size: { readonly height: number; readonly width: number };
  /** Another picture, for mosaics. Called three times at most. */
  readonly other: (random: Random) => Promise<LabelledPicture>;
}

/**
 * Changes a picture at random and resizes it: first flip, then crop on the picture as it is, then the size, then colours.
 *
 * @returns float32 pixels of that size
 */
export async function augment(
  picture: LabelledPicture,
  { config, random, size, other }: AugmentOptions,
): Promise<LabelledPicture> {
  const { mosaic = 0, colors } = config;
  const changed =
    mosaic > 0 && random.uniform() < mosaic
      ? await mosaicOf(picture, { config, random, size, other })
      : placed(picture, { config, random, size });
  return colors ? { ...changed, pixels: jitterColors(changed.pixels, colors, random) } : changed;
}

function placed(
  picture: LabelledPicture,
  { config, random, size }: Omit<AugmentOptions, 'other'>,
): LabelledPicture {
  const { flip: flips = true, crop = true } = config;
  const mirrored = flips && random.uniform() < 0.5 ? flip(picture) : picture;
  const cut = crop ? ssdRandomCrop(mirrored, random) : mirrored;
  return { ...cut, pixels: resize(cut.pixels, size) };
}

async function mosaicOf(
  picture: LabelledPicture,
  { config, random, size, other }: AugmentOptions,
): Promise<LabelledPicture> {
  const windows = drawMosaic(size, random);
  const pictures = [picture];
  // One after the other: which they are depends on the order of the random numbers.
  while (pictures.length < windows.length) pictures.push(await other(random));
  const parts = windows.map((window, index) => ({
    window,
    picture: placed(pictures[index] as LabelledPicture, { config, random, size: window }),
  }));
  return joinMosaic(parts, size);
}
