// `ssdlite.browser.js` on a page without a build: from the page's own server, and from another site as from a CDN.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { createDetector } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mustRun } from '../../scripts/run.mjs';
import { photo } from '../photos.ts';
import { launchChromium, noChromium } from './chromium.ts';
import { type FolderServer, serveFolder } from './serve-folder.ts';
import { isolation } from './serve-page.ts';

const script = fileURLToPath(
  new URL('../../packages/ssdlite/scripts/bundle-standalone.mjs', import.meta.url),
);
const timeout = 120_000;

/** What a page without a build writes. */
const page = (folder: string) => `<!doctype html>
<title>no build</title>
<script type="module">
  import { createDetector, drawDetections, createTracker } from '${folder}/ssdlite.browser.js';
  import { litert } from '${folder}/ssdlite.litert.js';
  Object.assign(globalThis, { createDetector, drawDetections, createTracker, litert });
</script>`;

interface Page {
  createDetector: typeof import('ssdlite/browser').createDetector;
  drawDetections: unknown;
  createTracker: unknown;
  litert: typeof import('ssdlite/browser/litert').litert;
}

/** Which page, whether in a worker, and with how many threads; from a CDN both builds of WebAssembly are to be had. */
const pages = [
  ['index.html', false, 1],
  ['index.html', true, 1],
  ['cdn.html', false, 1],
  ['cdn.html', true, 1],
  ['cdn.html', false, 2],
  ['cdn.html', true, 2],
] as const;

describe.skipIf(noChromium !== undefined)('ssdlite.browser.js', { timeout }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ssdlite-standalone-'));
  /** As CDNs of npm's packages lay them out. */
  const library = join(folder, 'npm/ssdlite@0.1.0/dist/standalone');
  let server: FolderServer;
  /** The same with memory that threads share. */
  let isolated: FolderServer;
  let browser: Browser;
  let expected: string[];

  beforeAll(async () => {
    await mustRun(process.execPath, [script, library], { failed: 'It could not be made.' });
    writeFileSync(join(folder, 'photo.jpg'), readFileSync(photo));
    server = await serveFolder(folder, { path: '/site/' });
    isolated = await serveFolder(folder, { path: '/site/', headers: isolation });
    const litertFolder = dirname(createRequire(script).resolve('@litertjs/core'));
    const { version } = JSON.parse(readFileSync(join(litertFolder, '../package.json'), 'utf8'));
    for (const target of [`npm/@litertjs/core@${version}`, 'litert'])
      cpSync(join(litertFolder, '../wasm'), join(folder, target, 'wasm'), { recursive: true });
    const standalone = 'npm/ssdlite@0.1.0/dist/standalone';
    writeFileSync(join(folder, 'index.html'), page(`./${standalone}`));
    writeFileSync(join(folder, 'cdn.html'), page(`${server.otherSite}${standalone}`));
    browser = await launchChromium();
    const detector = await createDetector();
    expected = (await detector.detect(photo)).map(({ label }) => label);
    await detector.dispose();
  }, timeout);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await isolated?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('holds nothing of Node, and lies beside all that it loads', () => {
    for (const file of readdirSync(library).filter((name) => name.endsWith('.js'))) {
      const code = readFileSync(join(library, file), 'utf8');
      expect(code).not.toMatch(/\bfrom\s*["']|import\(["']|["']node:/);
    }
    expect(readdirSync(library)).toEqual(
      expect.arrayContaining([
        'ssdlite-mobilenet-v2-coco.json',
        'ssdlite-mobilenet-v2-coco.safetensors',
        'tfjs-backend-wasm-simd.wasm',
        'ssdlite.worker.tfjs-wasm.js',
      ]),
    );
  });

  test.each(pages)(
    'finds what Node finds: %s, in a worker: %s, threads: %i',
    async (file, worker, threads) => {
      const tab = await browser.newPage();
      server.sent.clear();
      isolated.sent.clear();
      await tab.goto((threads > 1 ? isolated : server).url + file);
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
      // One build of WebAssembly, one worker at most; from a CDN all of it.
      const sent = [...server.sent.keys()].map((name) => name.split('/').at(-1));
      expect(sent.filter((name) => name?.endsWith('.wasm'))).toEqual([
        threads > 1 ? 'tfjs-backend-wasm-threaded-simd.wasm' : 'tfjs-backend-wasm-simd.wasm',
      ]);
      expect(sent.filter((name) => name?.startsWith('ssdlite.worker'))).toEqual(
        worker ? ['ssdlite.worker.tfjs-wasm.js'] : [],
      );
      expect([...isolated.sent.keys()].filter((name) => name.startsWith('npm/'))).toEqual([]);
      await tab.close();
    },
  );

  test.each(pages)('runs on LiteRT: %s, in a worker: %s, threads: %i', async (file, worker, threads) => {
    const tab = await browser.newPage();
    server.sent.clear();
    await tab.goto((threads > 1 ? isolated : server).url + file);
    await tab.waitForFunction(() => 'createDetector' in globalThis);
    const { engine, labels } = await tab.evaluate(
      async ([worker, path]) => {
        const { createDetector, litert } = globalThis as unknown as Page;
        const detector = await createDetector({ engine: litert(path === undefined ? {} : { path }), worker });
        const found = await detector.detect('photo.jpg');
        await detector.dispose();
        return { engine: detector.engine.name, labels: found.map(({ label }) => label) };
      },
      // A page's own copy, and the address that it guesses on a CDN.
      [worker, file === 'index.html' ? 'litert/wasm' : undefined] as const,
    );
    expect(engine).toBe('litert-wasm');
    expect(labels).toEqual(expected);
    const builds = [...server.sent.keys()].filter((name) => name.endsWith('.wasm'));
    expect(builds).toEqual([
      expect.stringMatching(
        threads > 1
          ? /^npm\/.*\/litert_wasm_threaded_internal\.wasm$/
          : file === 'cdn.html'
            ? /^npm\/.*\/litert_wasm_internal\.wasm$/
            : /^litert\/wasm\/litert_wasm_internal\.wasm$/,
      ),
    ]);
    await tab.close();
  });
});
