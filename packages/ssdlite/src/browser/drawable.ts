// Something the browser can draw now: its picture, natural size, and how to let go of it.

import { SsdliteError } from '@ssdlite/layers';
import { type DrawableInput, type DrawableKind, drawableKind } from './image-input.ts';

/** A picture that can be drawn now. */
export interface Drawable {
  readonly source: Exclude<DrawableInput, SVGImageElement>;
  /** Pixels of the picture itself, not of its place on the page. */
  readonly width: number;
  readonly height: number;
  /** Whether it may have see-through parts. */
  readonly mayBeTransparent: boolean;
  /** Lets go of it, if we made it. */
  readonly close: () => void;
}

const keep = () => undefined;

/**
 * Checks that there is a picture, waiting for an image that is still loading.
 *
 * @throws SsdliteError `IMAGE_UNREADABLE`
 */
export async function toDrawable(input: DrawableInput, kind: DrawableKind): Promise<Drawable> {
  switch (kind) {
    case 'HTMLImageElement':
      return fromImage(input as HTMLImageElement);
    case 'SVGImageElement':
      return fromSvgImage(input as SVGImageElement);
    case 'HTMLVideoElement':
      return fromVideo(input as HTMLVideoElement);
    case 'VideoFrame': {
      const source = input as VideoFrame;
      const { displayWidth: width, displayHeight: height } = source;
      return checked(
        { source, width, height, mayBeTransparent: true, close: keep },
        'The VideoFrame is closed.',
      );
    }
    case 'ImageBitmap': {
      const source = input as ImageBitmap;
      return checked(
        { source, ...sizeOf(source), mayBeTransparent: true, close: keep },
        'The ImageBitmap is closed.',
      );
    }
    default: {
      const source = input as HTMLCanvasElement | OffscreenCanvas;
      const { width, height } = source;
      return checked(
        { source, width, height, mayBeTransparent: true, close: keep },
        `The canvas is ${width} x ${height} pixels.`,
      );
    }
  }
}

async function fromImage(source: HTMLImageElement): Promise<Drawable> {
  if (!source.complete || source.naturalWidth === 0) {
    try {
      await source.decode();
    } catch (cause) {
      throw unreadable(`The image ${shown(source.currentSrc || source.src)} did not load.`, {
        next: 'Check its address, and whether it is a picture that this browser reads.',
        cause,
      });
    }
  }
  const { naturalWidth: width, naturalHeight: height } = source;
  return checked(
    { source, width, height, mayBeTransparent: true, close: keep },
    `The image ${shown(source.currentSrc || source.src)} has no size of its own.`,
  );
}

/** An `<image>` of an SVG document, which has no natural size: what it shows is loaded once more. */
function fromSvgImage({
  href,
  crossOrigin,
}: SVGImageElement & { crossOrigin?: string | null }): Promise<Drawable> {
  const image = new Image();
  if (crossOrigin) image.crossOrigin = crossOrigin;
  image.src = href.baseVal;
  return fromImage(image);
}

function fromVideo(source: HTMLVideoElement): Drawable {
  const { videoWidth: width, videoHeight: height, readyState } = source;
  const drawable = { source, width, height, mayBeTransparent: true, close: keep };
  // HAVE_CURRENT_DATA: the size alone may be known before.
  if (readyState >= 2) return checked(drawable, 'The video has no picture.');
  throw unreadable('The video has no picture yet.', {
    next: "Wait for its 'loadeddata' event, or use detectVideo.",
  });
}

function sizeOf({ width, height }: ImageBitmap): { width: number; height: number } {
  return { width, height };
}

function checked(drawable: Drawable, otherwise: string): Drawable {
  if (drawable.width > 0 && drawable.height > 0) return drawable;
  throw unreadable(otherwise, { next: 'Pass something with a width and height of at least 1 pixel.' });
}

/**
 * The same picture as something that a graphics processor takes upright and in its natural size: elements are not always taken so.
 *
 * @throws SsdliteError `IMAGE_UNREADABLE`
 */
export async function uploadable(drawable: Drawable): Promise<Drawable> {
  if (drawableKind(drawable.source) !== 'HTMLImageElement') return drawable;
  try {
    const bitmap = await createImageBitmap(drawable.source, { imageOrientation: 'from-image' });
    return {
      source: bitmap,
      width: bitmap.width,
      height: bitmap.height,
      mayBeTransparent: drawable.mayBeTransparent,
      close() {
        bitmap.close();
        drawable.close();
      },
    };
  } catch (cause) {
    drawable.close();
    throw unreadable('The image cannot be drawn.', {
      next: 'Check that it has loaded and is not broken.',
      cause,
    });
  }
}

/** For errors: what cannot be read as a picture. */
export function unreadable(
  what: string,
  details: { readonly next: string; readonly value?: unknown; readonly cause?: unknown },
): SsdliteError {
  return new SsdliteError('IMAGE_UNREADABLE', what, details);
}

function shown(address: string): string {
  return `"${address.length > 80 ? `${address.slice(0, 77)}…` : address}"`;
}
