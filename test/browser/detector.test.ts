// The detector in a real browser: the same boxes as in Node, on every engine.

import type { Browser, Page } from 'playwright-core';
import type { BrowserEngineName } from 'ssdlite/browser';
import { createDetector, type Detection } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../photos.ts';
import { buildPage } from './build-page.ts';
import { launchChromium, noChromium } from './chromium.ts';
import { type PageServer, servePage } from './serve-page.ts';

/** In software one run on WebGPU takes tens of seconds. */
const timeout = 300_000;
const engines: BrowserEngineName[] = ['tfjs-wasm', 'tfjs-webgl', 'tfjs-webgpu'];

describe.skipIf(noChromium !== undefined)('in Chromium', () => {
  let server: PageServer;
  let browser: Browser;
  let page: Page;
  let expected: Detection[];

  beforeAll(async () => {
    const detector = await createDetector();
    expected = await detector.detect(photo, { scoreThreshold: 0.3 });
    await detector.dispose();
    server = await servePage(await buildPage());
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => 'lib' in globalThis);
  }, timeout);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each(engines)(
    '%s finds the boxes that Node finds',
    async (engine) => {
      const { choice, found } = await page.evaluate(
        async ([name, url]) => {
          const detector = await lib.createDetector({ engine: name });
          const found = await detector.detect(url, { scoreThreshold: 0.3 });
          await detector.dispose();
          return { choice: detector.engine, found };
        },
        [engine, `photos/${photo.split('/').at(-1)}`] as const,
      );
      expect(choice).toEqual({ name: engine, reason: 'asked for', unavailable: [] });
      expectSame(found, expected);
    },
    timeout,
  );

  test('auto passes over graphics in software, and says why', async () => {
    const choice = await page.evaluate(async () => {
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
});

/** Same classes in the same order; boxes and scores as close as two JPEG decoders' pixels let them be. */
function expectSame(actual: readonly Detection[], expected: readonly Detection[]): void {
  expect(actual.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
  for (const [index, { score, box }] of actual.entries()) {
    const wanted = expected[index];
    expect(Math.abs(score - (wanted?.score ?? Number.NaN))).toBeLessThan(0.01);
    for (const side of ['x', 'y', 'width', 'height'] as const) {
      expect(Math.abs(box[side] - (wanted?.box[side] ?? Number.NaN))).toBeLessThan(1);
    }
  }
}
