// Encoded pictures by the browser's own decoders, upright as their EXIF orientation says.

import { readJpegMarkers } from '../jpeg-markers.ts';
import { asDecoded, type Drawable, owned, toDrawable, unreadable } from './drawable.ts';

/**
 * Decodes a picture.
 *
 * @throws SsdliteError `IMAGE_UNREADABLE`
 */
export async function decodePicture(blob: Blob): Promise<Drawable> {
  if (await isSvg(blob)) return decodeByImage(blob);
  await checkWhole(blob);
  try {
    const opaque = blob.type === 'image/jpeg';
    return { ...owned(await createImageBitmap(blob, asDecoded)), mayBeTransparent: !opaque };
  } catch (cause) {
    throw notRead(blob, cause);
  }
}

/** Browsers show what there is of a JPEG that was cut; its lower part is grey then. */
async function checkWhole(blob: Blob): Promise<void> {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  if (first !== 0xff || second !== 0xd8) return;
  const markers = readJpegMarkers(new Uint8Array(await blob.arrayBuffer()));
  if (markers?.ended !== false) return;
  throw unreadable(`The picture (${blob.size} bytes) is cut short: it ends before its last pixel.`, {
    value: blob,
    next: 'Get the whole file again.',
  });
}

/** What only elements decode. */
async function decodeByImage(blob: Blob): Promise<Drawable> {
  if (typeof Image === 'undefined') {
    throw unreadable('SVG pictures cannot be read in a worker.', {
      next: 'Pass an image element that shows it.',
    });
  }
  const typed = blob.type.startsWith('image/svg') ? blob : new Blob([blob], { type: 'image/svg+xml' });
  const url = URL.createObjectURL(typed);
  const image = new Image();
  image.src = url;
  try {
    return await toDrawable(image, 'HTMLImageElement');
  } catch (cause) {
    throw notRead(blob, cause);
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function isSvg(blob: Blob): Promise<boolean> {
  if (blob.type !== '') return blob.type.startsWith('image/svg');
  const start = await blob.slice(0, 256).text();
  return /^\s*<(\?xml|!--|!doctype svg|svg)/i.test(start);
}

function notRead(blob: Blob, cause: unknown): Error {
  const type = blob.type === '' ? '' : ` of type ${blob.type}`;
  return unreadable(`The picture${type} (${blob.size} bytes) cannot be decoded.`, {
    value: blob,
    next: 'Check that it is whole, and of a format that this browser reads: JPEG, PNG, WebP, GIF, AVIF or SVG.',
    cause,
  });
}
