// A page that came by http from another machine, as a developer's does on a phone: browsers keep WebCrypto, WebGPU, Cache Storage,
// cameras and more from it.

import { readFile } from 'node:fs/promises';
import { cocoWeights } from '@ssdlite/coco-weights';
import { createDetector, type Detection } from 'ssdlite/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../photos.ts';
import { browsers } from './browsers.ts';
import { expectSame } from './same-detections.ts';
import { otherMachine } from './system-browser.ts';
import { openTestPage, type TestPage } from './test-page.ts';

const timeout = 60_000;
const url = `photos/${photo.split('/').at(-1)}`;
for (const { name, missing, launch } of browsers) {
  describe.skipIf(missing !== undefined)(`A page by plain http in ${name}`, { timeout }, () => {
    let browser: TestPage;
    let expected: Detection[];

    beforeAll(async () => {
      const detector = await createDetector();
      expected = await detector.detect(photo, { scoreThreshold: 0.3 });
      await detector.dispose();
      browser = await openTestPage({ launch, host: otherMachine, isolated: true });
    }, timeout);
    afterEach(() => {
      browser.server.route = undefined;
    });
    afterAll(() => browser?.close());

    test('is none that browsers trust', async () => {
      const has = await browser.page.evaluate(() => ({
        secure: isSecureContext,
        isolated: crossOriginIsolated,
        subtle: 'subtle' in crypto,
        caches: 'caches' in globalThis,
        gpu: 'gpu' in navigator,
        cameras: 'mediaDevices' in navigator,
      }));
      expect(has).toEqual({
        secure: false,
        isolated: false,
        subtle: false,
        caches: false,
        gpu: false,
        cameras: false,
      });
    });

    test.each([false, true])('detects what Node detects; in a worker: %s', async (worker) => {
      const { choice, found } = await browser.page.evaluate(
        async ([address, worker]) => {
          const detector = await lib.createDetector({ worker, threads: 4 });
          const image = new Image();
          image.src = address;
          await image.decode();
          // What the page draws, as a video.
          const canvas = document.createElement('canvas');
          const video = document.createElement('video');
          Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight });
          const context = canvas.getContext('2d');
          Object.assign(video, { muted: true, srcObject: canvas.captureStream() });
          context?.drawImage(image, 0, 0);
          await video.play();
          const found = [];
          for (const picture of [image, address, await createImageBitmap(image), video])
            found.push(await detector.detect(picture, { scoreThreshold: 0.3 }));
          await detector.dispose();
          return { choice: detector.engine, found };
        },
        [url, worker] as const,
      );
      expect(choice.name).toBe('tfjs-wasm');
      expect(choice.unavailable).toContainEqual({
        name: 'tfjs-webgpu',
        why: 'WebGPU needs a page that came by https',
      });
      expect(found).toHaveLength(4);
      for (const detections of found) expectSame(detections, expected);
    });

    test.each([false, true])('refuses damaged weights; in a worker: %s', async (worker) => {
      const manifest = await readFile(cocoWeights.manifest);
      const bytes = await readFile(cocoWeights.weights);
      bytes[4_000_000] = (bytes[4_000_000] ?? 0) ^ 1;
      browser.server.route = ({ url: address = '' }, response) => {
        if (!address.startsWith('/damaged/')) return undefined;
        response.end(address.endsWith('.json') ? manifest : bytes);
        return true;
      };
      const error = await browser.page.evaluate(
        (worker) =>
          lib.createDetector({ weights: 'damaged/coco.json', engine: 'tfjs-wasm', worker }).then(
            () => 'made',
            ({ code, message }) => `${code}: ${message}`,
          ),
        worker,
      );
      expect(error).toMatch(/^WEIGHTS_DAMAGED: .* sha256 /);
    });

    test('keeps weights in IndexedDB when it is asked to keep them', async () => {
      const served: string[] = [];
      browser.server.route = ({ url: address = '' }) => {
        if (address.endsWith('.safetensors')) served.push(address);
        return undefined;
      };
      const engines = await browser.page.evaluate(async () => {
        const engines = [];
        for (let visit = 0; visit < 2; visit++) {
          const detector = await lib.createDetector({ cache: true, engine: 'tfjs-wasm' });
          engines.push(detector.engine.name);
          await detector.dispose();
        }
        await lib.clearWeightsCache();
        return engines;
      });
      expect(engines).toEqual(['tfjs-wasm', 'tfjs-wasm']);
      expect(served).toHaveLength(1);
    });

    test('says of cameras and WebGPU that they need https', async () => {
      const errors = await browser.page.evaluate(async () => {
        const tell = ({ code, message }: { code: string; message: string }) => `${code}: ${message}`;
        return [
          await lib.openCamera().then(() => 'opened', tell),
          await lib.listCameras().then(() => 'listed', tell),
          await lib.createDetector({ engine: 'tfjs-webgpu' }).then(() => 'made', tell),
        ];
      });
      expect(errors).toEqual([
        expect.stringMatching(/^CAMERA_UNAVAILABLE: .*https/),
        expect.stringMatching(/^CAMERA_UNAVAILABLE: .*https/),
        expect.stringMatching(/^ENGINE_UNAVAILABLE: .*https/),
      ]);
    });
  });
}
