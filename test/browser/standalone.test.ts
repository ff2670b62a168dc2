// `ssdlite.browser.js` on a page without a build: from the page's own server, and from another site as from a CDN.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { createDetector } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mustRun } from '../../scripts/run.mjs';
import { photo } from '../photos.ts';
import { launchChromium, noChromium } from './chromium.ts';
import { type FolderServer, serveFolder } from './serve-folder.ts';

const script = fileURLToPath(
  new URL('../../packages/ssdlite/scripts/bundle-standalone.mjs', import.meta.url),
);
const timeout = 120_000;

/** What a page without a build writes. */
const page = (address: string) => `<!doctype html>
<title>no build</title>
<script type="module">
  import { createDetector, drawDetections, createTracker } from '${address}';
  Object.assign(globalThis, { createDetector, drawDetections, createTracker });
</script>`;

interface Page {
  createDetector: typeof import('ssdlite/browser').createDetector;
  drawDetections: unknown;
  createTracker: unknown;
}

describe.skipIf(noChromium !== undefined)('ssdlite.browser.js', { timeout }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ssdlite-standalone-'));
  let server: FolderServer;
  let browser: Browser;
  let expected: string[];

  beforeAll(async () => {
    await mustRun(process.execPath, [script, folder], { failed: 'It could not be made.' });
    writeFileSync(join(folder, 'photo.jpg'), readFileSync(photo));
    server = await serveFolder(folder, { path: '/lib/' });
    writeFileSync(join(folder, 'index.html'), page('./ssdlite.browser.js'));
    writeFileSync(join(folder, 'cdn.html'), page(`${server.otherSite}ssdlite.browser.js`));
    browser = await launchChromium();
    const detector = await createDetector();
    expected = (await detector.detect(photo)).map(({ label }) => label);
    await detector.dispose();
  }, timeout);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('holds nothing of Node, and lies beside all that it loads', () => {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
      const code = readFileSync(join(folder, file), 'utf8');
      expect(code).not.toMatch(/\bfrom\s*["']|import\(["']|["']node:/);
    }
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining([
        'ssdlite-mobilenet-v2-coco.json',
        'ssdlite-mobilenet-v2-coco.safetensors',
        'tfjs-backend-wasm-simd.wasm',
        'ssdlite.worker.tfjs-wasm.js',
      ]),
    );
  });

  test.each([
    ['index.html', false],
    ['index.html', true],
    ['cdn.html', false],
    ['cdn.html', true],
  ] as const)('finds what Node finds: %s, in a worker: %s', async (file, worker) => {
    const tab = await browser.newPage();
    server.sent.clear();
    await tab.goto(server.url + file);
    await tab.waitForFunction(() => 'createDetector' in globalThis);
    const { engine, labels, others } = await tab.evaluate(async (worker) => {
      const { createDetector, drawDetections, createTracker } = globalThis as unknown as Page;
      const detector = await createDetector({ engine: 'tfjs-wasm', worker });
      const found = await detector.detect('photo.jpg');
      await detector.dispose();
      return {
        engine: detector.engine.name,
        labels: found.map(({ label }) => label),
        others: [typeof drawDetections, typeof createTracker],
      };
    }, worker);
    expect(engine).toBe('tfjs-wasm');
    expect(labels).toEqual(expected);
    expect(others).toEqual(['function', 'function']);
    // One build of WebAssembly, one worker at most.
    const sent = [...server.sent.keys()];
    expect(sent.filter((name) => name.endsWith('.wasm'))).toEqual(['tfjs-backend-wasm-simd.wasm']);
    expect(sent.filter((name) => name.startsWith('ssdlite.worker'))).toEqual(
      worker ? ['ssdlite.worker.tfjs-wasm.js'] : [],
    );
    await tab.close();
  });
});
