// This detector against coco-ssd 2.2.3 in one browser, in turn, on the same pictures. Medians: machines are shared and noisy.
//   node test/bench/browser/compare.mjs [FOLDER] [--rounds 5] [--starts 7] [--litert] [--webgl] [--no-wasm]
// @ts-check
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { openBrowser, otherMachine } from './open-page.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    rounds: { type: 'string', default: '5' },
    starts: { type: 'string', default: '7' },
    wasm: { type: 'boolean', default: true },
    litert: { type: 'boolean', default: false },
    webgl: { type: 'boolean', default: false },
  },
});
const folder = positionals[0] ?? new URL('../../../examples/photos/', import.meta.url).pathname;
const urls = readdirSync(folder)
  .filter((name) => name.endsWith('.jpg'))
  .sort()
  .slice(0, 10)
  .map((name) => `pictures/${name}`);

const median = (/** @type {readonly number[]} */ numbers) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const row = (
  /** @type {string} */ title,
  /** @type {readonly number[]} */ ours,
  /** @type {readonly number[]} */ theirs,
) => {
  const ratio = median(theirs.map((value, index) => value / (ours[index] ?? Number.NaN)));
  console.log(
    `${title.padEnd(52)} ${median(ours).toFixed(1).padStart(9)} ${median(theirs).toFixed(1).padStart(9)} ${ratio.toFixed(2).padStart(7)}`,
  );
};

/** @typedef {{ title: string; engine: 'tfjs-wasm' | 'tfjs-webgl' | 'litert'; backend: string; threads: number; pictures?: number }} Pair */
/** @type {Pair[]} */
const pairs = [];
if (values.wasm) {
  pairs.push({ title: 'wasm, 1 thread', engine: 'tfjs-wasm', backend: 'wasm-1', threads: 1 });
  pairs.push({ title: 'wasm, 2 threads', engine: 'tfjs-wasm', backend: 'wasm-2', threads: 2 });
}
if (values.litert) {
  pairs.push({ title: 'LiteRT, 1 thread', engine: 'litert', backend: 'wasm-1', threads: 1 });
  pairs.push({ title: 'LiteRT, 2 threads', engine: 'litert', backend: 'wasm-2', threads: 2 });
}
// A picture takes seconds there.
if (values.webgl)
  pairs.push({
    title: 'WebGL in software',
    engine: 'tfjs-webgl',
    backend: 'webgl-',
    threads: 1,
    pictures: 2,
  });

console.log(
  `${cpus().length} x ${cpus()[0]?.model.trim()}, ${urls.length} pictures, ${values.rounds} rounds`,
);
console.log(`${'medians'.padEnd(52)} ${'ours'.padStart(9)} ${'coco-ssd'.padStart(9)} ${'ratio'.padStart(7)}`);
for (const pair of pairs) await compareSpeed(pair);
if (Number(values.starts) > 0) await compareStarts(Number(values.starts));

/**
 * Same page, same bitmaps, in turn by rounds.
 * @param {Pair} pair
 */
