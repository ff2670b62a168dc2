// What goes wrong on other people's machines and servers: a lost graphics processor, weights that do not arrive, storage that is full.

import { readFile } from 'node:fs/promises';
import { cocoWeights } from '@ssdlite/coco-weights';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../photos.ts';
import { noChromium } from './chromium.ts';
import { openTestPage, slow, type TestPage } from './test-page.ts';

const url = `photos/${photo.split('/').at(-1)}`;

describe.skipIf(noChromium !== undefined)('a graphics processor that is lost', () => {
  let chromium: TestPage;

  beforeAll(async () => {
    chromium = await openTestPage();
    await chromium.page.evaluate(() => {
      // What the detector makes for itself, where the test can take it away.
      globalThis.lost = { contexts: [], devices: [] };
      const { getContext } = OffscreenCanvas.prototype;
      OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...args: unknown[]) {
        const context = Reflect.apply(getContext, this, args);
        if (context instanceof WebGL2RenderingContext) lost.contexts.push(context);
        return context;
      } as typeof getContext;
      const { requestDevice } = GPUAdapter.prototype;
      GPUAdapter.prototype.requestDevice = async function (descriptor) {
        const device = await requestDevice.call(this, descriptor);
        lost.devices.push(device);
        return device;
      };
    });
  }, slow);
  afterAll(() => chromium?.close());

  test(
    'WebGL is started anew, and the call under way runs once more',
    async () => {
      const result = await chromium.page.evaluate(async (address) => {
        const detector = await lib.createDetector({ engine: 'tfjs-webgl' });
        const bitmap = await createImageBitmap(await (await fetch(address)).blob());
        const before = await detector.detect(bitmap);
        const made = lost.contexts.length;
        // One more may be TensorFlow.js' own, by which it finds out what the browser can do.
        const lose = () => {
          for (const context of lost.contexts) context.getExtension('WEBGL_lose_context')?.loseContext();
        };
        const underWay = [detector.detect(bitmap), detector.detect(bitmap)];
        // In the middle: the kernels have been called, the results are not there.
        await new Promise((resolve) => setTimeout(resolve));
        lose();
        const after = await Promise.all(underWay);
        const { engine } = detector;
        const remade = lost.contexts.length - made;
        const later = await detector.detect(bitmap);
        await detector.dispose();
        return { before, after, later, engine, remade, released: lost.contexts.at(-1)?.isContextLost() };
      }, url);
      expect(result.before.length).toBeGreaterThan(0);
      expect(result.after).toEqual([result.before, result.before]);
      expect(result.later).toEqual(result.before);
      expect(result.engine).toEqual({
        name: 'tfjs-webgl',
        reason: 'asked for; started anew, as the WebGL context was lost',
        unavailable: [],
      });
      // Both calls found out, and one started it anew: a context to ask, and one to compute with. Dispose gave it back.
      expect([result.remade, result.released]).toEqual([2, true]);
    },
    slow,
  );

  test(
    'WebGPU is started anew when its device is gone while nothing runs',
    async () => {
      // In software a picture of 300 pixels takes it 12 s.
      const manifest = JSON.parse(await readFile(cocoWeights.manifest, 'utf8'));
      manifest.architecture.inputSize = { height: 64, width: 64 };
      const bytes = await readFile(cocoWeights.weights);
      chromium.server.route = ({ url: path = '' }, response) => {
        if (!path.startsWith('/small/')) return undefined;
        response.writeHead(200).end(path.endsWith('.json') ? JSON.stringify(manifest) : bytes);
        return true;
      };
      const result = await chromium.page.evaluate(async () => {
        const detector = await lib.createDetector({ engine: 'tfjs-webgpu', weights: 'small/coco.json' });
        const device = lost.devices.at(-1);
        device?.destroy();
        await device?.lost;
        const bytes = { data: new Uint8Array(300 * 300 * 3), width: 300, height: 300 };
        const found = await detector.detect(bytes);
        const { reason } = detector.engine;
        await detector.dispose();
        return { found: found.length, reason, devices: lost.devices.length };
      });
      expect(result).toEqual({
        found: 0,
        reason: expect.stringMatching(/^asked for; started anew, as the WebGPU device was lost/),
        devices: 2,
      });
    },
    2 * slow,
  );

  test(
    'Where it cannot be started anew, auto takes another engine, and a forced one says so',
    async () => {
      const page = await chromium.open();
      const result = await page.evaluate(async (address) => {
        const contexts: WebGL2RenderingContext[] = [];
        const { getContext } = OffscreenCanvas.prototype;
        const { getParameter } = WebGL2RenderingContext.prototype;
        // It passes for hardware, until it is gone for good.
        WebGL2RenderingContext.prototype.getParameter = function (name) {
          const value = getParameter.call(this, name);
          return typeof value === 'string' ? value.replaceAll('SwiftShader', 'Hardware') : value;
        };
        let gone = false;
        OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...args: unknown[]) {
          if (gone && args[0] === 'webgl2') return null;
          const context = Reflect.apply(getContext, this, args);
          if (context instanceof WebGL2RenderingContext) contexts.push(context);
          return context;
        } as typeof getContext;
        const auto = await lib.createDetector();
        const forced = await lib.createDetector({ engine: 'tfjs-webgl' });
        const first = auto.engine.name;
        gone = true;
        for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext();
        const found = await auto.detect(address);
        const error = await forced.detect(address).catch((reason) => reason);
        const again = await forced.detect(address).catch((reason) => reason);
        await Promise.all([auto.dispose(), forced.dispose()]);
        return { first, next: auto.engine.name, found: found.length, code: error.code, again: again.code };
      }, url);
      await page.close();
      expect(result).toEqual({
        first: 'tfjs-webgl',
        next: 'tfjs-wasm',
        found: 4,
        code: 'ENGINE_UNAVAILABLE',
        again: 'ENGINE_UNAVAILABLE',
      });
    },
    2 * slow,
  );
});

