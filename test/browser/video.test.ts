// Videos, workers and cameras: what a page does with a picture that moves, without being held up.

import type { Detection } from 'ssdlite/browser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../photos.ts';
import { noChromium } from './chromium.ts';
import { expectSame } from './same-detections.ts';
import { openTestPage, slow, type TestPage } from './test-page.ts';

const url = `photos/${photo.split('/').at(-1)}`;

describe.skipIf(noChromium !== undefined)('a picture that moves', () => {
  let chromium: TestPage;
  let expected: Detection[];

  beforeAll(async () => {
    chromium = await openTestPage({
      args: [
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
    await chromium.page.evaluate(async (address) => {
      globalThis.detector = await lib.createDetector({ engine: 'tfjs-wasm' });
      const image = new Image();
      image.src = address;
      await image.decode();
      // A video of the photo: a canvas that is drawn over and over, as a stream.
      const canvas = document.createElement('canvas');
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      context.drawImage(image, 0, 0);
      setInterval(() => context.drawImage(image, 0, 0), 20);
      globalThis.makeVideo = async () => {
        const video = document.createElement('video');
        video.muted = true;
        video.width = 100;
        video.srcObject = canvas.captureStream(50);
        document.body.append(video);
        await video.play();
        return video;
      };
    }, url);
    expected = await chromium.page.evaluate(
      (address) => detector.detect(address, { scoreThreshold: 0.5 }),
      url,
    );
  }, slow);
  afterAll(() => chromium?.close());

  test(
    'detectVideo gives the newest frame each time, with size, times and rate',
    async () => {
      const results = await chromium.page.evaluate(async () => {
        const video = await makeVideo();
        const results = [];
        for await (const result of detector.detectVideo(video, { scoreThreshold: 0.5 })) {
          results.push(result);
          if (results.length === 6) break;
          // Whoever takes long with a result misses what is shown meanwhile.
          for (let frame = 0; frame < 3; frame++)
            await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
        }
        video.remove();
        return results;
      });
      expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
      for (const [
        index,
        { width, height, mediaTime, timings, latency, fps, detections },
      ] of results.entries()) {
        expect([width, height]).toEqual([500, 334]);
        expect(mediaTime).toBeGreaterThanOrEqual(results[index - 1]?.mediaTime ?? 0);
        expect(timings.inference).toBeGreaterThan(0);
        expect(latency).toBeGreaterThan(0);
        expect(fps > 0).toBe(index > 0);
        expect(detections.map(({ label }) => label).sort()).toEqual(
          expected.map(({ label }) => label).sort(),
        );
      }
      // The first is the picture that is there, the second the first of which the place is known.
      for (const { skipped } of results.slice(2)) expect(skipped).toBeGreaterThanOrEqual(2);
    },
    slow,
  );

  test(
    'It waits while the video is paused or the page hidden, and stops on the signal',
    async () => {
      const steps = await chromium.page.evaluate(async () => {
        const video = await makeVideo();
        const controller = new AbortController();
        const steps: string[] = [];
        const hide = (state: string) => {
          Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        };
        const frames = detector.detectVideo(video, { signal: controller.signal });
        await frames.next();
        hide('hidden');
        const next = frames.next().then(() => steps.push('a frame'));
        // The video goes on meanwhile.
        for (let frame = 0; frame < 5; frame++)
          await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
        steps.push('seen again');
        hide('visible');
        await next;
        video.pause();
        const paused = frames.next().catch((error) => steps.push(error.code));
        steps.push('aborted');
        controller.abort();
        await paused;
        steps.push(String((await frames.next()).done));
        Reflect.deleteProperty(document, 'visibilityState');
        video.remove();
        return steps;
      });
      expect(steps).toEqual(['seen again', 'a frame', 'aborted', 'ABORTED', 'true']);
    },
    slow,
  );

  test(
    'A video that is taken off the page keeps its picture, and waits for the next until it is put back',
    async () => {
      const steps = await chromium.page.evaluate(async () => {
        const steps: (string | number)[] = [];
        const video = await makeVideo();
        const frames = detector.detectVideo(video);
        await frames.next();
        // Browsers pause what is taken away.
        video.remove();
        await new Promise((resolve) => video.addEventListener('pause', resolve, { once: true }));
        steps.push((await detector.detect(video)).length);
        const next = frames.next().then(({ done }) => steps.push(done ? 'done' : 'a frame'));
        steps.push('put back');
        document.body.append(video);
        await video.play();
        await next;
        await frames.return();
        video.remove();
        return steps;
      });
      expect(steps).toEqual([expected.length, 'put back', 'a frame']);
    },
    slow,
  );

  test(
    'It ends with the video, and with an error that the video has',
    async () => {
      const ends = await chromium.page.evaluate(async () => {
        const video = await makeVideo();
        const frames = detector.detectVideo(video);
        await frames.next();
        const last = frames.next();
        video.srcObject = null;
        const { done } = await last;
        const broken = document.createElement('video');
        broken.src = 'data:video/mp4;base64,AAAA';
        const error = await detector
          .detectVideo(broken)
          .next()
          .catch(({ code }) => code);
        const none = await detector
          .detectVideo('no video' as unknown as HTMLVideoElement)
          .next()
          .catch(({ code }) => code);
        video.remove();
        return { done, error, none };
      });
      // One more frame may have been on its way.
      expect(ends).toEqual({
        done: expect.any(Boolean),
        error: 'IMAGE_UNREADABLE',
        none: 'INVALID_ARGUMENT',
      });
    },
    slow,
  );

  test(
    'A video takes a quality too',
    async () => {
      const found = await chromium.page.evaluate(async () => {
        const video = await makeVideo();
        for await (const { detections } of detector.detectVideo(video, { quality: 'balanced' })) {
          video.remove();
          return detections;
        }
        return [];
      });
      expect(found.map(({ label }) => label)).toContain(expected[0]?.label);
    },
    slow,
  );

  test(
    'A worker has the same boxes, options, errors and videos, and takes nothing from the caller',
    async () => {
      const found = await chromium.page.evaluate(async (address) => {
        const worker = await lib.createDetector({ engine: 'tfjs-wasm', worker: true });
        const image = new Image();
        image.src = address;
        await image.decode();
        const bitmap = await createImageBitmap(image);
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        canvas.getContext('2d')?.drawImage(image, 0, 0);
        const frame = new VideoFrame(canvas, { timestamp: 0 });
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) as ImageData;
        const blob = await (await fetch(address)).blob();
        const pictures = [image, bitmap, canvas, frame, data, blob, address];
        const timings: number[] = [];
        const lists = [];
        for (const picture of pictures) {
          lists.push(
            await worker.detect(picture, {
              scoreThreshold: 0.5,
              onTimings: ({ total }) => timings.push(total),
            }),
          );
        }
        const kept = [bitmap.width, frame.displayWidth, data.data.length, blob.size].every(
          (size) => size > 0,
        );
        frame.close();
        const batch = await worker.detectBatch([bitmap, address], { scoreThreshold: 0.5, boxFormat: 'xyxy' });
        const stream = [];
        for await (const { width, height } of worker.detectStream([address, 'nowhere.jpg'], {
          onError: () => stream.push(['error']),
        }))
          stream.push([width, height]);
        const { logits, anchors } = await worker.predict(image);
        const here = await detector.predict(image);
        const code = (work: Promise<unknown>) =>
          work.then(
            () => 'fine',
            (error) => [error.code, error instanceof lib.SsdliteError],
          );
        const codes = [
          await code(worker.detect(image, { classes: ['perzon'] })),
          await code(worker.detect(image, { signal: AbortSignal.abort() })),
          await code(worker.detect('nowhere.jpg')),
          await code(worker.detect(new OffscreenCanvas(0, 0))),
          await code(worker.detect(image, { classes: (() => []) as unknown as string[] })),
        ];
        const video = await makeVideo();
        let onVideo: string[] = [];
        for await (const { detections, timings: stages } of worker.detectVideo(video)) {
          onVideo = detections.map(({ label }) => label);
          if (stages.inference > 0) break;
        }
        video.remove();
        const last = worker.detect(image);
        await worker.dispose();
        return {
          lists,
          timings,
          kept,
          batch: batch.map((list) => list.length),
          stream,
          predict: [
            logits.length,
            anchors.length,
            logits.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (here.logits[i] ?? 0))), 0),
          ],
          codes,
          onVideo,
          last: (await last).length,
          late: await code(worker.detect(image)),
          engine: worker.engine,
          labels: worker.labels.length,
        };
      }, url);
      for (const list of found.lists) expectSame(list, expected);
      expect(found.timings).toHaveLength(7);
      expect(found.kept).toBe(true);
      expect(found.batch).toEqual([expected.length, expected.length]);
      expect(found.stream).toEqual([[500, 334], ['error']]);
      expect(found.predict).toEqual([1917 * 91, 1917 * 4, 0]);
      expect(found.codes).toEqual([
        ['UNKNOWN_CLASS', true],
        ['ABORTED', true],
        ['FETCH_FAILED', true],
        ['IMAGE_UNREADABLE', true],
        ['INVALID_ARGUMENT', true],
      ]);
      expect([...found.onVideo].sort()).toEqual(expected.map(({ label }) => label).sort());
      expect(found.last).toBe(expected.length);
      expect(found.late).toEqual(['DETECTOR_DISPOSED', true]);
      expect(found.engine).toEqual({ name: 'tfjs-wasm', reason: 'asked for', unavailable: [] });
      expect(found.labels).toBe(80);
    },
    slow,
  );

  test(
    'A worker leaves the page free',
    async () => {
      const longest = await chromium.page.evaluate(async (address) => {
        const worker = await lib.createDetector({ engine: 'tfjs-wasm', worker: true });
        const bitmap = await createImageBitmap(await (await fetch(address)).blob());
        await worker.detect(bitmap);
        const tasks: number[] = [];
        const observer = new PerformanceObserver((list) =>
          tasks.push(...list.getEntries().map(({ duration }) => duration)),
        );
        observer.observe({ entryTypes: ['longtask'] });
        for (let frame = 0; frame < 5; frame++) await worker.detect(bitmap);
        observer.disconnect();
        await worker.dispose();
        return tasks;
      }, url);
      // The browser counts tasks of 50 ms and more; one inference on the page would be one.
      expect(longest).toEqual([]);
    },
    slow,
  );

  test(
    'A camera plays in a video element, and ends',
    async () => {
      const camera = await chromium.page.evaluate(async () => {
        const opened = await lib.openCamera({ facing: 'user', width: 320, height: 240 });
        const cameras = await lib.listCameras();
        const { videoWidth } = opened.video;
        for await (const { width } of detector.detectVideo(opened.video)) if (width === videoWidth) break;
        opened.stop();
        await opened.ended;
        const gone = await lib
          .openCamera({ deviceId: 'no such camera' })
          .catch((error) => [error.code, error.next]);
        return {
          cameras: cameras.length,
          videoWidth,
          label: opened.device.label,
          live: opened.video.srcObject,
          gone,
        };
      });
      expect(camera).toEqual({
        cameras: expect.any(Number),
        videoWidth: 320,
        label: expect.stringContaining('fake'),
        live: null,
        gone: ['CAMERA_UNAVAILABLE', expect.stringContaining('listCameras')],
      });
    },
    slow,
  );
});

