// How long a page is held up while a detector in a worker follows a video: the longest gap between two tasks, frame by frame, beside
// that of the same page when nothing detects.
//   node test/bench/browser/block.mjs [--frames 300] [--engine tfjs-wasm] [--no-worker]
// @ts-check
import { parseArgs } from 'node:util';
import { openBrowser } from './open-page.mjs';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    frames: { type: 'string', default: '300' },
    engine: { type: 'string', default: 'tfjs-wasm' },
    worker: { type: 'boolean', default: true },
  },
});
const { engine, worker } = values;
const frames = Number(values.frames);
const session = await openBrowser({
  pictures: new URL('../../../examples/photos/', import.meta.url).pathname,
});
try {
  const page = await session.open();
  const measured = await page.evaluate(
    async ({ engine, worker, frames }) => {
      const video = await playPhotoVideo({ width: 640, height: 480, framesPerSecond: 30 });

      // One task after the other, each of which only looks at the clock.
      const { port1, port2 } = new MessageChannel();
      let last = performance.now();
      let longest = 0;
      port1.onmessage = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        port2.postMessage(undefined);
      };
      port2.postMessage(undefined);
      const gap = () => {
        const one = longest;
        longest = 0;
        return one;
      };

      const nextFrame = () => new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      const idle = [];
      gap();
      for (let frame = 0; frame < frames; frame++) {
        await nextFrame();
        idle.push(gap());
      }
      const { createDetector } = await loadSsdlite();
      const options = { engine: /** @type {'tfjs-wasm'} */ (engine), worker, threads: 1 };
      const detector = await createDetector(options);
      const detecting = [];
      const times = [];
      for await (const { index, timings } of detector.detectVideo(video)) {
        const one = gap();
        if (index < 10) continue;
        detecting.push(one);
        times.push(timings.total);
        if (detecting.length === frames) break;
      }
      await detector.dispose();
      return { idle, detecting, times };
    },
    { engine, worker, frames },
  );
  const share = (/** @type {readonly number[]} */ numbers, /** @type {number} */ part) =>
    (numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * part)] ?? Number.NaN)
      .toFixed(1)
      .padStart(8);
  console.log(
    `${engine}${worker ? ' in a worker' : ' on the page'}, ${frames} frames of 640 x 480, ${share(measured.times, 0.5).trim()} ms each`,
  );
  console.log('longest gap between two tasks of the page, ms    median       99%  longest');
  for (const [title, gaps] of /** @type {const} */ ([
    ['while nothing detects', measured.idle],
    ['while detecting', measured.detecting],
  ]))
    console.log(`${title.padEnd(46)} ${share(gaps, 0.5)} ${share(gaps, 0.99)} ${share(gaps, 1)}`);
} finally {
  await session.close();
}