describe.skipIf(noChromium !== undefined)('weights', () => {
  let chromium: TestPage;

  beforeAll(async () => {
    chromium = await openTestPage();
    const manifest = await readFile(cocoWeights.manifest);
    const bytes = await readFile(cocoWeights.weights);
    let served = 0;
    chromium.server.route = ({ url: path = '' }, response) => {
      const [, folder, file] = /^\/(whole|short|dropped|html|changed|count)\/(.*)$/.exec(path) ?? [];
      if (folder === undefined || file === undefined) return undefined;
      if (folder === 'count') {
        response.writeHead(200, { 'content-type': 'text/plain' }).end(String(served));
      } else if (folder === 'html') {
        response
          .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
          .end('<!doctype html><p>Our app</p>');
      } else if (file.endsWith('.json')) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(manifest);
      } else if (folder === 'dropped') {
        // The line goes dead in the middle.
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 1_000_000), () => response.destroy());
      } else {
        served++;
        const changed = Buffer.from(bytes);
        changed[4_000_000] = (changed[4_000_000] ?? 0) ^ 1;
        const body =
          folder === 'short' ? bytes.subarray(0, 1_000_000) : folder === 'changed' ? changed : bytes;
        response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(body);
      }
      return true;
    };
  }, slow);
  afterAll(() => chromium?.close());

  test(
    'come from any address, told by either file, with progress',
    async () => {
      const progress = await chromium.page.evaluate(async () => {
        const all = [];
        for (const weights of [
          'whole/coco.json',
          new URL('whole/ssdlite-mobilenet-v2-coco.safetensors', location.href),
        ]) {
          const seen: { loaded: number; total: number | undefined }[] = [];
          const options = {
            weights,
            engine: 'tfjs-wasm',
            onProgress: (step: (typeof seen)[0]) => seen.push(step),
          } as const;
          const detector = await lib.createDetector(options);
          await detector.dispose();
          all.push(seen);
        }
        return all;
      });
      for (const seen of progress) {
        expect(seen[0]).toEqual({ loaded: 0, total: 5059954 });
        expect(seen.at(-1)).toEqual({ loaded: 5059954, total: 5059954 });
        expect(seen.map(({ loaded }) => loaded)).toEqual(
          seen.map(({ loaded }) => loaded).sort((a, b) => a - b),
        );
      }
    },
    slow,
  );

  test(
    'come as files and bytes, which stay the caller’s',
    async () => {
      const sizes = await chromium.page.evaluate(async () => {
        const [manifest, bytes] = await Promise.all([
          fetch('whole/coco.json').then((answer) => answer.blob()),
          fetch('whole/coco.safetensors').then((answer) => answer.arrayBuffer()),
        ]);
        for (const worker of [false, true]) {
          const weights = { manifest: JSON.parse(await manifest.text()), bytes };
          await (await lib.createDetector({ weights, engine: 'tfjs-wasm', worker })).dispose();
        }
        const files = { manifest: new File([manifest], 'a.json'), bytes: new File([bytes], 'a.safetensors') };
        await (await lib.createDetector({ weights: files, engine: 'tfjs-wasm' })).dispose();
        return bytes.byteLength;
      });
      expect(sizes).toBe(5059954);
    },
    slow,
  );

  test.each([false, true])(
    'that are wrong say how (worker: %s)',
    async (worker) => {
      const codes = await chromium.page.evaluate(async (worker) => {
        const attempts = [
          'nowhere.json',
          'html/coco.json',
          'short/coco.json',
          'dropped/coco.json',
          'changed/coco.json',
          'weights.bin',
          'http://',
        ];
        const codes = [];
        for (const weights of attempts) {
          const error = await lib.createDetector({ weights, worker }).catch((reason) => reason);
          codes.push(`${error.code}: ${error.message.replaceAll(location.origin, '')}`);
        }
        return codes;
      }, worker);
      expect(codes).toEqual([
        expect.stringMatching(/^FETCH_FAILED: \/nowhere\.json answered 404/),
        expect.stringMatching(/^FETCH_FAILED: \/html\/coco\.json is a web page/),
        expect.stringMatching(/^WEIGHTS_DAMAGED: .* has 1000000 bytes, its manifest says 5059954/),
        expect.stringMatching(/^FETCH_FAILED: \/dropped\/.* could not be fetched/),
        expect.stringMatching(/^WEIGHTS_DAMAGED: .* sha256 /),
        expect.stringMatching(/^WEIGHTS_UNSUPPORTED: /),
        expect.stringMatching(/^INVALID_ARGUMENT: /),
      ]);
    },
    slow,
  );

  test.each(['cache-storage', 'indexeddb'] as const)(
    'are kept between visits on request, and fetched again when they are damaged or storage is full: %s',
    async (cache) => {
      const page = await chromium.open();
      const storage = await page.context().newCDPSession(page);
      const limit = (bytes?: number) =>
        storage.send('Storage.overrideQuotaForOrigin', {
          origin: new URL(chromium.server.url).origin,
          ...(bytes !== undefined && { quotaSize: bytes }),
        });
      /** Downloads of the weights that each visit took; `damage` overwrites what is kept before the third. */
      const visits = (cache: 'cache-storage' | 'indexeddb') =>
        page.evaluate(async (cache) => {
          const count = async () => Number(await (await fetch('count/')).text());
          const visit = async () => {
            const before = await count();
            const options = { weights: 'whole/coco.json', engine: 'tfjs-wasm', cache } as const;
            await (await lib.createDetector(options)).dispose();
            return (await count()) - before;
          };
          const answer = <Result>(request: IDBRequest<Result>) =>
            new Promise<Result>((resolve) => {
              request.onsuccess = () => resolve(request.result);
            });
          const damage = async () => {
            const zeros = new Uint8Array(5059954);
            if (cache === 'cache-storage') {
              const kept = await caches.open('ssdlite-weights');
              for (const key of await kept.keys()) await kept.put(key, new Response(zeros)).catch(() => {});
              return;
            }
            const database = await answer(indexedDB.open('ssdlite'));
            const table = database.transaction('weights', 'readwrite').objectStore('weights');
            for (const key of await answer(table.getAllKeys())) await answer(table.put(zeros.buffer, key));
            database.close();
          };
          await lib.clearWeightsCache();
          const visits = [await visit(), await visit()];
          await damage();
          return [...visits, await visit(), await visit()];
        }, cache);
      expect(await visits(cache)).toEqual([1, 0, 1, 0]);
      await page.evaluate(() => lib.clearWeightsCache());
      await limit(1_000_000);
      // IndexedDB has been granted its space before: a transaction that ends as it does when it finds storage full.
      await page.evaluate(() => {
        const { put } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.put = function (...args) {
          const request = put.apply(this, args);
          this.transaction.abort();
          return request;
        };
      });
      expect(await visits(cache)).toEqual([1, 1, 1, 1]);
      await limit();
      await page.evaluate(() => lib.clearWeightsCache());
      await page.close();
    },
    slow,
  );

  test(
    'are fetched where the browser has no storage, or says no to it, as in private windows',
    async () => {
      const found = await chromium.page.evaluate(async () => {
        const refuse = () => {
          throw new DOMException('', 'InvalidStateError');
        };
        const make = async (cache: 'cache-storage' | 'indexeddb') => {
          const detector = await lib.createDetector({
            weights: 'whole/coco.json',
            engine: 'tfjs-wasm',
            cache,
          });
          await detector.dispose();
          await lib.clearWeightsCache();
          return detector.engine.name;
        };
        const found = [];
        const { open } = IDBFactory.prototype;
        IDBFactory.prototype.open = refuse;
        found.push(await make('indexeddb'));
        IDBFactory.prototype.open = open;
        const openCache = CacheStorage.prototype.open;
        CacheStorage.prototype.open = () => Promise.reject(new DOMException('', 'SecurityError'));
        found.push(await make('cache-storage'));
        CacheStorage.prototype.open = openCache;
        for (const name of ['caches', 'indexedDB'])
          Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
        found.push(await make('indexeddb'), await make('cache-storage'));
        for (const name of ['caches', 'indexedDB']) Reflect.deleteProperty(globalThis, name);
        return found;
      });
      expect(found).toEqual(Array(4).fill('tfjs-wasm'));
    },
    slow,
  );
});

