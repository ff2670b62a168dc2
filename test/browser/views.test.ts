// A picture that is looked at more than once, in a page: what callers are told meanwhile crosses the worker, and so does their wish to stop.

import type { Detection, ViewsReport } from 'ssdlite/browser';
import { createDetector } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../photos.ts';
import { noChromium } from './chromium.ts';
import { expectSame } from './same-detections.ts';
import { openTestPage, slow, type TestPage } from './test-page.ts';

const url = `photos/${photo.split('/').at(-1)}`;
const size = { width: 300, height: 300 };
const views = [{ size }, { size, flip: true }, { size: { width: 332, height: 332 } }];

describe.skipIf(noChromium !== undefined)('several views of a picture', () => {
  let chromium: TestPage;
  let expected: Detection[];
  let ofFirst: Detection[];

  beforeAll(async () => {
    const node = await createDetector();
    const found = (some: typeof views) =>
      node.detect(photo, { scoreThreshold: 0.3, quality: { views: some } });
    expected = await found(views);
    ofFirst = await found(views.slice(0, 1));
    await node.dispose();
    chromium = await openTestPage();
    await chromium.page.evaluate(() => {
      // What workers say, so that a test sees whether one goes on with what nobody wants any more.
      globalThis.workerMessages = [];
      globalThis.Worker = class extends Worker {
        constructor(...args: ConstructorParameters<typeof Worker>) {
          super(...args);
          this.addEventListener('message', ({ data }) => workerMessages.push(data));
        }
      };
    });
  }, slow);
  afterAll(() => chromium?.close());

  const make = (worker: boolean) =>
    chromium.page.evaluate(async (worker) => {
      globalThis.detector = await lib.createDetector({ engine: 'tfjs-wasm', worker });
    }, worker);

  describe.each([false, true])('in a worker: %s', (worker) => {
    beforeAll(() => make(worker), slow);
    afterAll(() => chromium.page.evaluate(() => detector.dispose()));

    test('Callers are told what was found so far, how far it is, and what the result is made of', async () => {
      const told = await chromium.page.evaluate(
        async ([address, views]) => {
          const partial: { detections: Detection[]; looked: number; planned: number }[] = [];
          const progress: [number, number][] = [];
          const reports: ViewsReport[] = [];
          const stages: number[] = [];
          const found = await detector.detect(address, {
            scoreThreshold: 0.3,
            quality: { views },
            onPartial: (one) => partial.push(one),
            onProgress: ({ done, total }) => progress.push([done, total]),
            onViews: (report) => reports.push(report),
            onTimings: ({ inference }) => stages.push(inference),
          });
          return { found, partial, progress, reports, stages };
        },
        [url, views] as const,
      );
      expectSame(told.found, expected);
      expect(told.partial.map(({ looked, planned }) => [looked, planned])).toEqual([
        [1, 3],
        [2, 3],
      ]);
      expectSame(told.partial[0]?.detections ?? [], ofFirst);
      expect(told.progress).toEqual([
        [1, 3],
        [2, 3],
        [3, 3],
      ]);
      expect(told.reports).toEqual([{ looked: 3, planned: 3, skipped: 0, complete: true }]);
      expect(told.stages).toHaveLength(1);
    });

    test('A budget that is over ends with the first view; one that is not takes all', async () => {
      const { short, long, reports } = await chromium.page.evaluate(
        async ([address, views]) => {
          const reports: ViewsReport[] = [];
          const detect = (budgetMs: number) =>
            detector.detect(address, {
              scoreThreshold: 0.3,
              quality: { views },
              budgetMs,
              onViews: (report) => reports.push(report),
            });
          return { short: await detect(0.001), long: await detect(1e9), reports };
        },
        [url, views] as const,
      );
      expect(reports).toEqual([
        { looked: 1, planned: 3, skipped: 0, complete: false },
        { looked: 3, planned: 3, skipped: 0, complete: true },
      ]);
      expectSame(short, ofFirst);
      expectSame(long, expected);
    });

    test('adaptive leaves larger views of a picture out on which there is nothing', async () => {
      const report = await chromium.page.evaluate(async (views) => {
        const flat = { data: new Uint8Array(300 * 300 * 3).fill(128), width: 300, height: 300 };
        return new Promise((resolve) => {
          detector.detect(flat, { quality: { views }, adaptive: true, onViews: resolve });
        });
      }, views);
      expect(report).toEqual({ looked: 2, planned: 3, skipped: 1, complete: true });
    });

    test('The signal stops between two views, and what a listener throws ends its call', async () => {
      const stopped = await chromium.page.evaluate(
        async ([address, views]) => {
          const controller = new AbortController();
          const progress: number[] = [];
          workerMessages.length = 0;
          const quality = { views: [...views, ...views, ...views] };
          const aborted = await detector
            .detect(address, {
              quality,
              signal: controller.signal,
              onProgress: ({ done }) => progress.push(done),
              onPartial: () => controller.abort(),
            })
            .catch(({ code }) => code);
          const thrown = await detector
            .detect(address, {
              quality,
              onPartial() {
                throw new RangeError('not wanted');
              },
            })
            .catch((error) => String(error));
          const later = await detector.detect(address, { scoreThreshold: 0.5 });
          // Of all nine views of both calls.
          const seen = workerMessages.filter((message) => message.listener === 'onPartial');
          return { aborted, thrown, progress, later: later.length, seen: seen.length };
        },
        [url, views] as const,
      );
      expect(stopped).toMatchObject({
        aborted: 'ABORTED',
        thrown: 'RangeError: not wanted',
        progress: [1],
        later: 4,
      });
      // A view may have begun before the worker heard of it.
      expect(stopped.seen).toBeLessThan(6);
      expect(stopped.seen > 0).toBe(worker);
    });

    test('Calls that overlap are told of their own', async () => {
      const told = await chromium.page.evaluate(
        async ([address, views]) => {
          const planned: number[][] = [[], []];
          await Promise.all([
            detector.detect(address, {
              quality: { views },
              onPartial: (one) => planned[0]?.push(one.planned),
            }),
            detector.detect(address, {
              quality: { views: views.slice(0, 2) },
              onPartial: (one) => planned[1]?.push(one.planned),
            }),
          ]);
          return planned;
        },
        [url, views] as const,
      );
      expect(told).toEqual([[3, 3], [2]]);
    });
  });
});
