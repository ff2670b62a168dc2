// Graphics that compute with half the digits, as on some phones, and graphics that are nearly right: what the check of engines makes of them.

import { createDetector } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../photos.ts';
import { noChromium } from './chromium.ts';
import { expectSame } from './same-detections.ts';
import { openTestPage, slow, type TestPage } from './test-page.ts';

const url = `photos/${photo.split('/').at(-1)}`;

describe.skipIf(noChromium !== undefined)('WebGL', () => {
  let chromium: TestPage;

  beforeAll(async () => {
    chromium = await openTestPage();
  }, slow);
  afterAll(() => chromium?.close());

  test(
    'with textures of half floats passes, and gives scores within 0.01 of Node',
    async () => {
      const detector = await createDetector();
      const expected = await detector.detect(photo, { scoreThreshold: 0.3 });
      await detector.dispose();
      const page = await chromium.open();
      const { found, is32 } = await page.evaluate(async (address) => {
        const { getExtension } = WebGL2RenderingContext.prototype;
        // What phones leave out whose textures take 16 bits a number.
        Object.assign(WebGL2RenderingContext.prototype, {
          getExtension(this: WebGL2RenderingContext, name: string): unknown {
            return name === 'EXT_color_buffer_float' ? null : Reflect.apply(getExtension, this, [name]);
          },
        });
        const detector = await lib.createDetector({ engine: 'tfjs-webgl' });
        const found = await detector.detect(address, { scoreThreshold: 0.3 });
        await detector.dispose();
        const { tf } = await loadTfjs();
        return { found, is32: tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED') };
      }, url);
      await page.close();
      expect(is32).toBe(false);
      expectSame(found, expected);
    },
    slow,
  );

  test(
    'is compared with plain loops for weights whose answers nobody knows',
    async () => {
      const page = await chromium.open();
      const { right, wrong } = await page.evaluate(async (address) => {
        // The COCO weights with one bit changed: for the check they are somebody's own.
        const files = performance.getEntriesByType('resource').map(({ name }) => name);
        await (await lib.createDetector({ engine: 'tfjs-wasm' })).dispose();
        const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
        const fresh = loaded.filter((name) => !files.includes(name));
        const fetched = async (end: RegExp) => fetch(fresh.find((name) => end.test(name)) ?? '');
        const bytes = new Uint8Array(await (await fetched(/\.safetensors$/)).arrayBuffer());
        const manifest = await (await fetched(/\.json$/)).json();
        bytes[4_000_000] = (bytes[4_000_000] ?? 0) ^ 1;
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
        manifest.weights.sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        const make = () =>
          lib.createDetector({ engine: 'tfjs-webgl', weights: { manifest, bytes } }).catch((error) => error);
        const detector = await make();
        const right = (await detector.detect(address)).length;
        await detector.dispose();
        // A driver that adds a little to every number that is read.
        const { getBufferSubData } = WebGL2RenderingContext.prototype;
        WebGL2RenderingContext.prototype.getBufferSubData = function (target, offset, data, ...rest) {
          getBufferSubData.call(this, target, offset, data, ...rest);
          const floats = new Float32Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength >> 2);
          for (const [place, value] of floats.entries()) floats[place] = value + 0.5;
        };
        return { right, wrong: String(await make()) };
      }, url);
      await page.close();
      expect(right).toBe(4);
      expect(wrong).toMatch(/tfjs-webgl does not start: it answers a test picture wrongly/);
    },
    slow,
  );
});
