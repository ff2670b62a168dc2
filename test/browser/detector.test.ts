// The detector in a real browser: the same boxes as in Node on every engine, beside other programs, and nothing left behind.

import type { BrowserEngineName } from 'ssdlite/browser';
import { createDetector, type Detection, pruneDetector, readDetectorWeights } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo, photos } from '../photos.ts';
import { noChromium } from './chromium.ts';
import { expectSame } from './same-detections.ts';
import { openTestPage, slow, type TestPage } from './test-page.ts';

const engines: BrowserEngineName[] = ['tfjs-wasm', 'tfjs-webgl', 'tfjs-webgpu'];
const urlOf = (path: string): string => `photos/${path.split('/').at(-1)}`;

describe.skipIf(noChromium !== undefined)('a detector on a page', () => {
  let chromium: TestPage;
  let expected: Detection[][];

  beforeAll(async () => {
    const detector = await createDetector();
    expected = await detector.detectBatch(photos.slice(0, 4), { scoreThreshold: 0.3 });
    await detector.dispose();
    chromium = await openTestPage();
  }, slow);
  afterAll(() => chromium?.close());

  test.each(engines)(
    '%s finds the boxes that Node finds',
    async (engine) => {
      const { choice, found } = await chromium.page.evaluate(
        async ([name, url]) => {
          const detector = await lib.createDetector({ engine: name });
          const found = await detector.detect(url, { scoreThreshold: 0.3 });
          await detector.dispose();
          return { choice: detector.engine, found };
        },
        [engine, urlOf(photo)] as const,
      );
      expect(choice).toEqual({ name: engine, reason: 'asked for', unavailable: [] });
      expectSame(found, expected[0] ?? []);
    },
    slow,
  );

  test.each(['tfjs-wasm', 'tfjs-webgl'] as const)(
    '%s runs weights without their dead channels',
    async (engine) => {
      const { manifest, bytes } = await pruneDetector(await readDetectorWeights());
      chromium.server.route = ({ url: path = '' }, response) => {
        if (path === '/pruned.json') response.writeHead(200).end(JSON.stringify(manifest));
        else if (path === `/${manifest.weights.file}`) response.writeHead(200).end(bytes);
        else return undefined;
        return true;
      };
      const found = await chromium.page.evaluate(
        async ([engine, url]) => {
          const detector = await lib.createDetector({ engine, weights: 'pruned.json' });
          const found = await detector.detect(url, { scoreThreshold: 0.3 });
          await detector.dispose();
          return found;
        },
        [engine, urlOf(photo)] as const,
      );
      chromium.server.route = undefined;
      expectSame(found, expected[0] ?? []);
    },
    slow,
  );

  test('A batch, a stream, and a quality are those of Node', async () => {
    const detector = await createDetector();
    const fused = await detector.detect(photo, { scoreThreshold: 0.3, quality: 'balanced' });
    await detector.dispose();
    const found = await chromium.page.evaluate(async (urls) => {
      const options = { scoreThreshold: 0.3 };
      const detector = await lib.createDetector({ engine: 'tfjs-wasm' });
      const batch = await detector.detectBatch(urls, options);
      const stream = [];
      for await (const { index, width, height, detections } of detector.detectStream(urls, options))
        stream.push({ index, width, height, detections });
      const quality = await detector.detect(urls[0] ?? '', { ...options, quality: 'balanced' });
      await detector.dispose();
      return { batch, stream, quality };
    }, photos.slice(0, 4).map(urlOf));
    for (const [index, wanted] of expected.entries()) {
      expectSame(found.batch[index] ?? [], wanted);
      expect(found.stream[index]).toEqual({
        index,
        width: expect.any(Number),
        height: expect.any(Number),
        detections: found.batch[index],
      });
    }
    expectSame(found.quality, fused);
  });

  test('auto passes over graphics in software, and says why', async () => {
    const choice = await chromium.page.evaluate(async () => {
      const detector = await lib.createDetector();
      await detector.dispose();
      return detector.engine;
    });
    expect(choice).toEqual({
      name: 'tfjs-wasm',
      reason: 'the best engine that works here',
      unavailable: [
        { name: 'tfjs-webgpu', why: expect.stringContaining('WebGPU runs in software here') },
        { name: 'tfjs-webgl', why: expect.stringContaining('WebGL runs in software here') },
      ],
    });
  });

  test(
    'auto goes on to the next engine when one answers wrongly',
    async () => {
      const page = await chromium.open();
      const choice = await page.evaluate(async () => {
        // Graphics that claim to be hardware and give zeros: what `readPixels` and its kin return on a broken driver.
        const { getParameter, getBufferSubData } = WebGL2RenderingContext.prototype;
        WebGL2RenderingContext.prototype.getParameter = function (name) {
          const value = getParameter.call(this, name);
          return typeof value === 'string' && value.includes('SwiftShader') ? 'A driver with a fault' : value;
        };
        WebGL2RenderingContext.prototype.getBufferSubData = function (target, offset, data, ...rest) {
          getBufferSubData.call(this, target, offset, data, ...rest);
          new Uint8Array(data.buffer as ArrayBuffer).fill(0);
        };
        const detector = await lib.createDetector();
        const found = await detector.detect('photos/bike-shop.jpg');
        await detector.dispose();
        return { ...detector.engine, found: found.length };
      });
      await page.close();
      expect(choice).toMatchObject({ name: 'tfjs-wasm', found: 4 });
      expect(choice.unavailable[1]).toEqual({ name: 'tfjs-webgl', why: expect.stringMatching(/are all 0$/) });
    },
    slow,
  );

  test('Calls may overlap, each with its own options; dispose lets them end', async () => {
    const found = await chromium.page.evaluate(async (urls) => {
      const detector = await lib.createDetector({ engine: 'tfjs-wasm' });
      const calls = urls.map((url, index) =>
        detector.detect(url, { scoreThreshold: 0.3, maxDetections: index + 1 }),
      );
      const disposed = detector.dispose();
      const late = await detector.detect(urls[0] ?? '').catch((error) => error.code);
      const results = await Promise.all(calls);
      await Promise.all([disposed, detector.dispose()]);
      return { results, late };
    }, photos.slice(0, 4).map(urlOf));
    for (const [index, wanted] of expected.entries())
      expectSame(found.results[index] ?? [], wanted.slice(0, index + 1));
    expect(found.late).toBe('DETECTOR_DISPOSED');
  });

  test(
    'Two detectors on two engines work at once, beside another TensorFlow.js program that is not touched',
    async () => {
      const page = await chromium.open();
      const result = await page.evaluate(async (url) => {
        const wasm = await lib.createDetector({ engine: 'tfjs-wasm' });
        const webgl = await lib.createDetector({ engine: 'tfjs-webgl' });
        const { tf } = await loadTfjs();
        // As every page would: it finds the best of its own two backends.
        await tf.ready();
        const before = { backend: tf.getBackend(), tensors: tf.memory().numTensors };
        const product = tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]));
        const [onWasm, onWebgl, sum] = await Promise.all([
          wasm.detect(url, { scoreThreshold: 0.3 }),
          webgl.detect(url, { scoreThreshold: 0.3 }),
          tf.sum(product).data(),
        ]);
        await Promise.all([wasm.dispose(), webgl.dispose()]);
        const later = await tf.sum(tf.ones([128, 128])).data();
        tf.disposeVariables();
        return {
          onWasm,
          onWebgl,
          sum: sum[0],
          later: later[0],
          before,
          backend: tf.getBackend(),
          tensors: tf.memory().numTensors,
        };
      }, urlOf(photo));
      await page.close();
      expectSame(result.onWasm, expected[0] ?? []);
      expectSame(result.onWebgl, expected[0] ?? []);
      expect([result.sum, result.later]).toEqual([64 * 64 * 64, 128 * 128]);
      expect(result.before).toEqual({ backend: result.backend, tensors: 0 });
      // The six of this test itself.
      expect(result.tensors).toBe(6);
    },
    slow,
  );

  test(
    'Made and disposed of fifty times, the page holds no more than after ten',
    async () => {
      const page = await chromium.open();
      const session = await page.context().newCDPSession(page);
      const heap = async () => {
        await session.send('HeapProfiler.collectGarbage');
        return (await session.send('Runtime.getHeapUsage')).usedSize;
      };
      const makeTen = () =>
        page.evaluate(async () => {
          for (let round = 0; round < 10; round++) {
            const detector = await lib.createDetector({ engine: 'tfjs-wasm' });
            await detector.dispose();
          }
        });
      // WebAssembly's memory never shrinks: what is not given back in it makes it grow.
      const wasmBytes = () =>
        page.evaluate(() => {
          const { _tfengine: tfjs } = globalThis as unknown as {
            _tfengine: { registry: { wasm: { wasm: { HEAPU8: Uint8Array } } } };
          };
          return tfjs.registry.wasm.wasm.HEAPU8.length;
        });
      await makeTen();
      const before = { heap: await heap(), wasm: await wasmBytes() };
      for (let tens = 0; tens < 4; tens++) await makeTen();
      expect((await heap()) - before.heap).toBeLessThan(1_000_000);
      expect(await wasmBytes()).toBe(before.wasm);
      await page.close();
    },
    slow,
  );

  test(
    'Made and disposed of in workers, none of them is left, and the page holds no more',
    async () => {
      const page = await chromium.open();
      const session = await page.context().newCDPSession(page);
      const makeFive = async () => {
        await page.evaluate(async (address) => {
          for (let round = 0; round < 5; round++) {
            const detector = await lib.createDetector({ engine: 'tfjs-wasm', worker: true });
            await detector.detect(address);
            await detector.dispose();
          }
        }, urlOf(photo));
        await session.send('HeapProfiler.collectGarbage');
        return (await session.send('Runtime.getHeapUsage')).usedSize;
      };
      const before = await makeFive();
      expect((await makeFive()) - before).toBeLessThan(500_000);
      expect(page.workers()).toEqual([]);
      await page.close();
    },
    slow,
  );
});

test.skipIf(noChromium !== undefined)(
  'Threads are used where the page is cross-origin isolated',
  async () => {
    const isolated = await openTestPage({ isolated: true });
    try {
      const found = await isolated.page.evaluate(async (url) => {
        const detector = await lib.createDetector({ engine: 'tfjs-wasm', threads: 2 });
        const found = await detector.detect(url, { scoreThreshold: 0.3 });
        await detector.dispose();
        return {
          found,
          isolated: crossOriginIsolated,
          files: performance.getEntriesByType('resource').map(({ name }) => name),
        };
      }, urlOf(photo));
      expect(found.isolated).toBe(true);
      // Of the builds that one alone.
      expect(found.files.filter((name) => /\/(plain|simd|threaded-simd)-[^/]{8}\.js$/.test(name))).toEqual([
        expect.stringContaining('threaded-simd'),
      ]);
      const detector = await createDetector();
      expectSame(found.found, await detector.detect(photo, { scoreThreshold: 0.3 }));
      await detector.dispose();
    } finally {
      await isolated.close();
    }
  },
  slow,
);
