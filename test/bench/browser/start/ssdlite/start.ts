// From the page's address to its first boxes. The address says which photo, and whether in a worker: ?photo=a.jpg&worker=true

import { createDetector } from 'ssdlite/browser';

const wanted = new URLSearchParams(location.search);
const image = document.querySelector('img') as HTMLImageElement;
image.src = wanted.get('photo') ?? '';
const worker = wanted.get('worker') === 'true';
const detector = await createDetector({ engine: 'tfjs-wasm', threads: 1, worker });
const detections = await detector.detect(image);
// Whoever asks a page from outside holds it up.
console.info(JSON.stringify({ ms: performance.now(), boxes: detections.length }));
