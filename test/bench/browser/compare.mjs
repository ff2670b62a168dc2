// This detector against coco-ssd 2.2.3 in one browser, in turn, on the same pictures. Medians: machines are shared and noisy.
//   node test/bench/browser/compare.mjs [FOLDER] [--rounds 5] [--starts 3] [--webgl]
// @ts-check
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { openBrowser } from './open-page.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    starts: { type: 'string', default: '3' },
    webgl: { type: 'boolean', default: false },
  },
});
const folder = positionals[0] ?? new URL('../../../examples/photos/', import.meta.url).pathname;
const urls = readdirSync(folder)
  .filter((name) => name.endsWith('.jpg'))
  .sort()
  .slice(0, 10)
  .map((name) => `pictures/${name}`);
const rounds = Number(values.rounds);

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

console.log(`${cpus().length} x ${cpus()[0]?.model.trim()}, ${urls.length} pictures, ${rounds} rounds`);
console.log(`${'medians'.padEnd(52)} ${'ours'.padStart(9)} ${'coco-ssd'.padStart(9)} ${'ratio'.padStart(7)}`);

/** Same page, same bitmaps, in turn by rounds. */
for (const [title, engine, backend, threads] of /** @type {const} */ ([
  ['wasm, 1 thread', 'tfjs-wasm', 'wasm-1', 1],
  ['wasm, 2 threads', 'tfjs-wasm', 'wasm-2', 2],
  ['WebGL in software', 'tfjs-webgl', 'webgl-', 1],
])) {
  if (engine === 'tfjs-webgl' && !values.webgl) continue;
  const session = await openBrowser({ pictures: folder, isolated: threads > 1 });
  try {
    const page = await session.open();
    const measured = await page.evaluate(
      async ({ engine, backend, threads, urls, rounds }) => {
        // coco-ssd first: it sets the threads of the one WebAssembly backend, which both then use.
        const theirs = await loadCocoSsd(backend);
        const { createDetector } = await loadSsdlite();
        const ours = await createDetector({ engine, threads });
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
      {
        engine,
        backend,
        threads,
        urls: values.webgl && engine === 'tfjs-webgl' ? urls.slice(0, 3) : urls,
        rounds,
      },
    );
    row(`${title}: picture to boxes, ms`, measured.times.ours, measured.times.theirs);
    row(`${title}: longest block of the page, ms`, [measured.blocks.ours], [measured.blocks.theirs]);
  } finally {
    await session.close();
  }
}

// A page of its own each: from its address to its first boxes.
const session = await openBrowser({ pictures: folder });
try {
  const start = async (/** @type {'ours' | 'worker' | 'theirs'} */ which) => {
    const page = await session.open();
    session.takeSentBytes();
    await page.reload();
    await page.waitForFunction(() => 'loadCocoEval' in globalThis);
    const ms = await page.evaluate(
      async ({ which, url }) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        if (which === 'theirs') await (await loadCocoSsd('wasm-1')).detect(image);
        else {
          const { createDetector } = await loadSsdlite();
          await (
            await createDetector({ engine: 'tfjs-wasm', threads: 1, worker: which === 'worker' })
          ).detect(image);
        }
        return performance.now();
      },
      { which, url: urls[0] ?? '' },
    );
    await page.close();
    return { ms, bytes: session.takeSentBytes() };
  };
  /** @type {Record<'ours' | 'worker' | 'theirs', { ms: number; bytes: number }[]>} */
  const all = { ours: [], worker: [], theirs: [] };
  for (let turn = 0; turn < Number(values.starts); turn++) {
    for (const which of /** @type {const} */ (['ours', 'worker', 'theirs']))
      all[which].push(await start(which));
  }
  const of = (/** @type {keyof typeof all} */ which, /** @type {'ms' | 'bytes'} */ what) =>
    all[which].map((one) => one[what]);
  row('address to first boxes, wasm, ms', of('ours', 'ms'), of('theirs', 'ms'));
  row('the same with our worker, ms', of('worker', 'ms'), of('theirs', 'ms'));
  const megabytes = (/** @type {keyof typeof all} */ which) => of(which, 'bytes').map((bytes) => bytes / 1e6);
  row('bytes transferred, uncompressed, MB', megabytes('ours'), megabytes('theirs'));
} finally {
  await session.close();
}
