// Training in a real browser, on WebGL: the same losses as in Node.

import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpuDevice } from '../../packages/train/src/fixtures/training-devices.ts';
import { buildPage } from './build-page.ts';
import { launchChromium, noChromium } from './chromium.ts';
import { type PageServer, servePage } from './serve-page.ts';
import { tinyLosses } from './tiny-training.ts';

const timeout = 300_000;
const root = fileURLToPath(new URL('./train-page/', import.meta.url));

describe.skipIf(noChromium !== undefined)('training in Chromium', { timeout }, () => {
  let server: PageServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await servePage(await buildPage(root));
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => 'trainPage' in globalThis);
  }, timeout);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test('on WebGL has the losses that the plain backend has in Node, and leaves no tensor', async () => {
    const expected = await tinyLosses(await cpuDevice());
    const { losses, tensors } = await page.evaluate(() => trainPage.lossesOn('webgl'));
    expect(losses).toHaveLength(6);
    for (const [index, loss] of losses.entries()) {
      expect(Math.abs(loss / (expected[index] as number) - 1)).toBeLessThan(0.01);
    }
    expect(tensors).toBe(0);
  });
});
