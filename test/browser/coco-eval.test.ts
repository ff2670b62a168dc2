// COCO's metrics in a real browser, on the page and in a worker: what pycocotools gives.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CocoDataset, CocoDetection, EvaluationType } from '@ssdlite/coco-eval';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PythonParams, toOptions } from '../../packages/coco-eval/src/fixtures/python-params.ts';
import { buildPage } from './build-page.ts';
import { launchChromium, noChromium } from './chromium.ts';
import type { lib } from './coco-eval-page/page.ts';
import { type PageServer, servePage } from './serve-page.ts';

declare const cocoEval: typeof lib;

interface Case {
  readonly type: EvaluationType;
  readonly groundTruth: CocoDataset;
  readonly detections: readonly CocoDetection[];
  readonly set: PythonParams & { readonly sigmas?: readonly number[] };
  readonly stats: readonly number[];
}

const fixture = new URL('../../packages/coco-eval/src/fixtures/pycocotools-random.json', import.meta.url);
const cases = (JSON.parse(readFileSync(fixture, 'utf8')) as readonly Case[]).map(
  ({ type, set, stats, groundTruth, detections }) => {
    const sigmas = set.sigmas && { sigmas: set.sigmas };
    return { stats, call: { groundTruth, detections, options: { ...toOptions(type, set), ...sigmas } } };
  },
);

describe.skipIf(noChromium !== undefined)('in Chromium', () => {
  let server: PageServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await servePage(await buildPage(fileURLToPath(new URL('./coco-eval-page/', import.meta.url))));
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => 'cocoEval' in globalThis);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const check = (mine: Readonly<Record<string, number>>, theirs: readonly number[]): void => {
    const values = Object.values(mine);
    expect(values.length).toBe(theirs.length);
    for (const [i, value] of theirs.entries()) expect(values[i]).toBeCloseTo(value, 12);
  };

  test('boxes on the page', async () => {
    const boxes = cases.filter(({ call }) => call.options.type === 'bbox');
    expect(boxes.length).toBeGreaterThan(5);
    for (const { call, stats } of boxes)
      check(await page.evaluate((one) => cocoEval.onPage(one), call), stats);
  });

  test('boxes, masks and keypoints in a worker, from files and streams', async () => {
    for (const { call, stats } of cases)
      check(await page.evaluate((one) => cocoEval.inWorker(one), call), stats);
  });
});
