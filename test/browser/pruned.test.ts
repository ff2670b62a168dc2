// Weights without their dead channels, on every engine of the browser: what they put out is what the whole ones put out in Node.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { cocoWeights } from '@ssdlite/coco-weights';
import type { Browser, Page } from 'playwright-core';
import { pruneDetector } from 'ssdlite';
import { createDetector, manifestText, readDetectorWeights } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage } from './build-page.ts';
import { launchChromium, noChromium } from './chromium.ts';
import { type PageServer, servePage } from './serve-page.ts';
import { slow } from './test-page.ts';

/** Graphics in software: fewer pixels are the same kernels in less time. */
const side = 64;
const pixels = Array.from(
  { length: side * side * 3 },
  (_, at) => (at * 7 + Math.floor(at / (3 * side)) * 13) % 256,
);

describe.skipIf(noChromium !== undefined)('Pruned weights in the browser', { timeout: slow }, () => {
  let server: PageServer;
  let browser: Browser;
  let page: Page;
  let expected: { readonly boxes: Float32Array; readonly logits: Float32Array };

  beforeAll(async () => {
    const coco = await readDetectorWeights();
    const inputSize = { height: side, width: side };
    const manifest = { ...coco.manifest, architecture: { ...coco.manifest.architecture, inputSize } };
    const pruned = await pruneDetector({ manifest, weights: coco.weights }, { name: 'lean' });
    expect(Object.keys(pruned.pruned)).toHaveLength(2);
    const bytes = await readFile(cocoWeights.weights);
    const detector = await createDetector({
      weights: { manifest: JSON.parse(manifestText(manifest)), bytes },
    });
    expected = await detector.predict({ data: Uint8Array.from(pixels), width: side, height: side });
    await detector.dispose();
    const files = new Map(await buildPage(fileURLToPath(new URL('./litert-page/', import.meta.url))));
    files.set('lean.json', manifestText(pruned.manifest)).set('lean.safetensors', pruned.bytes);
    server = await servePage(files);
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => 'litertPage' in globalThis);
  }, slow);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each(['tfjs-wasm', 'tfjs-webgl', 'tfjs-webgpu', 'litert'] as const)('on %s', async (engine) => {
    const put = await page.evaluate(
      async ({ engine, pixels, side }) => {
        const { createDetector, litert } = litertPage;
        const detector = await createDetector({
          engine: engine === 'litert' ? litert() : engine,
          weights: 'lean.json',
        });
        const { boxes, logits } = await detector.predict({
          data: Uint8Array.from(pixels),
          width: side,
          height: side,
        });
        await detector.dispose();
        return { boxes: [...boxes], logits: [...logits] };
      },
      { engine, pixels, side },
    );
    for (const output of ['boxes', 'logits'] as const) {
      expect(put[output]).toHaveLength(expected[output].length);
      const worst = put[output].reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (expected[output][at] ?? Number.NaN))),
        0,
      );
      expect(worst).toBeLessThan(1e-3);
    }
  });
});