async function compareSpeed({ title, engine, backend, threads, pictures = urls.length }) {
  const session = await openBrowser({ pictures: folder, isolated: threads > 1 });
  try {
    const page = await session.open();
    const measured = await page.evaluate(
      async ({ engine, backend, threads, urls, rounds }) => {
        // coco-ssd first: it sets the threads of the one WebAssembly backend, which both then use.
        const theirs = await loadCocoSsd(backend);
        const { createDetector } = await loadSsdlite();
        const ours = await createDetector({
          engine: engine === 'litert' ? (await loadLitert()).litert({ path: 'litert' }) : engine,
          threads,
        });
        const pictures = await Promise.all(
          urls.map(async (url) => createImageBitmap(await (await fetch(url)).blob())),
        );
        const blocks = { ours: 0, theirs: 0 };
        /** @type {'ours' | 'theirs'} */
        let turn = 'ours';
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) blocks[turn] = Math.max(blocks[turn], duration);
        }).observe({ entryTypes: ['longtask'] });
        /** @type {{ ours: number[]; theirs: number[] }} */
        const times = { ours: [], theirs: [] };
        const detect = {
          ours: (/** @type {ImageBitmap} */ picture) => ours.detect(picture),
          theirs: (/** @type {ImageBitmap} */ picture) => theirs.detect(picture),
        };
        for (let round = -1; round < rounds; round++) {
          for (turn of /** @type {const} */ (['ours', 'theirs'])) {
            for (const picture of round < 0 ? pictures.slice(0, 2) : pictures) {
              const start = performance.now();
              await detect[turn](picture);
              if (round >= 0) times[turn].push(performance.now() - start);
              // So that one picture is one task.
              await new Promise((resolve) => setTimeout(resolve));
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
            if (round < 0) blocks[turn] = 0;
          }
        }
        await ours.dispose();
        return { times, blocks };
      },
      { engine, backend, threads, urls: urls.slice(0, pictures), rounds: Number(values.rounds) },
    );
    row(`${title}: picture to boxes, ms`, measured.times.ours, measured.times.theirs);
    const { ours, theirs } = measured.blocks;
    // Shorter ones are not told.
    const block = (/** @type {number} */ ms) => (ms > 0 ? ms.toFixed(1) : '< 50');
    console.log(
      `${`${title}: longest task of the page, ms`.padEnd(52)} ${block(ours).padStart(9)} ${block(theirs).padStart(9)}`,
    );
  } finally {
    await session.close();
  }
}

/**
 * A page of its own each, from its address to its first boxes, by turns; with all of the transfer on one machine, and over a line.
 * @param {number} starts
 */
async function compareStarts(starts) {
  const pictures = folder;
  const ours = await openBrowser({ pictures, root: 'start/ssdlite' });
  const theirs = await openBrowser({ pictures, root: 'start/coco-ssd' });
  const photo = urls[0] ?? '';
  const pages = /** @type {const} */ ({
    ours: [ours, `?photo=${photo}`],
    worker: [ours, `?photo=${photo}&worker=true`],
    plainHttp: [ours, `?photo=${photo}`, otherMachine],
    theirs: [theirs, `?photo=${photo}`],
  });
  const names = /** @type {(keyof typeof pages)[]} */ (Object.keys(pages));
  /** @typedef {Record<keyof typeof pages, { ms: number; bytes: number }[]>} Starts */
  const measure = async (/** @type {number} */ count, /** @type {boolean} */ slow) => {
    /** @type {Starts} */
    const all = { ours: [], worker: [], plainHttp: [], theirs: [] };
    for (let turn = 0; turn < count; turn++) {
      for (const name of names) {
        const [session, search, host] = pages[name];
        session.takeSentBytes();
        const { ms } = await session.start(search, { slow, ...(host !== undefined && { host }) });
        all[name].push({ ms, bytes: session.takeSentBytes() });
      }
    }
    return all;
  };
  const of = (/** @type {{ ms: number; bytes: number }[]} */ list, /** @type {'ms' | 'bytes'} */ what) =>
    list.map((one) => one[what]);
  try {
    const near = await measure(starts, false);
    row('address to first boxes, wasm, ms', of(near.ours, 'ms'), of(near.theirs, 'ms'));
    row('the same with our worker, ms', of(near.worker, 'ms'), of(near.theirs, 'ms'));
    row('by plain http, without WebCrypto, ms', of(near.plainHttp, 'ms'), of(near.theirs, 'ms'));
    const far = await measure(3, true);
    row('over 20 Mbit/s with 40 ms of latency, ms', of(far.ours, 'ms'), of(far.theirs, 'ms'));
    const megabytes = (/** @type {keyof Starts} */ name) =>
      of(near[name], 'bytes').map((bytes) => bytes / 1e6);
    row('bytes transferred, uncompressed, MB', megabytes('ours'), megabytes('theirs'));
  } finally {
    await ours.close();
    await theirs.close();
  }
}
