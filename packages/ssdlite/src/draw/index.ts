// ssdlite/draw: detections on any 2D canvas.

export type { CanvasContext } from './canvas-context.ts';
export { type ClassColor, colorForClass } from './color-for-class.ts';
export { type DrawOptions, drawDetections } from './draw-detections.ts';
export type { Drawable } from './drawable.ts';
export { formatScore } from './label-text.ts';
