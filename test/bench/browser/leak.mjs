// Whether anything is left behind: by ten thousand frames of a looping video, or by detectors that are made and disposed of.
//   node test/bench/browser/leak.mjs [--frames 10000] [--engine tfjs-wasm|tfjs-webgl|litert] [--worker] [--side 300]
//   node test/bench/browser/leak.mjs --cycles 50 [--engine tfjs-webgl] [--worker]
// --side: of the network's input. A smaller one is the same work in less time.
// @ts-check
import { parseArgs } from 'node:util';
import { openBrowser } from './open-page.mjs';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '10000' },
    cycles: { type: 'string', default: '0' },
    engine: { type: 'string', default: 'tfjs-wasm' },
    worker: { type: 'boolean', default: false },
    side: { type: 'string', default: '300' },
  },
});
const { engine, worker } = values;
const cycles = Number(values.cycles);
const frames = Number(values.frames);
const pictures = new URL('../../../examples/photos/', import.meta.url).pathname;
// Isolated: only such a page may measure all of its memory, with that of workers and WebAssembly.
const session = await openBrowser({ pictures, isolated: true });
try {
  const page = await session.open();
  const devtools = await page.context().newCDPSession(page);
  await page.evaluate(countOnGraphics);
  await page.evaluate(
    ({ engine, worker, side }) => {
      const make = async () => {
        const { createDetector } = await loadSsdlite();
        const { manifest: address, weights: bytes } = cocoWeights;
        const manifest = await (await fetch(address)).json();
        manifest.architecture.inputSize = { height: side, width: side };
        const choice =
          engine === 'litert'
            ? (await loadLitert()).litert({ path: 'litert' })
            : /** @type {'tfjs-wasm'} */ (engine);
        return createDetector({ engine: choice, worker, threads: 1, weights: { manifest, bytes } });
      };
      Object.assign(globalThis, { make });
    },
    { engine, worker, side: Number(values.side) },
  );

  const measure = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const heap = (await devtools.send('Runtime.getHeapUsage')).usedSize / 1e6;
    const seen = await page.evaluate(async () => {
      const { _tfengine: tfjs, onGraphics } =
        /** @type {{ _tfengine?: { registry: Record<string, { numDataIds(): number }> }; onGraphics: () => number }} */ (
          /** @type {unknown} */ (globalThis)
        );
      const values = Object.values(tfjs?.registry ?? {}).map((backend) => backend.numDataIds());
      const { performance } =
        /** @type {{ performance: { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> } }} */ (
          /** @type {unknown} */ (globalThis)
        );
      const { bytes } = await performance.measureUserAgentSpecificMemory();
      return {
        all: bytes / 1e6,
        values: values.reduce((sum, count) => sum + count, 0),
        graphics: onGraphics(),
      };
    });
    // A worker's textures are made there.
    const inWorkers = await Promise.all(
      page.workers().map((one) => one.evaluate(() => /** @type {any} */ (globalThis).onGraphics?.() ?? 0)),
    );
    return { heap, ...seen, graphics: seen.graphics + inWorkers.reduce((sum, count) => sum + count, 0) };
  };
  /** @typedef {Awaited<ReturnType<typeof measure>>} Measured */
  const told = (/** @type {string} */ title, /** @type {Measured} */ { values, graphics, heap, all }) =>
    console.log(
      `${title.padEnd(24)} ${String(values).padStart(18)} ${String(graphics).padStart(18)} ${heap.toFixed(2).padStart(10)} ${all.toFixed(2).padStart(14)}`,
    );
  console.log(`${engine}${worker ? ' in a worker' : ''}, ${values.side} x ${values.side} pixels`);
  console.log(
    `${''.padEnd(24)} ${'values on backends'.padStart(18)} ${'textures, buffers'.padStart(18)} ${'heap, MB'.padStart(10)} ${'all memory, MB'.padStart(14)}`,
  );

  /** @type {Measured} */
  let first;
  /** @type {Measured} */
  let last;
  if (cycles > 0) {
    const run = async (/** @type {number} */ count) => {
      await page.evaluate(async (count) => {
        const { make } = /** @type {{ make: () => Promise<import('ssdlite/browser').BrowserDetector> }} */ (
          /** @type {unknown} */ (globalThis)
        );
        for (let cycle = 0; cycle < count; cycle++) {
          const detector = await make();
          await detector.detect('pictures/bike-shop.jpg');
          await detector.dispose();
        }
      }, count);
    };
    const start = Math.ceil(cycles / 5);
    await run(start);
    first = await measure();
    told(`after ${start} detectors`, first);
    await run(cycles - start);
    last = await measure();
    told(`after ${cycles}`, last);
  } else {
    await page.evaluate(playVideo);
    for (const one of page.workers()) await one.evaluate(countOnGraphics);
    const run = async (/** @type {number} */ count) => {
      const before = performance.now();
      await page.evaluate(
        (count) =>
          /** @type {{ runFrames: (count: number) => Promise<void> }} */ (
            /** @type {unknown} */ (globalThis)
          ).runFrames(count),
        count,
      );
      return (performance.now() - before) / count;
    };
    const start = Math.min(500, Math.ceil(frames / 10));
    await run(start);
    first = await measure();
    told(`after ${start} frames`, first);
    const ms = await run(frames - start);
    last = await measure();
    told(`after ${frames}`, last);
    console.log(`${ms.toFixed(1)} ms a frame`);
  }
  const growth = {
    values: last.values - first.values,
    graphics: last.graphics - first.graphics,
    heap: last.heap - first.heap,
    all: last.all - first.all,
  };
  told('growth', growth);
  if (growth.values > 0 || growth.graphics > 0) process.exitCode = 1;
} finally {
  await session.close();
}

/** Counts what is made on graphics processors and not given back. Runs in the page, or in a worker that has begun: then from there on. */
function countOnGraphics() {
  let count = 0;
  /**
   * @param {any} prototype
   * @param {string} make
   * @param {(made: any) => void} [watch]
   */
  const counts = (prototype, make, watch) => {
    const original = prototype[make];
    prototype[make] = function (/** @type {unknown[]} */ ...values) {
      const made = original.apply(this, values);
      count++;
      watch?.(made);
      return made;
    };
  };
  /**
   * @param {any} prototype
   * @param {string} free
   */
  const frees = (prototype, free) => {
    const original = prototype[free];
    prototype[free] = function (/** @type {unknown[]} */ ...values) {
      count--;
      return original.apply(this, values);
    };
  };
  for (const what of ['Texture', 'Buffer', 'Framebuffer']) {
    counts(WebGL2RenderingContext.prototype, `create${what}`);
    frees(WebGL2RenderingContext.prototype, `delete${what}`);
  }
  if ('GPUDevice' in globalThis) {
    for (const what of ['Texture', 'Buffer']) {
      counts(GPUDevice.prototype, `create${what}`);
      frees(/** @type {any} */ (globalThis)[`GPU${what}`].prototype, 'destroy');
    }
  }
  Object.assign(globalThis, { onGraphics: () => count });
}

/** Detects on a video without end. Runs in the page. */
async function playVideo() {
  const video = await playPhotoVideo({ width: 320, height: 240, framesPerSecond: 60 });
  const { make } = /** @type {{ make: () => Promise<import('ssdlite/browser').BrowserDetector> }} */ (
    /** @type {unknown} */ (globalThis)
  );
  const results = (await make()).detectVideo(video);
  Object.assign(globalThis, {
    runFrames: async (/** @type {number} */ count) => {
      for (let frame = 0; frame < count; frame++) await results.next();
    },
  });
}