describe.skipIf(noChromium !== undefined)('a page', () => {
  test(
    'without WebAssembly and graphics says so',
    async () => {
      const chromium = await openTestPage();
      try {
        const error = await chromium.page.evaluate(async () => {
          Reflect.deleteProperty(globalThis, 'WebAssembly');
          OffscreenCanvas.prototype.getContext = (() => null) as never;
          Reflect.deleteProperty(Navigator.prototype, 'gpu');
          const { code, message } = await lib.createDetector().catch((reason) => reason);
          return { code, message };
        });
        expect(error.code).toBe('ENGINE_UNAVAILABLE');
        expect(error.message).toMatch(
          /tfjs-webgl: this browser has no WebGL 2\. tfjs-wasm: this browser has no WebAssembly\./,
        );
      } finally {
        await chromium.close();
      }
    },
    slow,
  );

  test(
    'whose policy forbids WebAssembly says what to allow',
    async () => {
      const chromium = await openTestPage();
      try {
        chromium.server.headers = {
          'content-security-policy': "script-src 'self'; connect-src 'self'; object-src 'none'",
        };
        const page = await chromium.open();
        const errors = await page.evaluate(async () => {
          const errors = [];
          for (const worker of [false, true]) {
            const made = lib.createDetector({ engine: 'tfjs-wasm', worker });
            const { code, message } = await made.catch((reason) => reason);
            errors.push({ code, message });
          }
          return errors;
        });
        for (const { code, message } of errors) {
          expect(code).toBe('ENGINE_UNAVAILABLE');
          expect(message).toContain("script-src 'wasm-unsafe-eval'");
        }
        // Graphics in software are passed over as slow; here nothing else is left.
        const fallback = await page.evaluate(async (address) => {
          Reflect.deleteProperty(Navigator.prototype, 'gpu');
          const detector = await lib.createDetector();
          const found = await detector.detect(address);
          await detector.dispose();
          return { ...detector.engine, found: found.length };
        }, url);
        expect(fallback).toEqual({
          name: 'tfjs-webgl',
          reason: 'no engine works fast here',
          unavailable: [
            { name: 'tfjs-webgpu', why: 'this browser has no WebGPU' },
            { name: 'tfjs-wasm', why: expect.stringContaining('WebAssembly does not start here') },
          ],
          found: 4,
        });
        chromium.server.headers = {
          'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
        };
        const allowed = await chromium.open();
        const found = await allowed.evaluate(async (address) => {
          const found = [];
          for (const worker of [false, true]) {
            const detector = await lib.createDetector({ engine: 'tfjs-wasm', worker });
            found.push((await detector.detect(address)).length);
            await detector.dispose();
          }
          return found;
        }, url);
        expect(found).toEqual([4, 4]);
      } finally {
        await chromium.close();
      }
    },
    slow,
  );

  test(
    'is told of unknown options and values',
    async () => {
      const chromium = await openTestPage();
      try {
        const codes = await chromium.page.evaluate(async () => {
          const attempts = [
            { engin: 'auto' },
            { engine: 'cuda' },
            { threads: 0 },
            { worker: 'yes' },
            { cache: 'localstorage' },
            { wasmPath: 'nowhere', engine: 'tfjs-wasm' },
          ];
          const codes = [];
          for (const options of attempts)
            codes.push(
              await lib.createDetector(options as object).then(
                () => 'made',
                ({ code }) => code,
              ),
            );
          return codes;
        });
        expect(codes).toEqual([
          'INVALID_ARGUMENT',
          'INVALID_ARGUMENT',
          'INVALID_ARGUMENT',
          'INVALID_ARGUMENT',
          'INVALID_ARGUMENT',
          'FETCH_FAILED',
        ]);
      } finally {
        await chromium.close();
      }
    },
    slow,
  );

  test(
    'without memory that threads share has one thread, however many are asked for',
    async () => {
      const chromium = await openTestPage();
      try {
        const found = await chromium.page.evaluate(async (address) => {
          const found = [];
          for (const worker of [false, true]) {
            const detector = await lib.createDetector({ engine: 'tfjs-wasm', threads: 4, worker });
            found.push((await detector.detect(address)).length);
            await detector.dispose();
          }
          return { found, isolated: crossOriginIsolated };
        }, url);
        expect(found).toEqual({ found: [4, 4], isolated: false });
      } finally {
        await chromium.close();
      }
    },
    slow,
  );
});
