// A picture of a folder as RGB, upright.

import { join } from 'node:path';
import { readImage } from 'ssdlite/node';
import type { LabelledImage } from '../data/read-annotations.ts';
import type { SamplePixels } from '../sample.ts';

/** @throws SsdliteError `IMAGE_NOT_FOUND`, `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`, `ABORTED` */
export async function readPicture(
  folder: string,
  { fileName }: Pick<LabelledImage, 'fileName'>,
  signal: AbortSignal | undefined,
): Promise<SamplePixels> {
  const { data, width, height, channels } = await readImage(join(folder, fileName), signal ? { signal } : {});
  if (channels === 3) return { data, width, height };
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgb[pixel * 3 + channel] = data[pixel * channels + (channels === 1 ? 0 : channel)] as number;
    }
  }
  return { data: rgb, width, height };
}
