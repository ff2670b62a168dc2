// The pictures that people add, each with its boxes.

import type { LabelledBox, LabelledPicture } from './protocol.ts';

/** Pixels: larger pictures are shrunk, as the network sees 300 x 300. */
const longestSide = 640;

/** A picture on the page; its boxes change. */
export interface Picture {
  readonly name: string;
  readonly canvas: HTMLCanvasElement;
  boxes: LabelledBox[];
}

/** Decodes a picture upright and draws it at a size that is enough to train on. */
export async function toPicture(source: Blob | HTMLVideoElement, name: string): Promise<Picture> {
  const bitmap = await createImageBitmap(source);
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  contextOf(canvas).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return { name, canvas, boxes: [] };
}

/** The picture as the worker takes it. */
export function toLabelled({ name, canvas, boxes }: Picture): LabelledPicture {
  const { width, height } = canvas;
  const { data } = contextOf(canvas).getImageData(0, 0, width, height);
  return { name, width, height, data: new Uint8ClampedArray(data), boxes };
}

/** The 2D context of a canvas. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser has no 2D canvas.');
  return context;
}
