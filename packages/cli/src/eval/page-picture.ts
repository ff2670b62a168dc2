// Pictures as a page shows them: upright and no larger than a screen needs.

import sharp from 'sharp';

/** Longest side, in pixels. */
const longest = 800;

/** A JPEG of a picture in a file. */
export function pagePicture(path: string): Promise<Buffer> {
  return sharp(path)
    .rotate()
    .resize({ width: longest, height: longest, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 80 })
    .toBuffer();
}
