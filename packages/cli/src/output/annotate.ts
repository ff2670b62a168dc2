// A picture with its detections drawn on it.

import { type Canvas, createCanvas } from '@napi-rs/canvas';
import sharp from 'sharp';
import type { Pixels } from 'ssdlite';
import { type Drawable, drawDetections } from 'ssdlite/draw';
import { encodeAs } from './picture-format.ts';

/** Draws on copies of pictures, on one canvas after the other: a canvas per picture would wait for the garbage collector. */
export class Annotator {
  readonly #canvas: Canvas = createCanvas(1, 1);

  /** The encoded picture, in the format of `name`. */
  annotate(
    pixels: Pixels,
    { detections, name }: { readonly detections: readonly Drawable[]; readonly name: string },
  ): Promise<Buffer> {
    const { width, height } = pixels;
    // Everything up to the copy is synchronous, so that pictures under way never meet on the canvas.
    const canvas = this.#canvas;
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    const image = context.createImageData(width, height);
    fillRgba(image.data, pixels);
    context.putImageData(image, 0, 0);
    drawDetections(context, detections);
    const drawn = context.getImageData(0, 0, width, height).data;
    return encodeAs(name, sharp(drawn, { raw: { width, height, channels: 4 } }).removeAlpha());
  }
}

function fillRgba(target: Uint8ClampedArray, { data, channels }: Pixels): void {
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; to < target.length; from += channels, to += 4) {
    target[to] = data[from] ?? 0;
    target[to + 1] = data[from + green] ?? 0;
    target[to + 2] = data[from + blue] ?? 0;
    target[to + 3] = 255;
  }
}
