// How large a picture is, without decoding it.

import { SsdliteError } from '@ssdlite/layers';
import sharp from 'sharp';

/**
 * Pixels of the picture as displayed: a quarter turn of EXIF's swaps them.
 *
 * @throws SsdliteError `IMAGE_UNREADABLE`
 */
export async function pictureSize(
  path: string,
): Promise<{ readonly width: number; readonly height: number }> {
  try {
    const { width, height, orientation = 1 } = await sharp(path).metadata();
    return orientation >= 5 ? { width: height, height: width } : { width, height };
  } catch (cause) {
    throw new SsdliteError('IMAGE_UNREADABLE', `'${path}' is no picture that can be read.`, {
      value: path,
      next: 'Replace it or take it away.',
      cause,
    });
  }
}
