// The examples for pages, built as their READMEs say, opened, and used.

import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mustRun } from '../../scripts/run.mjs';
import { photo } from '../photos.ts';
import { launchChromium, noChromium } from './chromium.ts';
import { serveFolder } from './serve-folder.ts';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const timeout = 120_000;

/** Builds an example into a folder. */
async function buildWithVite(name: string, folder: string): Promise<void> {
  const root = join(examples, name);
  const configFile = join(root, 'vite.config.ts');
  await build({
    root,
    base: './',
    configFile: existsSync(configFile) && configFile,
    logLevel: 'error',
    resolve: { conditions: ['@ssdlite/source', 'module', 'browser', 'production'] },
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true },
  });
}

async function copyPlainPage(name: string, folder: string): Promise<void> {
  copyFileSync(join(examples, name, 'index.html'), join(folder, 'index.html'));
  const script = join(examples, '../packages/ssdlite/scripts/bundle-standalone.mjs');
  await mustRun(process.execPath, [script, join(folder, 'ssdlite')], { failed: 'It could not be made.' });
}

describe.skipIf(noChromium !== undefined)('The example', { timeout }, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ssdlite-example-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ['plain-page', copyPlainPage],
    ['vite-typescript', buildWithVite],
    ['react-hook', buildWithVite],
    ['vue-composable', buildWithVite],
    ['own-worker', buildWithVite],
  ] as const)('%s is built, detects, and says what is wrong with a picture', async (name, make) => {
    await make(name, folder);
    const server = await serveFolder(folder, { path: `/${name}/` });
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    try {
      await page.goto(server.url);
      await page.waitForSelector('input[type=file]:not([disabled])');
      expect(await page.textContent('p')).toContain('ready on tfjs-wasm');
      await page.setInputFiles('input[type=file]', photo);
      await page.waitForSelector('li:has-text("person")');
      expect((await page.locator('li').allTextContents()).join()).toContain('bottle');
      const broken = join(folder, 'broken.jpg');
      writeFileSync(broken, 'no picture');
      await page.setInputFiles('input[type=file]', broken);
      await page.waitForFunction(() =>
        /picture|decode|image/i.test(document.querySelector('p')?.textContent ?? ''),
      );
      expect(problems).toEqual([]);
    } finally {
      await page.close();
      await server.close();
    }
  });
});
