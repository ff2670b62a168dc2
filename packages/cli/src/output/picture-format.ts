// In which format a picture goes out: PNG for formats without loss, JPEG for all others.

import { extname } from 'node:path';
import type { Sharp } from 'sharp';

/** Extensions that stay as they are. */
const jpegExtensions: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.jpe', '.jfif']);
const losslessExtensions: ReadonlySet<string> = new Set(['.png', '.gif', '.tif', '.tiff', '.svg']);

/**
 * The name under which a picture goes out: its own, with `.png` or `.jpg` where it is of another format.
 *
 * @example
 * outputName('photo.webp'); // 'photo.jpg'
 */
export function outputName(fileName: string): string {
  const extension = extname(fileName);
  const lower = extension.toLowerCase();
  if (jpegExtensions.has(lower) || lower === '.png') return fileName;
  const known = losslessExtensions.has(lower) || lower === '.webp' || lower === '.avif';
  const stem = known ? fileName.slice(0, fileName.length - extension.length) : fileName;
  return `${stem}${losslessExtensions.has(lower) ? '.png' : '.jpg'}`;
}

/** Encodes by the extension of the name. */
export function encodeAs(name: string, image: Sharp): Promise<Buffer> {
  if (extname(name).toLowerCase() === '.png') return image.png().toBuffer();
  // Full chroma: with half of it, thin coloured lines smear.
  return image.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer();
}
