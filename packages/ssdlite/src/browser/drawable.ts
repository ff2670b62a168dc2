// Something the browser can draw now: its picture, natural size, and how to let go of it.

import { SsdliteError } from '@ssdlite/layers';
import type { DrawableInput, DrawableKind } from './image-input.ts';

/** A picture that can be drawn now. */
export interface Drawable {
  readonly source: Exclude<DrawableInput, HTMLImageElement | SVGImageElement>;
  /** Pixels of the picture itself, not of its place on the page. */
  readonly width: number;
  readonly height: number;
  /** Whether it may have see-through parts. */
  readonly mayBeTransparent: boolean;
  /** Whether we made it, so that it can be handed on. */
  readonly ours: boolean;
  /** Lets go of it, if it is ours. */
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
        { source, width, height, mayBeTransparent: true, ours: false, close: keep },
        'The VideoFrame is closed.',
      );
    }
    case 'ImageBitmap': {
      const source = input as ImageBitmap;
      return checked(
        { source, ...sizeOf(source), mayBeTransparent: true, ours: false, close: keep },
        'The ImageBitmap is closed.',
      );
    }
    default: {
      const source = input as HTMLCanvasElement | OffscreenCanvas;
      const { width, height } = source;
      return checked(
        { source, width, height, mayBeTransparent: true, ours: false, close: keep },
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
  if (width === 0 || height === 0) {
    throw unreadable(`The image ${shown(source.currentSrc || source.src)} has no size of its own.`, {
      next: 'Give it one: an SVG picture needs width and height.',
    });
  }
  return (await bitmapOf(source)) ?? drawn(source, { width, height });
}

/**
 * Decodes as Node's decoders do, and as the weights were trained: upright, and without a colour profile, which moves scores by up to
 * 0.1. Elements, and browsers that leave the options aside, show colours by it.
 */
export const asDecoded = { imageOrientation: 'from-image', colorSpaceConversion: 'none' } as const;

/** The image as decoded; undefined for what is no grid of pixels, such as SVG in some browsers. */
async function bitmapOf(image: HTMLImageElement): Promise<Drawable | undefined> {
  try {
    return owned(await createImageBitmap(image, asDecoded));
  } catch {
    return undefined;
  }
}

/** A bitmap that we made. */
export function owned(source: ImageBitmap): Drawable {
  const { width, height } = source;
  return { source, width, height, mayBeTransparent: true, ours: true, close: () => source.close() };
}

/** The image as the page would show it in its natural size. */
function drawn(source: HTMLImageElement, size: { width: number; height: number }): Drawable {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, size);
  canvas.getContext('2d')?.drawImage(source, 0, 0, size.width, size.height);
  return { source: canvas, ...size, mayBeTransparent: true, ours: false, close: keep };
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
  const drawable = { source, width, height, mayBeTransparent: true, ours: false, close: keep };
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
