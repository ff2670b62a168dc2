// Ten thousand frames of a looping video: whether anything is left behind.
//   node test/bench/browser/leak.mjs [--frames 10000] [--engine tfjs-wasm] [--worker]
// @ts-check
import { parseArgs } from 'node:util';
import { openBrowser } from './open-page.mjs';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '10000' },
    engine: { type: 'string', default: 'tfjs-wasm' },
    worker: { type: 'boolean', default: false },
  },
});
const frames = Number(values.frames);
const pictures = new URL('../../../examples/photos/', import.meta.url).pathname;
const session = await openBrowser({ pictures });
try {
  const page = await session.open();
  const devtools = await page.context().newCDPSession(page);
  const heap = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    return (await devtools.send('Runtime.getHeapUsage')).usedSize / 1e6;
  };
  await page.evaluate(
    async ({ engine, worker }) => {
      const image = new Image();
      image.src = 'pictures/bike-shop.jpg';
      await image.decode();
      // A second of the photo on the move, recorded, and then played over and over.
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [320, 240];
      const context = canvas.getContext('2d');
      const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: 'video/webm' });
      /** @type {Blob[]} */
      const chunks = [];
      recorder.ondataavailable = ({ data }) => chunks.push(data);
      recorder.start();
      for (let step = 0; step < 30; step++) {
        context?.drawImage(image, -step * 2, 0);
        await new Promise((resolve) => setTimeout(resolve, 33));
      }
      await new Promise((resolve) => {
        recorder.onstop = resolve;
        recorder.stop();
      });
      const video = document.createElement('video');
      video.src = URL.createObjectURL(new Blob(chunks, { type: 'video/webm' }));
      video.muted = video.loop = true;
      document.body.append(video);
      await video.play();
      const { createDetector } = await loadSsdlite();
      const detector = await createDetector({ engine: /** @type {'tfjs-wasm'} */ (engine), worker });
      const results = detector.detectVideo(video);
      Object.assign(globalThis, {
        runFrames: async (/** @type {number} */ count) => {
          for (let frame = 0; frame < count; frame++) await results.next();
        },
      });
    },
    { engine: values.engine, worker: values.worker },
  );
  // The values that TensorFlow.js' backend holds: the network's weights, and nothing more between frames.
  const run = async (/** @type {number} */ count) => {
    await page.evaluate(
      (count) =>
        /** @type {{ runFrames: (count: number) => Promise<void> }} */ (
          /** @type {unknown} */ (globalThis)
        ).runFrames(count),
      count,
    );
    const tensors = await page.evaluate(() => {
      const engine = /** @type {{ _tfengine?: { registry: Record<string, { numDataIds(): number }> } }} */ (
        globalThis
      )._tfengine;
      return Object.values(engine?.registry ?? {}).reduce((sum, backend) => sum + backend.numDataIds(), 0);
    });
    return { tensors, heap: await heap() };
  };
  const start = Math.min(500, Math.ceil(frames / 10));
  const first = await run(start);
  console.log(`${values.engine}${values.worker ? ' in a worker' : ''}`);
  console.log(`${start} frames: ${first.tensors} values on the backend, heap ${first.heap.toFixed(2)} MB`);
  const last = await run(frames - start);
  console.log(`${frames} frames: ${last.tensors} values on the backend, heap ${last.heap.toFixed(2)} MB`);
  console.log(`growth: ${last.tensors - first.tensors} values, ${(last.heap - first.heap).toFixed(2)} MB`);
  if (last.tensors !== first.tensors) process.exitCode = 1;
} finally {
  await session.close();
}