test.skipIf(noChromium !== undefined)(
  'A camera that is denied or absent is told in words',
  async () => {
    const chromium = await openTestPage();
    try {
      const errors = await chromium.page.evaluate(async () => {
        const failing = (name: string) => {
          navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name));
          return lib.openCamera().catch(({ code, message }) => `${code}: ${message}`);
        };
        return [
          await failing('NotAllowedError'),
          await failing('NotFoundError'),
          await failing('NotReadableError'),
        ];
      });
      expect(errors).toEqual([
        expect.stringMatching(/^CAMERA_UNAVAILABLE: The camera is not allowed\. /),
        expect.stringMatching(/^CAMERA_UNAVAILABLE: There is no camera\. /),
        expect.stringMatching(/^CAMERA_UNAVAILABLE: The camera is in use/),
      ]);
    } finally {
      await chromium.close();
    }
  },
  slow,
);

test.skipIf(noChromium !== undefined)(
  'A camera that goes away while it is followed ends its video, and leaves the detector as it was',
  async () => {
    const chromium = await openTestPage({ args: ['--use-fake-device-for-media-stream'] });
    try {
      const context = chromium.page.context();
      await context.grantPermissions(['camera'], { origin: chromium.server.url });
      await chromium.page.evaluate(async () => {
        globalThis.detector = await lib.createDetector({ engine: 'tfjs-wasm', worker: true });
        const camera = await lib.openCamera({ width: 320, height: 240 });
        const frames = detector.detectVideo(camera.video);
        await frames.next();
        globalThis.following = (async () => {
          let seen = 1;
          for await (const _ of frames) seen++;
          await camera.ended;
          return { seen, source: camera.video.srcObject };
        })();
      });
      // Its permission is taken back: for the page it is as if it were unplugged.
      await context.clearPermissions();
      const { seen, source } = await chromium.page.evaluate(() => following);
      expect(seen).toBeGreaterThan(0);
      expect(source).toBe(null);
      const found = await chromium.page.evaluate(async (address) => {
        const found = await detector.detect(address, { scoreThreshold: 0.5 });
        await detector.dispose();
        return found.length;
      }, url);
      expect(found).toBe(4);
    } finally {
      await chromium.close();
    }
  },
  slow,
);
