// A worker that does all of the work of an app: it decodes, detects, counts, draws and compresses. The page only shows the result.

import { createDetector } from 'ssdlite/browser';
import { drawDetections } from 'ssdlite/draw';
import type { Answer, Task } from './messages.ts';

const answer = (message: Answer): void => globalThis.postMessage(message);

// Here, not with `worker: true`: this is a worker already.
const starting = createDetector();
starting.then(
  ({ engine }) => answer({ kind: 'ready', engine: engine.name }),
  (error: Error) => answer({ kind: 'failed', why: error.message }),
);

addEventListener('message', async ({ data: { id, picture } }: MessageEvent<Task>) => {
  try {
    const detector = await starting;
    const detections = await detector.detect(picture);
    const bitmap = await createImageBitmap(picture);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser draws nothing in workers.');
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    drawDetections(context, detections);
    const drawn = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    const counts = new Map<string, number>();
    for (const { label } of detections) counts.set(label, (counts.get(label) ?? 0) + 1);
    answer({ kind: 'done', id, drawn, counts });
  } catch (error) {
    answer({ kind: 'wrong', id, why: error instanceof Error ? error.message : String(error) });
  }
});
