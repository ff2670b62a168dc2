// How long a page is held up while a detector in a worker follows a video: the longest task of the page's main thread, frame by frame, beside
// that of the same page when nothing detects. By the clock, and in processor time, which other programs on the machine do not add to.
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
  await page.evaluate(
    async ({ engine, worker }) => {
      const video = await playPhotoVideo({ width: 640, height: 480, framesPerSecond: 30 });
      const { createDetector } = await loadSsdlite();
      const options = { engine: /** @type {'tfjs-wasm'} */ (engine), worker, threads: 1 };
      const detector = await createDetector(options);
      await detector.detect(video);
      Object.assign(globalThis, { video, detector });
    },
    { engine, worker },
  );

  const idle = await longestTasks(async (count) => {
    const { video } = /** @type {{ video: HTMLVideoElement }} */ (/** @type {unknown} */ (globalThis));
    for (let frame = 0; frame < count; frame++) {
      await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      performance.mark('frame');
    }
    return [];
  });
  const detecting = await longestTasks(async (count) => {
    const { video, detector } =
      /** @type {{ video: HTMLVideoElement; detector: import('ssdlite/browser').BrowserDetector }} */ (
        /** @type {unknown} */ (globalThis)
      );
    const times = [];
    for await (const { timings } of detector.detectVideo(video)) {
      performance.mark('frame');
      if (times.push(timings.total) === count) break;
    }
    return times;
  });

  const share = (/** @type {readonly number[]} */ numbers, /** @type {number} */ part) =>
    (numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * part)] ?? Number.NaN)
      .toFixed(1)
      .padStart(8);
  console.log(
    `${engine}${worker ? ' in a worker' : ' on the page'}, ${frames} frames of 640 x 480, ${share(detecting.times, 0.5).trim()} ms each`,
  );
  console.log('longest task of the page in a frame, ms        median       99%  longest');
  for (const [title, tasks] of /** @type {const} */ ([
    ['while nothing detects: by the clock', idle.clock],
    ['                       processor time', idle.processor],
    ['while detecting:       by the clock', detecting.clock],
    ['                       processor time', detecting.processor],
  ]))
    console.log(`${title.padEnd(44)} ${share(tasks, 0.5)} ${share(tasks, 0.99)} ${share(tasks, 1)}`);

  /**
   * @param {(frames: number) => Promise<number[]>} follow marks each frame
   */
  async function longestTasks(follow) {
    const categories = ['toplevel', 'blink.user_timing', 'disabled-by-default-devtools.timeline'];
    await session.browser.startTracing(page, { categories });
    const times = await page.evaluate(follow, frames);
    /** @type {{ traceEvents: { name: string; ph: string; pid: number; tid: number; ts: number; dur?: number; tdur?: number }[] }} */
    const { traceEvents } = JSON.parse((await session.browser.stopTracing()).toString());
    const marks = traceEvents.filter(({ name, ph }) => name === 'frame' && 'RI'.includes(ph));
    marks.sort((a, b) => a.ts - b.ts);
    // The main thread is the one that marks.
    const { pid, tid } = marks[0] ?? { pid: 0, tid: 0 };
    const tasks = traceEvents.filter(
      (event) => event.pid === pid && event.tid === tid && event.ph === 'X' && /RunTask$/.test(event.name),
    );
    /** @type {Record<'clock' | 'processor', number[]>} */
    const longest = { clock: [], processor: [] };
    for (let frame = 1; frame < marks.length; frame++) {
      const from = marks[frame - 1]?.ts ?? 0;
      const to = marks[frame]?.ts ?? 0;
      const within = tasks.filter(({ ts }) => ts >= from && ts < to);
      longest.clock.push(Math.max(0, ...within.map(({ dur = 0 }) => dur / 1000)));
      longest.processor.push(Math.max(0, ...within.map(({ tdur = 0 }) => tdur / 1000)));
    }
    return { times, ...longest };
  }
} finally {
  await session.close();
}
