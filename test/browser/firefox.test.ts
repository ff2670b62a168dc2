// The detector and the demo page in Firefox, as Debian has it: WebAssembly, on the page and in a worker.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDetector, type Detection } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../photos.ts';
import { buildPage } from './build-page.ts';
import { buildWebDemo } from './build-web-demo.ts';
import { dropFile } from './drop-file.ts';
import { launchFirefox, noFirefox } from './firefox.ts';
import { expectSame } from './same-detections.ts';
import { serveFolder } from './serve-folder.ts';
import { isolation, servePage } from './serve-page.ts';
import { openTestPage, type TestPage } from './test-page.ts';
import { askUndrivenFirefox } from './undriven-firefox.ts';

const timeout = 60_000;
const url = `photos/${photo.split('/').at(-1)}`;

describe.skipIf(noFirefox !== undefined)('In Firefox', { timeout }, () => {
  let firefox: TestPage;
  let expected: Detection[];

  beforeAll(async () => {
    const detector = await createDetector();
    expected = await detector.detect(photo, { scoreThreshold: 0.3 });
    await detector.dispose();
    firefox = await openTestPage({ launch: launchFirefox });
  }, timeout);
  afterAll(() => firefox?.close());

  test.each([false, true])('WebAssembly finds the boxes that Node finds; in a worker: %s', async (worker) => {
    const { found, choice } = await firefox.page.evaluate(
      async ([address, worker]) => {
        const detector = await lib.createDetector({ engine: 'tfjs-wasm', worker });
        const image = new Image();
        image.src = address;
        await image.decode();
        const bitmap = await createImageBitmap(image);
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
        const frame = new VideoFrame(canvas, { timestamp: 0 });
        const blob = await (await fetch(address)).blob();
        const found: [string, Detection[]][] = [];
        for (const [form, picture] of Object.entries({ address, image, bitmap, canvas, frame, blob }))
          found.push([form, await detector.detect(picture, { scoreThreshold: 0.3 })]);
        frame.close();
        await detector.dispose();
        return { found, choice: detector.engine };
      },
      [url, worker] as const,
    );
    expect(choice).toEqual({ name: 'tfjs-wasm', reason: 'asked for', unavailable: [] });
    expect(found).toHaveLength(6);
    for (const [, detections] of found) expectSame(detections, expected);
  });

  test.each(['tfjs-wasm', 'litert'] as const)(
    '%s has threads on isolated pages and in their workers',
    async (engine) => {
      const files = await buildPage(fileURLToPath(new URL('./litert-page/', import.meta.url)));
      const server = await servePage(files, { headers: isolation });
      try {
        const found = await askUndrivenFirefox(server, {
          index: String(files.get('index.html')),
          script: `
          const { createDetector, litert } = litertPage;
          const found = {};
          for (const worker of [false, true]) {
            const engine = ${engine === 'litert' ? 'litert()' : `'${engine}'`};
            const detector = await createDetector({ engine, worker, threads: 2 });
            found[worker ? 'inWorker' : 'onPage'] = await detector.detect('${url}', { scoreThreshold: 0.3 });
            await detector.dispose();
          }
          const fetched = performance.getEntriesByType('resource').map(({ name }) => name);
          return { ...found, isThreaded: fetched.some((name) => name.includes('threaded')) };`,
        });
        const { onPage, inWorker, isThreaded } = found as Record<'onPage' | 'inWorker', Detection[]> & {
          isThreaded: boolean;
        };
        expectSame(onPage, expected);
        expectSame(inWorker, expected);
        expect(isThreaded).toBe(true);
      } finally {
        await server.close();
      }
    },
  );

  test('auto tells what it passes over', async () => {
    const choice = await firefox.page.evaluate(async () => {
      const detector = await lib.createDetector();
      await detector.dispose();
      return detector.engine;
    });
    expect(choice.unavailable.map(({ name }) => name)).toContain('tfjs-webgl');
    expect(choice.name).toBe('tfjs-wasm');
  });

  test('A video is followed, on the page and in a worker', async () => {
    const runs = await firefox.page.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      // Half a second of the photo, recorded, and played over and over.
      const canvas = document.createElement('canvas');
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      const context = canvas.getContext('2d');
      const recorder = new MediaRecorder(canvas.captureStream(30), { videoBitsPerSecond: 8e6 });
      const chunks: Blob[] = [];
      recorder.ondataavailable = ({ data }) => chunks.push(data);
      recorder.start();
      for (let step = 0; step < 30; step++) {
        context?.drawImage(image, 0, 0);
        await new Promise(requestAnimationFrame);
      }
      await new Promise((resolve) => {
        recorder.onstop = resolve;
        recorder.stop();
      });
      const video = document.createElement('video');
      video.src = URL.createObjectURL(new Blob(chunks, { type: recorder.mimeType }));
      video.muted = video.loop = true;
      document.body.append(video);
      await video.play();
      const runs = [];
      for (const worker of [false, true]) {
        const detector = await lib.createDetector({ engine: 'tfjs-wasm', worker });
        const results = [];
        for await (const result of detector.detectVideo(video, { scoreThreshold: 0.5 })) {
          results.push(result);
          if (results.length === 4) break;
        }
        await detector.dispose();
        runs.push(results);
      }
      video.remove();
      return runs;
    }, url);
    const clear = expected.filter(({ score }) => score >= 0.6).map(({ label }) => label);
    for (const results of runs) {
      expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
      for (const { width, height, detections, fps, index } of results) {
        expect([width, height]).toEqual([500, 334]);
        expect(fps > 0).toBe(index > 0);
        // The video's codec takes some of the picture.
        expect(detections.map(({ label }) => label)).toEqual(expect.arrayContaining(clear));
      }
    }
  });

  test('What is no picture says why, and the page stays alive', async () => {
    const codes = await firefox.page.evaluate(
      async ([site, address]) => {
        const detector = await lib.createDetector({ engine: 'tfjs-wasm' });
        const tainted = new Image();
        tainted.src = site + address;
        await tainted.decode();
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 50;
        canvas.getContext('2d')?.drawImage(tainted, 0, 0);
        const closed = await createImageBitmap(new ImageData(4, 4));
        closed.close();
        const whole = await (await fetch(address)).blob();
        const worker = await lib.createDetector({ engine: 'tfjs-wasm', worker: true });
        const inputs = {
          'a tainted image': tainted,
          'a tainted canvas': canvas,
          'a canvas without a pixel': new OffscreenCanvas(0, 0),
          'a video that has not loaded': document.createElement('video'),
          'a closed bitmap': closed,
          'broken bytes': new Blob(['no picture'], { type: 'image/jpeg' }),
          'a JPEG that is cut': whole.slice(0, Math.floor(whole.size / 2), whole.type),
          'an address that is not there': 'nowhere.jpg',
        };
        const codes: [string, unknown, unknown][] = [];
        for (const [name, input] of Object.entries(inputs)) {
          const codeOf = (one: typeof detector) => one.detect(input).catch(({ code }) => code);
          codes.push([name, await codeOf(detector), await codeOf(worker)]);
        }
        const still = await worker.detect(address);
        await Promise.all([detector.dispose(), worker.dispose()]);
        codes.push(['a picture', still.length > 0, true]);
        return codes;
      },
      [firefox.server.otherSite, url] as const,
    );
    expect(codes).toEqual([
      ['a tainted image', 'IMAGE_TAINTED', 'IMAGE_TAINTED'],
      ['a tainted canvas', 'IMAGE_TAINTED', 'IMAGE_TAINTED'],
      ['a canvas without a pixel', 'IMAGE_UNREADABLE', 'IMAGE_UNREADABLE'],
      ['a video that has not loaded', 'IMAGE_UNREADABLE', 'IMAGE_UNREADABLE'],
      ['a closed bitmap', 'IMAGE_UNREADABLE', 'IMAGE_UNREADABLE'],
      ['broken bytes', 'IMAGE_UNREADABLE', 'IMAGE_UNREADABLE'],
      ['a JPEG that is cut', 'IMAGE_UNREADABLE', 'IMAGE_UNREADABLE'],
      ['an address that is not there', 'FETCH_FAILED', 'FETCH_FAILED'],
      ['a picture', true, true],
    ]);
  });

  test.each(['cache-storage', 'indexeddb'] as const)('Weights are kept between visits: %s', async (cache) => {
    const loads = await firefox.page.evaluate(async (cache) => {
      const visit = async () => {
        let loads = 0;
        const onProgress = () => void loads++;
        await (await lib.createDetector({ engine: 'tfjs-wasm', cache, onProgress })).dispose();
        return loads > 0;
      };
      await lib.clearWeightsCache();
      const visits = [await visit(), await visit()];
      await lib.clearWeightsCache();
      return [...visits, await visit()];
    }, cache);
    expect(loads).toEqual([true, false, true]);
  });

  test('The demo page opens, takes a photo that is dropped, and shows its boxes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ssdlite-demo-'));
    await buildWebDemo(folder);
    const server = await serveFolder(folder, { path: '/some/path/' });
    const page = await firefox.browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    try {
      await page.goto(server.url);
      await page.waitForSelector('#results li .name:has-text("person")');
      await dropFile(page, readFileSync(join(folder, 'samples/cat.jpg')));
      await page.waitForSelector('#results li .name:has-text("cat")');
      // What is drawn over the picture: boxes have edges, which are a small part of it.
      const drawn = await page.locator('#overlay').evaluate((canvas: HTMLCanvasElement) => {
        const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let inked = 0;
        for (let at = 3; at < pixels.length; at += 4) if ((pixels[at] ?? 0) > 128) inked++;
        return inked / (canvas.width * canvas.height);
      });
      expect(drawn).toBeGreaterThan(0.002);
      expect(drawn).toBeLessThan(0.3);
      expect(problems).toEqual([]);
    } finally {
      await page.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
