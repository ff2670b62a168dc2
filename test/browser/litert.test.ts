// LiteRT in real browsers: the same boxes as in Node, on the page and in a worker, with threads and without.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { createDetector, type Detection } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../photos.ts';
import { browsers } from './browsers.ts';
import { buildPage } from './build-page.ts';
import { isolation, type PageServer, servePage } from './serve-page.ts';

const timeout = 120_000;
const root = fileURLToPath(new URL('./litert-page/', import.meta.url));
const photoUrl = `photos/${photo.split('/').at(-1)}`;

for (const { name, missing, launch } of browsers)
  describe.skipIf(missing !== undefined)(`LiteRT in ${name}`, { timeout }, () => {
    let servers: Record<'plain' | 'isolated', PageServer>;
    let browser: Browser;
    let expected: Detection[];

    beforeAll(async () => {
      const detector = await createDetector();
      expected = await detector.detect(photo, { scoreThreshold: 0.3 });
      await detector.dispose();
      const files = await buildPage(root);
      servers = { plain: await servePage(files), isolated: await servePage(files, { headers: isolation }) };
      browser = await launch();
    }, timeout);
    afterAll(async () => {
      await browser?.close();
      for (const server of Object.values(servers ?? {})) await server.close();
    });

    async function open(kind: 'plain' | 'isolated'): Promise<Page> {
      const page = await browser.newPage();
      await page.goto(servers[kind].url);
      await page.waitForFunction(() => 'litertPage' in globalThis);
      return page;
    }

    test.each([
      ['on the page', 'plain', false],
      ['on the page, with threads', 'isolated', false],
      ['in a worker', 'plain', true],
      // See undriven-firefox.ts.
      ...(name === 'Firefox' ? [] : ([['in a worker, with threads', 'isolated', true]] as const)),
    ] as const)('finds the boxes that Node finds %s', async (_, kind, worker) => {
      const page = await open(kind);
      const fetched: string[] = [];
      servers[kind].route = ({ url = '' }) => {
        fetched.push(url);
        return undefined;
      };
      const { choice, found, batch } = await page.evaluate(
        async ([url, worker]) => {
          const { createDetector, litert } = litertPage;
          const detector = await createDetector({ engine: litert(), worker });
          const found = await detector.detect(url, { scoreThreshold: 0.3 });
          const batch = await detector.detectBatch([url, url], { scoreThreshold: 0.3, quality: 'balanced' });
          await detector.dispose();
          return { choice: detector.engine, found, batch: batch.map((each) => each.length) };
        },
        [photoUrl, worker] as const,
      );
      expect(choice).toEqual({ name: 'litert-wasm', reason: 'asked for', unavailable: [] });
      expect(found.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
      for (const [index, { score, box }] of found.entries()) {
        const wanted = expected[index];
        expect(Math.abs(score - (wanted?.score ?? Number.NaN))).toBeLessThan(0.01);
        for (const side of ['x', 'y', 'width', 'height'] as const) {
          expect(Math.abs(box[side] - (wanted?.box[side] ?? Number.NaN))).toBeLessThan(1);
        }
      }
      expect(batch[0]).toBeGreaterThan(0);
      expect(batch[1]).toBe(batch[0]);
      // Of LiteRT's builds one, and of TensorFlow.js nothing.
      const builds = fetched.filter((url) => url.endsWith('.wasm'));
      expect(builds).toHaveLength(1);
      expect(builds[0]?.includes('threaded')).toBe(kind === 'isolated');
      expect(fetched.filter((url) => /tfjs-|simd/.test(url))).toEqual([]);
      await page.close();
    });

    test('is found in a folder of the page, and says what to do where it is not', async () => {
      const page = await open('plain');
      const folder = join(dirname(createRequire(import.meta.url).resolve('@litertjs/core')), '../wasm');
      await page.route('**/own/*', (route) =>
        route.fulfill({
          path: join(folder, new URL(route.request().url()).pathname.split('/').at(-1) ?? ''),
        }),
      );
      const result = await page.evaluate(async (url) => {
        const { createDetector, litert } = litertPage;
        const missing = await createDetector({ engine: litert({ path: 'nowhere' }) }).catch(
          (error: unknown) => error,
        );
        const detector = await createDetector({ engine: litert({ path: 'own' }) });
        const detections = await detector.detect(url);
        await detector.dispose();
        const named = await createDetector({ engine: 'litert-wasm' }).catch((error: unknown) => error);
        return { missing: String(missing), found: detections.length, named: String(named) };
      }, photoUrl);
      expect(result.missing).toMatch(/litert-wasm does not start.*Pass litert\(\{ path \}\)/);
      expect(result.found).toBeGreaterThan(0);
      expect(result.named).toContain('Pass engine: litert()');
      await page.close();
    });
  });
