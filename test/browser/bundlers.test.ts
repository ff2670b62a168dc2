// The packages as they are published, bundled by others than Vite with as little configuration as they allow, and run in Chromium.

import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build as esbuild } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { createDetector } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import webpack from 'webpack';
import { photo } from '../photos.ts';
import { launchChromium, noChromium } from './chromium.ts';
import { type PublishedPackages, publishedPackages } from './published-packages.ts';
import { type FolderServer, serveFolder } from './serve-folder.ts';
import { isolation } from './serve-page.ts';

const timeout = 120_000;

interface BundledPage {
  createDetector: typeof import('ssdlite/browser').createDetector;
  litert: typeof import('ssdlite/browser/litert').litert;
}

describe.skipIf(noChromium !== undefined)('A page that is bundled by', { timeout }, () => {
  let packages: PublishedPackages;
  let browser: Browser;
  let expected: string[];
  const servers: FolderServer[] = [];

  beforeAll(async () => {
    packages = await publishedPackages();
    const app = `
      import { createDetector } from 'ssdlite/browser';
      import { litert } from 'ssdlite/browser/litert';
      Object.assign(globalThis, { createDetector, litert });`;
    writeFileSync(join(packages.folder, 'app.js'), app);
    const detector = await createDetector();
    expected = (await detector.detect(photo)).map(({ label }) => label);
    await detector.dispose();
    browser = await launchChromium();
  }, timeout);
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) await server.close();
    packages?.remove();
  });

  /** Opens what was built into a folder, as `app.js`. */
  async function open(name: string, { type = 'module', fromOtherSite = false } = {}): Promise<Page> {
    const folder = join(packages.folder, name);
    copyFileSync(photo, join(folder, 'photo.jpg'));
    // With memory that threads share, so that the build with threads is the one that is started. Webpack's chunks from another site are
    // not allowed there by its defaults.
    const headers = fromOtherSite ? {} : isolation;
    const server = await serveFolder(folder, { path: '/app/', headers });
    servers.push(server);
    const script = `${fromOtherSite ? server.otherSite : ''}js/app.js`;
    writeFileSync(
      join(folder, 'index.html'),
      `<!doctype html><script type="${type}" crossorigin src="${script}"></script>`,
    );
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => 'createDetector' in globalThis);
    return page;
  }

  /** What is found on the page and in a worker, or the error. */
  function detect(
    page: Page,
    more: {
      readonly weights?: string;
      readonly litertOptions?: { readonly path?: string };
      /** Folder of the workers that the page makes itself. */
      readonly workers?: string;
    } = {},
  ) {
    return page.evaluate(async ({ litertOptions, workers, ...more }) => {
      const { createDetector, litert } = globalThis as unknown as BundledPage;
      const makeWorker = (engine: string) => new Worker(`${workers}/${engine}.js`, { type: 'module' });
      const attempt = async (inWorker: boolean) => {
        const engine = litertOptions ? litert(litertOptions) : 'tfjs-wasm';
        const worker = inWorker && workers !== undefined ? makeWorker : inWorker;
        const detector = await createDetector({ engine, worker, ...more });
        const found = await detector.detect('photo.jpg');
        await detector.dispose();
        return found.map(({ label }) => label);
      };
      const told = (error: unknown) => String(error);
      return { onPage: await attempt(false).catch(told), inWorker: await attempt(true).catch(told) };
    }, more);
  }

  const bundleByEsbuild = (name: string, options: BuildOptions) =>
    esbuild({
      absWorkingDir: packages.folder,
      entryPoints: ['app.js'],
      bundle: true,
      minify: true,
      outdir: `${name}/js`,
      logLevel: 'error',
      ...options,
    });

  test('webpack finds weights, WebAssembly and workers by itself', async () => {
    await bundleByWebpack(packages.folder, 'webpack');
    const page = await open('webpack', { type: 'text/javascript' });
    expect(await detect(page)).toEqual({ onPage: expected, inWorker: expected });
    expect(await detect(page, { litertOptions: {} })).toEqual({ onPage: expected, inWorker: expected });
  });

  test('webpack with its files on another site finds all but the workers, and says what to do', async () => {
    const page = await open('webpack', { type: 'text/javascript', fromOtherSite: true });
    expect(await detect(page)).toEqual({
      onPage: expected,
      inWorker: expect.stringMatching(/The worker's file comes from another site.* pass worker:/),
    });
  });

  test('esbuild finds WebAssembly by itself; weights, workers and LiteRT where their folders are copied to', async () => {
    await bundleByEsbuild('esbuild', { format: 'esm', splitting: true });
    const without = await detect(await open('esbuild'));
    const modules = join(packages.folder, 'node_modules');
    cpSync(join(modules, '@ssdlite/coco-weights/weights'), join(packages.folder, 'esbuild/weights'), {
      recursive: true,
    });
    expect(without.onPage).toMatch(
      /COCO weights are not where .* Copy the two files in @ssdlite\/coco-weights/,
    );
    expect(await detect(await open('esbuild'))).toEqual({
      onPage: expected,
      inWorker: expect.stringMatching(/The worker stopped: its file does not load\. .* pass worker:/),
    });
    cpSync(join(modules, 'ssdlite/dist/browser/worker'), join(packages.folder, 'esbuild/worker'), {
      recursive: true,
    });
    expect(await detect(await open('esbuild'))).toEqual({ onPage: expected, inWorker: expected });
    const onLitert = await detect(await open('esbuild'), { litertOptions: {} });
    expect(onLitert.onPage).toMatch(/litert-wasm does not start.* Pass litert\(\{ path \}\)/);
    cpSync(join(modules, '@litertjs/core/wasm'), join(packages.folder, 'esbuild/litert'), {
      recursive: true,
    });
    copyFileSync(
      join(modules, 'ssdlite/dist/browser/litert/litert-worker.js'),
      join(packages.folder, 'esbuild/js/litert-worker.js'),
    );
    expect(await detect(await open('esbuild'), { litertOptions: { path: 'litert' } })).toEqual({
      onPage: expected,
      inWorker: expected,
    });
  });

  test('esbuild as a plain script says what it needs, and works with addresses', async () => {
    await bundleByEsbuild('script', { format: 'iife' });
    const page = await open('script', { type: 'text/javascript' });
    const without = await detect(page);
    expect(without.onPage).toMatch(/bundled as no ES module.* pass weights:/);
    mkdirSync(join(packages.folder, 'script/files'));
    for (const extension of ['json', 'safetensors']) {
      const name = `ssdlite-mobilenet-v2-coco.${extension}`;
      copyFileSync(
        join(packages.folder, 'node_modules/@ssdlite/coco-weights/weights', name),
        join(packages.folder, 'script/files', name),
      );
    }
    const weights = 'files/ssdlite-mobilenet-v2-coco.json';
    expect(await detect(page, { weights })).toEqual({
      onPage: expected,
      inWorker: expect.stringMatching(/The worker cannot be made: .* pass worker:/),
    });
    cpSync(
      join(packages.folder, 'node_modules/ssdlite/dist/browser/worker'),
      join(packages.folder, 'script/worker'),
      {
        recursive: true,
      },
    );
    expect(await detect(page, { weights, workers: 'worker' })).toEqual({
      onPage: expected,
      inWorker: expected,
    });
    const litertFiles = join(packages.folder, 'node_modules/@litertjs/core/wasm');
    cpSync(litertFiles, join(packages.folder, 'script/litert'), { recursive: true });
    expect((await detect(page, { weights, litertOptions: { path: 'litert' } })).onPage).toEqual(expected);
  });
});

/** With its defaults. */
function bundleByWebpack(folder: string, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const output = { path: join(folder, name, 'js'), filename: 'app.js' };
    webpack({ mode: 'production', context: folder, entry: './app.js', output }, (error, stats) => {
      if (error) reject(error);
      else if (stats?.hasErrors()) reject(new Error(stats.toString({ all: false, errors: true })));
      else resolve();
    });
  });
}
