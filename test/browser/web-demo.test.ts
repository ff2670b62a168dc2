// The demo page as it is published: built, served under a path of its own, and used in a real browser.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engineCosts } from '../../examples/web-demo/src/engine-costs.ts';
import { photo } from '../photos.ts';
import { buildWebDemo, webDemo } from './build-web-demo.ts';
import { launchChromium, noChromium } from './chromium.ts';
import { dropFile } from './drop-file.ts';
import { type FolderServer, serveFolder } from './serve-folder.ts';
import { otherMachine } from './system-browser.ts';

const rows = '#results li:not([hidden])';
/** What the page may fetch before its first boxes, besides the weights. */
const firstLoadBudget = 1_500_000;

describe.skipIf(noChromium !== undefined)('The demo page', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ssdlite-demo-'));
  let server: FolderServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    await buildWebDemo(folder);
    server = await serveFolder(folder, { path: '/some/path/' });
    browser = await launchChromium({
      args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    server.sent.clear();
    problems = [];
  });
  afterEach(async () => {
    await context?.close();
    expect(problems).toEqual([]);
  });

  async function open({
    host,
    ...options
  }: Parameters<Browser['newContext']>[0] & { readonly host?: string } = {}): Promise<void> {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    const url = new URL(server.url);
    if (host !== undefined) url.hostname = host;
    await page.goto(url.href);
    await page.waitForSelector(rows);
  }

  /** The names in the list. */
  const found = () => page.locator(`${rows} .name`).allTextContents();
  const isHighlighted = (row: number) =>
    page.locator(`${rows} >> nth=${row} >> button`).evaluate((button) => button.matches('.is-highlighted'));

  test('finds the objects of its first sample by itself, within its budget of bytes', async () => {
    // What it keeps for later, once it works, is no part of the first load.
    await open({ serviceWorkers: 'block' });
    expect(await found()).toEqual(expect.arrayContaining(['person', 'bottle', 'bicycle']));
    const sent = [...server.sent].filter(([name]) => !name.endsWith('.safetensors'));
    const bytes = sent.reduce((sum, [, length]) => sum + length, 0);
    process.stderr.write(`The demo's first load: ${bytes} bytes, compressed, besides the weights.\n`);
    expect(bytes).toBeLessThan(firstLoadBudget);
    // One engine, not three.
    expect(sent.filter(([name]) => /tfjs-web(gl|gpu)|threaded/.test(name))).toEqual([]);
  });

  test('states what its engines cost to within a tenth', () => {
    const files = readdirSync(join(folder, 'assets'));
    const kilobytes = (start: string): number => {
      // The worker's is the largest of that name: it holds all that it needs.
      const sizes = files
        .filter((file) => new RegExp(`^${start}-[\\w-]{8}\\.`).test(file))
        .map((file) => gzipSync(readFileSync(join(folder, 'assets', file))).length);
      return Math.max(...sizes) / 1000;
    };
    const measured = {
      'tfjs-webgpu': kilobytes('tfjs-webgpu'),
      'tfjs-webgl': kilobytes('tfjs-webgl'),
      'tfjs-wasm': kilobytes('tfjs-wasm') + kilobytes('simd'),
      // Script and binary, of which the binary is the larger.
      'litert-wasm': kilobytes('litert-worker') + 75 + kilobytes('litert_wasm_internal'),
    };
    for (const [name, cost] of Object.entries(engineCosts)) {
      const real = measured[name as keyof typeof measured] ?? Number.NaN;
      expect.soft(cost.kilobytes, `${name}: ${real.toFixed(0)} kB`).toBeGreaterThan(0.9 * real);
      expect.soft(cost.kilobytes, `${name}: ${real.toFixed(0)} kB`).toBeLessThan(1.1 * real);
    }
  });

  test('tells list and boxes of each other, and screen readers of both', async () => {
    await open();
    const names = await found();
    const person = names.indexOf('person');
    await page.locator(`${rows} >> nth=${person}`).hover();
    expect(await isHighlighted(person)).toBe(true);
    // The person's box on the picture, 500 x 334 pixels large.
    const canvas = await page.locator('#overlay').boundingBox();
    if (!canvas) throw new Error('There is no canvas.');
    const at = (x: number, y: number) =>
      [canvas.x + (x / 500) * canvas.width, canvas.y + (y / 334) * canvas.height] as const;
    await page.mouse.move(...at(480, 320));
    expect(await isHighlighted(person)).toBe(false);
    await page.mouse.move(...at(190, 150));
    expect(await isHighlighted(person)).toBe(true);
    await page.waitForFunction(() => document.getElementById('announcement')?.textContent !== '');
    expect(await page.textContent('#announcement')).toMatch(/^\d objects found: .*1 × person/);
    expect(await page.getAttribute('#overlay', 'aria-label')).toContain('1 × person');
  });

  test('draws in the pixels of the screen', async () => {
    await open({ deviceScaleFactor: 2 });
    const { pixels, shown } = await page.locator('#overlay').evaluate((canvas: HTMLCanvasElement) => ({
      pixels: canvas.width,
      shown: canvas.clientWidth,
    }));
    expect(pixels).toBe(2 * shown);
  });

  test('is used by keyboard: threshold, classes, quality', async () => {
    await open();
    const before = await found();
    await page.focus('#slider-score');
    await page.keyboard.press('Home');
    await expect.poll(async () => (await found()).length).toBeGreaterThan(before.length);
    await page.keyboard.press('End');
    await expect.poll(found).toEqual([]);
    expect(await page.textContent('#nothing')).toBe('Nothing found over this score.');
    await page.click('#reset');
    await expect.poll(found).toEqual(before);
    await page.focus('#classes button:has-text("bottle")');
    await page.keyboard.press('Space');
    await expect.poll(async () => new Set(await found())).toEqual(new Set(['bottle']));
    await page.keyboard.press('Space');
    await page.focus('#quality input:checked');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.isDisabled('#slider-iou')).toBe(true);
    expect(await page.textContent('#code')).toContain("quality: 'balanced'");
  });

  test('saves the picture, the objects, and COCO results', async () => {
    await open();
    const saved = async (button: string) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    };
    const png = await saved('#save-png');
    expect(png.name).toBe('bike-shop-objects.png');
    // Width and height of a PNG are at byte 16.
    expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([500, 334]);
    const objects = JSON.parse((await saved('#save-json')).bytes.toString());
    expect(objects).toMatchObject({
      picture: { name: 'bike-shop.jpg', width: 500, height: 334 },
      engine: 'tfjs-wasm',
    });
    expect(objects.detections[0]).toMatchObject({ label: 'person', classId: 1 });
    const [result] = JSON.parse((await saved('#save-coco')).bytes.toString());
    expect(result).toMatchObject({ image_id: 1, category_id: 1 });
    expect(result.bbox).toHaveLength(4);
  });

  test('takes pictures that are opened, dropped and pasted, and says what is none', async () => {
    await open();
    await page.setInputFiles('#file', {
      name: 'none.jpg',
      mimeType: 'image/jpeg',
      buffer: Buffer.from('no picture'),
    });
    await page.waitForSelector('#notice:not([hidden])');
    expect(await page.textContent('#notice-text')).toContain('none.jpg');
    const cat = join(webDemo, 'public/samples/cat.jpg');
    await page.setInputFiles('#file', cat);
    await expect.poll(found).toEqual(['cat']);
    expect(await page.isVisible('#notice')).toBe(false);
    for (const type of ['drop', 'paste'] as const) {
      await dropFile(page, readFileSync(type === 'drop' ? photo : cat), { type });
      await expect.poll(found).toContain(type === 'drop' ? 'person' : 'cat');
    }
  });

  test('speaks German, and fits a phone in both languages, light and dark', async () => {
    for (const locale of ['en-GB', 'de-DE']) {
      await open({ viewport: { width: 360, height: 740 }, locale, colorScheme: 'dark' });
      await page.click('.code summary');
      await page.click('.foot summary');
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([locale, overflow]).toEqual([locale, 0]);
      if (locale === 'de-DE') {
        expect(await found()).toContain('Fahrrad');
        expect(await page.textContent('h2')).toBe('Objekte');
        await page.selectOption('#language', 'en');
        expect(await found()).toContain('bicycle');
      }
      if (locale === 'en-GB') await context.close();
    }
  });

  test.each([
    { width: 390, height: 844 },
    { width: 320, height: 568 },
    { width: 844, height: 390 },
  ])('has targets for fingers on a phone of $width x $height', async (viewport) => {
    await open({ viewport, locale: 'de-DE', deviceScaleFactor: 3, hasTouch: true, isMobile: true });
    await page.tap('.code summary');
    await page.tap('.foot summary');
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, a, input, select, summary')].flatMap((target) => {
        if (target.matches('.visually-hidden') || !target.checkVisibility()) return [];
        const { width, height } = (
          target.closest('label.segment, label.engine') ?? target
        ).getBoundingClientRect();
        return width < 44 || height < 44 ? [`${target.outerHTML.slice(0, 80)}: ${width} x ${height}`] : [];
      }),
    );
    expect(small).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(await page.isVisible('.hint')).toBe(false);
    await page.tap('[data-sample="cat.jpg"]');
    await expect.poll(found).toEqual(['Katze']);
  });

  test('follows what the camera sees, and stops', async () => {
    await open({ permissions: ['camera'] });
    await page.focus('#slider-score');
    await page.keyboard.press('Home');
    await page.click('#camera');
    await page.waitForSelector(`${rows} .name:has-text("#1")`);
    expect(await page.textContent('#video-figures')).toMatch(/^\d+ frames a second, \d+ ms each$/);
    await page.click('#camera');
    await page.waitForSelector('#stage[data-view=empty]');
    expect(await page.locator('#video').evaluate((video: HTMLVideoElement) => video.srcObject)).toBe(null);
  });

  test('says why there is no camera', async () => {
    // Without a window nobody can allow it.
    const strict = await launchChromium();
    try {
      const strictPage = await strict.newPage();
      await strictPage.goto(server.url);
      await strictPage.waitForSelector(rows);
      await strictPage.click('#camera');
      await strictPage.waitForSelector('#notice:not([hidden])');
      expect(await strictPage.textContent('#notice-text')).toMatch(
        /may not be used here|No camera was found/,
      );
      // The picture that was there stays.
      expect(await strictPage.isVisible('#picture')).toBe(true);
      expect(await strictPage.locator(`${rows} .name`).allTextContents()).toContain('person');
    } finally {
      await strict.close();
    }
  });

  test('works by plain http from another machine, and says what does not', async () => {
    await open({ host: otherMachine });
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    expect(await found()).toContain('person');
    await page.click('#camera');
    await page.waitForSelector('#notice:not([hidden])');
    expect(await page.textContent('#notice-text')).toBe('Cameras work on https pages only.');
    // No clipboard there: what is selected is copied by hand.
    await page.click('.code summary');
    await page.click('#copy');
    await expect
      .poll(() => page.evaluate(() => String(getSelection())))
      .toContain("import { createDetector } from 'ssdlite/browser'");
    expect(await page.textContent('#copy')).toBe('Copy');
  });

  test('says that weights did not arrive, and tries again when it is asked to', async () => {
    context = await browser.newContext({ serviceWorkers: 'block' });
    page = await context.newPage();
    await page.route('**/*.safetensors', (route) => route.fulfill({ status: 404, body: 'gone' }));
    await page.goto(server.url);
    await page.waitForSelector('#retry:not([hidden])');
    expect(await page.textContent('#notice-text')).toMatch(/^The detector could not be loaded: .*weights/);
    await page.unroute('**/*.safetensors');
    await page.click('#retry');
    await page.waitForSelector(rows);
    expect(await page.isVisible('#notice')).toBe(false);
  });

  test('works without a network once it was loaded, and then has threads', async () => {
    await open();
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector(rows);
    expect(await found()).toContain('person');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.click('[data-sample="cat.jpg"]');
    await expect.poll(found).toEqual(['cat']);
  });

  test('can be installed', async () => {
    await open();
    const href = await page.locator('link[rel=manifest]').evaluate((link: HTMLLinkElement) => link.href);
    const manifest = await (await context.request.get(href)).json();
    expect(manifest).toMatchObject({ display: 'standalone', start_url: './' });
    for (const { src } of manifest.icons) {
      expect((await context.request.get(new URL(src, href).href)).status()).toBe(200);
    }
  });

  test('says so where a browser has neither WebAssembly nor WebGL', async () => {
    const poor = await launchChromium({ args: ['--js-flags=--jitless', '--disable-3d-apis'] });
    try {
      const poorPage = await poor.newPage();
      await poorPage.goto(server.url);
      await poorPage.waitForSelector('#unsupported', { state: 'visible' });
      expect(await poorPage.textContent('#unsupported h2')).toBe('This browser cannot run the demo');
      expect(await poorPage.isVisible('#page')).toBe(false);
    } finally {
      await poor.close();
    }
  });
});
