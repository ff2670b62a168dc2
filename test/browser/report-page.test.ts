// The page of a report in a real Chromium, opened from disk: what it shows, and that it can be used with the keyboard alone.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  addPictures,
  datasetReport,
  evaluateLvis,
  evaluationReport,
  inspectDataset,
  prepareEvaluation,
  prepareInput,
  type Report,
  renderReport,
} from '@ssdlite/coco-eval/node';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  federatedDetections,
  federatedPets,
} from '../../packages/coco-eval/src/report/fixtures/federated.ts';
import { petDetections, pets } from '../../packages/coco-eval/src/report/fixtures/pets.ts';
import {
  areaDetections,
  areas,
  bodies,
  bodyDetections,
  bodySigmas,
} from '../../packages/coco-eval/src/report/fixtures/shapes.ts';
import { launchChromium, noChromium } from './chromium.ts';

describe.skipIf(noChromium !== undefined)('the page of a report', () => {
  let browser: Browser;
  let folder = '';
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ssdlite-report-'));
    const blue = { create: { width: 100, height: 100, channels: 3, background: '#2040f0' } } as const;
    await sharp(blue).png().toFile(join(folder, 'one.png'));
    const report = evaluationReport(prepareEvaluation(pets, petDetections), {
      title: '<img src=x> & pets',
      facts: [['Detector', '</script>']],
    });
    const { report: pictured, missing } = await addPictures(report, { folder });
    expect(missing).toEqual(['two.png']);
    await put('report.html', pictured);
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  afterEach(() => {
    expect(complaints.splice(0)).toEqual([]);
  });

  const put = async (name: string, report: Report) =>
    writeFileSync(join(folder, name), await renderReport(report));

  /** Opens the page; whatever it complains of or asks the network for fails the test. */
  async function open(options: Parameters<Browser['newPage']>[0] = {}, name = 'report.html'): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(join(folder, name)).href);
    return page;
  }

  /** The figures below a heading, as `{ name: value }`. */
  async function figures(page: Page, section: string): Promise<Record<string, string>> {
    const rows = await page.locator(`#${section} dl > div`).all();
    const pairs = rows.map(async (row) => [
      ((await row.locator('dt').textContent()) ?? '').trim(),
      ((await row.locator('dd').textContent()) ?? '').trim(),
    ]);
    return Object.fromEntries(await Promise.all(pairs));
  }

  test('shows text from the data as text', async () => {
    const page = await open();
    expect(await page.locator('h1').textContent()).toBe('<img src=x> & pets');
    expect(await page.locator('header').textContent()).toContain('</script>');
    expect(await page.locator('img').count()).toBe(0);
    await page.close();
  });

  test('moves the threshold with the keys: its figures are counts, not guesses', async () => {
    const page = await open();
    const before = await figures(page, 'threshold-section');
    expect(before).toEqual({
      Precision: '0.500',
      Recall: '0.667',
      F1: '0.571',
      Right: '2',
      'False positives': '2',
      Missed: '1',
    });
    await page.getByLabel('Score from').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('output').textContent()).toBe('0.31');
    expect(await figures(page, 'threshold-section')).toMatchObject({
      Precision: '0.333',
      Right: '1',
      Missed: '2',
    });
    await page.keyboard.press('End');
    expect(await figures(page, 'threshold-section')).toMatchObject({ Precision: '–', Recall: '0.000' });
    await page.getByRole('button', { name: 'Best F1', exact: true }).press('Enter');
    expect(await page.locator('output').textContent()).toBe('0.30');
    await page.close();
  });

  test('moves the threshold by a press into the chart', async () => {
    const page = await open();
    const chart = page.locator('#threshold-section .u-over').first();
    const { width, height } = (await chart.boundingBox()) ?? { width: 0, height: 0 };
    await chart.click({ position: { x: width / 2, y: height / 2 } });
    expect(await page.locator('output').textContent()).toBe('0.50');
    await page.close();
  });

  test('follows the category: by its list, and by its name in the table', async () => {
    const page = await open();
    await page.getByLabel('Category', { exact: true }).selectOption('dog');
    expect(await page.locator('#figures').textContent()).toContain('dog: 2 objects, 3 detections.');
    await page.getByRole('button', { name: 'cat', exact: true }).press('Enter');
    expect(await page.locator('#figures').textContent()).toContain('cat: 1 object, 1 detection.');
    await page.close();
  });

  test('sorts the table by what is pressed, both ways', async () => {
    const page = await open();
    const names = () => page.locator('#categories tbody th').allTextContents();
    expect(await names()).toEqual(['dog', 'cat']);
    const head = page.getByRole('columnheader', { name: 'Category' });
    await head.getByRole('button').press('Enter');
    expect([await names(), await head.getAttribute('aria-sort')]).toEqual([['cat', 'dog'], 'ascending']);
    await head.getByRole('button').press('Enter');
    expect([await names(), await head.getAttribute('aria-sort')]).toEqual([['dog', 'cat'], 'descending']);
    await page.close();
  });

  test('opens a picture with its boxes, and closes it with Escape', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Enlarge one.png' }).first().press('Enter');
    const dialog = page.getByRole('dialog');
    expect(await dialog.locator('image').getAttribute('href')).toMatch(/^data:image\/png;base64,/);
    expect(await dialog.locator('.box text').allTextContents()).toEqual([
      'dog',
      'cat',
      'dog 0.90',
      'dog 0.80, classification',
    ]);
    await page.keyboard.press('Escape');
    expect(await dialog.count()).toBe(0);
    await page.getByLabel('false positive').uncheck();
    expect(await page.locator('.box.wrong').first().isVisible()).toBe(false);
    await page.close();
  });

  test('draws masks as outlines with their holes, and names what is under the pointer', async () => {
    await put('masks.html', evaluationReport(prepareEvaluation(areas, areaDetections, { type: 'segm' })));
    const page = await open({}, 'masks.html');
    await page.getByRole('button', { name: 'Enlarge one.png' }).first().press('Enter');
    const dialog = page.getByRole('dialog');
    const frame = 'M10 50L10 10 50 10 50 50ZM20 20L20 40 40 40 40 20Z';
    expect(
      await dialog
        .locator('.area')
        .evaluateAll((areas) =>
          areas.map((area) => [area.parentElement?.getAttribute('class'), area.getAttribute('d')]),
        ),
    ).toEqual([
      ['box found', frame],
      ['box missed', 'M60 70L60 40 70 40 70 60 90 60 90 70Z'],
      ['box right', frame],
      ['box wrong', 'M70 25L70 5 90 5 90 25Z'],
    ]);
    expect(await dialog.locator('rect:not(.empty)').count()).toBe(0);
    /** The title of what is at a place of the picture. */
    const under = (x: number, y: number) =>
      dialog.locator('svg').evaluate(
        (svg, [x, y]) => {
          const matrix = (svg as unknown as SVGSVGElement).getScreenCTM();
          const place = new DOMPoint(x, y).matrixTransform(matrix ?? undefined);
          return document.elementFromPoint(place.x, place.y)?.closest('g')?.querySelector('title')
            ?.textContent;
        },
        [x, y] as const,
      );
    expect(await under(15, 30)).toBe('right detection: frame 0.90');
    expect(await under(80, 15)).toBe('false positive: frame 0.95, background');
    // In the hole there is nothing.
    expect(await under(30, 30)).toBeUndefined();
    await page.close();
  });

  test('draws keypoints and what joins them, those left out that are not labelled', async () => {
    const options = { type: 'keypoints', sigmas: bodySigmas } as const;
    await put('bodies.html', evaluationReport(prepareEvaluation(bodies, bodyDetections, options)));
    const page = await open({}, 'bodies.html');
    // One of two bodies is found; the other is small, which is no size of keypoints.
    expect(await figures(page, 'figures')).toMatchObject({
      'AR50IoU 0.50': '0.500',
      'APmedium32² to 96² px': '1.000',
    });
    await page.getByRole('button', { name: 'Enlarge one.png' }).first().press('Enter');
    const dialog = page.getByRole('dialog');
    const points = (kind: string) =>
      dialog
        .locator(`.box.${kind} circle`)
        .evaluateAll((all) =>
          all.map((one) => [
            Number(one.getAttribute('cx')),
            Number(one.getAttribute('cy')),
            one.querySelector('title')?.textContent,
          ]),
        );
    expect(await points('found')).toEqual([
      [30, 10, 'found object: body, head'],
      [30, 40, 'found object: body, hip'],
      [50, 30, 'found object: body, hand (hidden)'],
    ]);
    expect(await points('missed')).toEqual([[90, 55, 'missed object: body, head']]);
    expect(await points('right')).toEqual([
      [31, 10, 'right detection: body 0.90, head'],
      [30, 41.3, 'right detection: body 0.90, hip'],
      [50, 30, 'right detection: body 0.90, hand'],
      [35, 70, 'right detection: body 0.90, foot'],
    ]);
    const bones = dialog.locator('.bones');
    expect(await bones.evaluateAll((all) => all.map((one) => one.getAttribute('d')))).toEqual([
      'M30 10L30 40M30 10L50 30',
      'M31 10L30 41.3M31 10L50 30M30 41.3L35 70',
    ]);
    await page.keyboard.press('Escape');
    await page.getByRole('checkbox', { name: 'right detection' }).press('Space');
    expect(await page.locator('.box.right').first().isVisible()).toBe(false);
    await page.close();
  });

  test('is light or dark as the system is, or as it is told', async () => {
    const page = await open({ colorScheme: 'dark' });
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await paper()).toBe('rgb(20, 22, 26)');
    await page.getByRole('button', { name: 'Theme: auto' }).click();
    expect(await paper()).toBe('rgb(255, 255, 255)');
    await page.close();
  });

  test('draws its curves', async () => {
    const page = await open();
    // Blue of the first curve somewhere in the canvas.
    const drawn = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#threshold-section canvas');
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let blue = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at] === 11 && data[at + 2] === 173) blue++;
      return blue;
    });
    expect(drawn).toBeGreaterThan(100);
    await page.close();
  });

  test('fits a phone: nothing but its tables goes beyond the edge', async () => {
    const page = await open({ viewport: { width: 360, height: 740 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.close();
  });

  const lost = [{ image_id: 1, category_id: 99, bbox: [0, 0, 9, 9], score: 0.5 }];

  test.each<[string, () => Report, Record<string, string>]>([
    [
      'all categories as one',
      () => evaluationReport(prepareEvaluation(pets, petDetections, { useCategories: false })),
      { 'AR11 a picture': '0.333' },
    ],
    [
      'no detections',
      () => evaluationReport(prepareEvaluation(pets, lost)),
      { 'APIoU 0.50 to 0.95': '0.000' },
    ],
    [
      'no objects',
      () => evaluationReport(prepareEvaluation({ ...pets, annotations: [] }, petDetections)),
      { 'APIoU 0.50 to 0.95': '–' },
    ],
  ])('stands with %s', async (_, report, expected) => {
    await put('other.html', report());
    const page = await open({}, 'other.html');
    expect(await figures(page, 'figures')).toMatchObject(expected);
    await page.getByLabel('Score from').press('ArrowLeft');
    await page.close();
  });

  test("shows LVIS's figures, and no part that has no meaning there", async () => {
    const input = prepareInput(federatedPets, federatedDetections, { crowdsOptional: true });
    await put('lvis.html', evaluationReport(evaluateLvis(input).evaluation));
    const page = await open({}, 'lvis.html');
    expect(await page.locator('h2').allTextContents()).toEqual([
      'Figures',
      'At a score threshold',
      'Categories',
      'Errors',
      'Pictures',
    ]);
    expect(await figures(page, 'figures')).toMatchObject({
      'APrrare categories': '0.500',
      'APccommon categories': '–',
      'APffrequent categories': '1.000',
      'AR300300 a picture': '1.000',
    });
    expect(await page.locator('#categories thead th').allTextContents()).toEqual(
      'Category,Frequency,Objects,Detections,AP,AP50,AP75,APsmall,APmedium,APlarge,AR300,Best F1,from score'.split(
        ',',
      ),
    );
    await page.getByRole('button', { name: 'cat', exact: true }).press('Enter');
    expect(await page.locator('#figures').textContent()).toContain('cat (rare): 1 object, 2 detections.');
    expect(Object.keys(await figures(page, 'figures'))).toHaveLength(10);
    await page.close();
  });

  test('shows what a data set holds and what is wrong with it', async () => {
    const far = { ...pets.annotations[0], id: 9, bbox: [300, 10, 40, 40] };
    const dataset = { ...pets, annotations: [...pets.annotations, far] };
    // Two dogs and one far away, one cat: objects, pictures, small, medium, large, crowds.
    await put('data.html', datasetReport(inspectDataset(dataset)));
    const page = await open({ viewport: { width: 360, height: 740 } }, 'data.html');
    expect(await page.locator('#categories tbody tr').allTextContents()).toEqual(['dog320300', 'cat111000']);
    const problem = page.getByText('boxes wholly outside of their image: 1');
    await problem.press('Enter');
    expect(await page.getByText('annotations[3] (id 9): 300, 10, 40, 40 in 100 x 100').isVisible()).toBe(
      true,
    );
    expect(await page.locator('.box.broken').count()).toBe(2);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.close();
  });
});
