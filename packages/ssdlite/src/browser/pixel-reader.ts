// Pixels of what the browser has drawn: by a canvas of the picture's natural size.

import { SsdliteError } from '@ssdlite/layers';
import type { Pixels } from '../pixels.ts';
import { type Drawable, unreadable } from './drawable.ts';

type Context2d = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Reads pixels through one canvas, which is kept. */
export class PixelReader {
  #context: Context2d | undefined;

  /**
   * Reads the pixels; see-through parts lie on white.
   *
   * @throws SsdliteError `IMAGE_TAINTED` if the page may not read them, `IMAGE_TOO_LARGE`, `IMAGE_UNREADABLE`
   */
  read({ source, width, height, mayBeTransparent }: Drawable): Pixels {
    this.#context ??= makeContext();
    const context = this.#context;
    const { canvas } = context;
    // Setting a size clears the canvas, and takes time.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    try {
      if (mayBeTransparent) {
        context.fillStyle = '#fff';
        context.fillRect(0, 0, width, height);
      }
      context.drawImage(source, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      return { data, width, height, channels: 4 };
    } catch (cause) {
      throw readError(cause, { width, height });
    }
  }

  /** Gives the canvas's memory back. */
  dispose(): void {
    if (this.#context) this.#context.canvas.width = 0;
    this.#context = undefined;
  }
}

function makeContext(): Context2d {
  const canvas =
    typeof OffscreenCanvas === 'undefined' ? document.createElement('canvas') : new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true }) as Context2d | null;
  if (context) return context;
  throw unreadable('This browser gives no canvas to read pixels with.', {
    next: 'Close other pages, and try again.',
  });
}

/** What a failure to read pixels means. */
export function readError(
  cause: unknown,
  { width, height }: { width: number; height: number },
): SsdliteError {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'SecurityError') return taintedError(cause);
  if (name === 'RangeError' || name === 'IndexSizeError') {
    return new SsdliteError(
      'IMAGE_TOO_LARGE',
      `The picture of ${width} x ${height} pixels does not fit into a canvas here.`,
      {
        value: width * height,
        next: 'Make it smaller.',
        cause,
      },
    );
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return unreadable(`The picture cannot be read: ${why}`, {
    next: 'Check that it has loaded and is not broken.',
    cause,
  });
}

/** The error for a picture that the browser shows and keeps from scripts. */
export function taintedError(cause: unknown): SsdliteError {
  return new SsdliteError(
    'IMAGE_TAINTED',
    'The picture comes from another site, which does not let this page read it.',
    {
      next: 'Load it with crossOrigin = "anonymous" from a server that allows it (Access-Control-Allow-Origin), or from your own.',
      cause,
    },
  );
}
