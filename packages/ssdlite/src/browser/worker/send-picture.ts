// Pictures on their way to a worker: handed over where that can be, and never taken from the caller.

import type { RawPixels } from '../../check-pixels.ts';
import { drawableKind } from '../image-input.ts';
import { readError } from '../pixel-reader.ts';
import { addressOf, encodedBytes, readPicture } from '../read-picture.ts';
import type { SentPicture } from './messages.ts';

/**
 * A picture for a worker. An image bitmap or frame is a copy that the graphics processor makes, and is to be transferred.
 *
 * @throws SsdliteError as `readPicture`, and `IMAGE_TAINTED`
 */
export async function sendablePicture(input: unknown, signal: AbortSignal | undefined): Promise<SentPicture> {
  if (typeof input === 'string' || input instanceof URL) {
    const { href } = addressOf(input);
    if (!/\.svgz?([?#]|$)|^data:image\/svg/i.test(href)) return href;
  }
  const bytes = encodedBytes(input);
  if (bytes && !bytes.type.startsWith('image/svg')) return bytes;
  const picture = await readPicture(input, signal);
  if ('pixels' in picture) return picture.pixels satisfies RawPixels;
  const { source, width, height, ours } = picture.drawable;
  if (ours) return source as ImageBitmap;
  try {
    switch (drawableKind(source)) {
      case 'VideoFrame':
        return (source as VideoFrame).clone();
      case 'HTMLVideoElement':
        // Without a copy of the pixels, where the browser can.
        if (typeof VideoFrame !== 'undefined') return new VideoFrame(source as HTMLVideoElement);
        return await createImageBitmap(source);
      default:
        return await createImageBitmap(source);
    }
  } catch (cause) {
    throw readError(cause, { width, height });
  }
}

/** What of sent pictures changes hands. */
export function transferOf(pictures: readonly SentPicture[]): Transferable[] {
  return pictures.filter((picture): picture is ImageBitmap | VideoFrame => {
    const kind = drawableKind(picture);
    return kind === 'ImageBitmap' || kind === 'VideoFrame';
  });
}
