// Detects the objects of a picture that the visitor chooses, draws them and lists them.

import { createDetector, SsdliteError } from 'ssdlite/browser';
import { drawDetections } from 'ssdlite/draw';

const file = document.querySelector<HTMLInputElement>('#file');
const status = document.querySelector('#status');
const canvas = document.querySelector<HTMLCanvasElement>('#canvas');
const list = document.querySelector('#list');
if (!file || !status || !canvas || !list) throw new Error('index.html lacks an element.');

const detector = await createDetector({
  worker: true,
  onProgress: ({ loaded, total }) => {
    status.textContent = total ? `${Math.round((100 * loaded) / total)} % loaded` : 'loading';
  },
});
status.textContent = `ready on ${detector.engine.name}`;
file.disabled = false;

file.addEventListener('change', async () => {
  const [picture] = file.files ?? [];
  if (!picture) return;
  try {
    const bitmap = await createImageBitmap(picture);
    const detections = await detector.detect(picture, { scoreThreshold: 0.5 });
    Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    const context = canvas.getContext('2d');
    if (!context) return;
    context.drawImage(bitmap, 0, 0);
    drawDetections(context, detections);
    list.replaceChildren(
      ...detections.map(({ label, score }) => {
        const item = document.createElement('li');
        item.textContent = `${label} ${Math.round(100 * score)} %`;
        return item;
      }),
    );
    status.textContent = `${detections.length} objects`;
  } catch (error) {
    status.textContent = error instanceof SsdliteError ? error.message : 'This is no picture.';
  }
});
