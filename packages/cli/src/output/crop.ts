// The parts of a picture in which objects were found, as pictures of their own.

import { extname } from 'node:path';
import sharp from 'sharp';
import type { BoxXywh, Detection, PictureSource, Pixels } from 'ssdlite';
import { encodeAs } from './picture-format.ts';

/** One object's part of a picture, encoded. */
export interface Crop {
  /** E.g. `street-1-person.jpg`. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Cuts out every detection, best first; `name` is that of the picture, and gives the format. */
export async function* crops(
  picture: Pixels | PictureSource,
  { detections, name }: { readonly detections: readonly Detection[]; readonly name: string },
): AsyncGenerator<Crop, void, void> {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  for (const [index, { label, box }] of detections.entries()) {
    const part = 'data' in picture ? { pixels: picture, box } : await readPart(picture, box);
    const { data, width, height, channels } = part.pixels;
    const cut = sharp(data, { raw: { width, height, channels } }).extract(wholePixels(part.box, part.pixels));
    const cropName = `${stem}-${index + 1}-${slug(label)}${extension}`;
    yield { name: cropName, bytes: await encodeAs(cropName, cut) };
  }
}

/** A part of a large picture, at its own resolution, and where it lies in what was read. */
async function readPart(
  picture: PictureSource,
  { x, y, width, height }: BoxXywh,
): Promise<{ pixels: Pixels; box: BoxXywh }> {
  const { left, top, ...size } = wholePixels({ x, y, width, height }, picture);
  const { picture: pixels, region } = await picture.read({ x: left, y: top, ...size }, size);
  if (!('data' in pixels)) throw new TypeError('A picture came without pixels.');
  return { pixels, box: region };
}

/** The smallest rectangle of whole pixels around a box, inside the picture and at least 1 x 1. */
export function wholePixels(
  box: BoxXywh,
  image: { readonly width: number; readonly height: number },
): { readonly left: number; readonly top: number; readonly width: number; readonly height: number } {
  const left = clamp(Math.floor(box.x), 0, image.width - 1);
  const top = clamp(Math.floor(box.y), 0, image.height - 1);
  const right = clamp(Math.ceil(box.x + box.width), left + 1, image.width);
  const bottom = clamp(Math.ceil(box.y + box.height), top + 1, image.height);
  return { left, top, width: right - left, height: bottom - top };
}

/** A label as part of a file name: `traffic light` becomes `traffic-light`. */
function slug(label: string): string {
  return label.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'object';
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
