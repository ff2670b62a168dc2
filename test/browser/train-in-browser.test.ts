// The page that trains, used in a real browser: boxes are drawn, heads learn a few steps on WebGL in a worker, the weights load in Node.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDetector } from 'ssdlite/node';
import { afterAll, expect, test } from 'vitest';
import { photos } from '../photos.ts';
import { buildPage } from './build-page.ts';
import { launchChromium, noChromium } from './chromium.ts';
import { servePage } from './serve-page.ts';

const root = fileURLToPath(new URL('../../examples/train-in-browser/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ssdlite-train-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shop = photos.find((path) => path.endsWith('bike-shop.jpg')) ?? '';
const cake = photos.find((path) => path.endsWith('cake.jpg')) ?? '';

test.skipIf(noChromium !== undefined)(
  'A visitor draws boxes, trains on WebGL in a worker, tries the detector and keeps it',
  { timeout: 600_000 },
  async () => {
    const server = await servePage(await buildPage(root));
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      await page.goto(server.url);

      await page.click('#train');
      await page.waitForFunction(
        "document.querySelector('#status').textContent.startsWith('There is no box yet')",
      );

      await page.setInputFiles('#files', [cake, shop]);
      await page.waitForSelector('#pictures li:nth-child(2)');
      await page.fill('#class-name', 'mechanic');
      const drag = async (left: number, top: number, right: number, bottom: number): Promise<void> => {
        const editor = await page.locator('#editor').boundingBox();
        if (!editor) throw new Error('The editor is not shown.');
        await page.mouse.move(editor.x + left * editor.width, editor.y + top * editor.height);
        await page.mouse.down();
        await page.mouse.move(editor.x + right * editor.width, editor.y + bottom * editor.height, {
          steps: 3,
        });
        await page.mouse.up();
      };
      await drag(0.2, 0.19, 0.55, 0.9);
      await drag(0.5, 0.2, 0.52, 0.9);
      await page.click('#boxes li:nth-child(2) button');
      expect(await page.locator('#boxes li').allTextContents()).toEqual(['mechanic ✕']);

      await page.fill('#steps', '2');
      await page.click('#train');
      await page.waitForFunction(
        "/^Step 1 of 2: loss [\\d.]+/.test(document.querySelector('#status').textContent)",
        undefined,
        {
          timeout: 500_000,
        },
      );
      expect(page.workers().length).toBe(1);
      // The page answers while the worker trains.
      await page.click('#pictures li:nth-child(1) button');
      expect(await page.locator('#boxes li').count()).toBe(0);
      await page.waitForFunction(
        "document.querySelector('#status').textContent === 'Trained 2 steps. Try it below.'",
        undefined,
        {
          timeout: 500_000,
        },
      );
      expect(page.workers().length).toBe(0);

      await page.setInputFiles('#try-file', shop);
      await page.waitForFunction("document.querySelector('#result').width === 500", undefined, {
        timeout: 120_000,
      });

      const files: string[] = [];
      page.on('download', async (download) => {
        const path = join(folder, download.suggestedFilename());
        await download.saveAs(path);
        files.push(path);
      });
      await page.click('#download');
      await expect.poll(() => files.length, { timeout: 60_000 }).toBe(2);
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
    }
    const manifest = JSON.parse(readFileSync(join(folder, 'trained-here.json'), 'utf8'));
    expect(manifest.labels).toEqual([{ id: 1, name: 'mechanic' }]);
    const detector = await createDetector({ weights: join(folder, 'trained-here.safetensors') });
    expect(detector.labels).toEqual([{ id: 1, name: 'mechanic' }]);
    await detector.dispose();
  },
);
