// What the visitor can take along: the picture with its boxes, and the objects as JSON.

import type { Detection } from 'ssdlite/browser';
import { type Drawable, drawDetections } from 'ssdlite/draw';
import { labelOf } from './stage.ts';

interface PictureFacts {
  /** Of the file, with or without ending. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** The picture in its own pixels, with boxes, as PNG. */
export async function annotatedPicture(
  source: CanvasImageSource,
  { width, height }: PictureFacts,
  detections: readonly Drawable[],
): Promise<Blob> {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no canvas of that size.');
  context.drawImage(source, 0, 0, width, height);
  drawDetections(context, detections, { labels: labelOf });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error('The picture is too large to be saved.')),
    );
  });
}

/** Everything about the objects, boxes as x, y, width, height in pixels. */
export function detectionsJson(
  picture: PictureFacts,
  details: { readonly engine: string; readonly detections: readonly Drawable[] },
): Blob {
  const { engine, detections } = details;
  const { name, width, height } = picture;
  const objects = detections.map(({ label, classId, score, box, id }) => ({
    ...(id !== undefined && { id }),
    label,
    classId,
    score,
    box,
  }));
  return jsonBlob({ picture: { name, width, height }, engine, detections: objects });
}

/** A COCO results file. A picture with a COCO name has its own id, any other 1. */
export function cocoResults({ name }: PictureFacts, detections: readonly Detection[]): Blob {
  const imageId = Number(/^(?:COCO_\w+_)?(\d{12})(?:\.\w+)?$/.exec(name)?.[1] ?? 1);
  return jsonBlob(
    detections.map(({ classId, score, box: { x, y, width, height } }) => ({
      image_id: imageId,
      category_id: classId,
      bbox: [x, y, width, height].map((side) => Math.round(side * 100) / 100),
      score: Math.round(score * 1e5) / 1e5,
    })),
  );
}

export function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has begun by then, in every browser.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function jsonBlob(value: unknown): Blob {
  return new Blob([`${JSON.stringify(value, undefined, 2)}\n`], { type: 'application/json' });
}
