// What a page can hand over as a picture: all forms of one picture give the same boxes, and what is none says why.

import sharp from 'sharp';
import type { Detection } from 'ssdlite/browser';
import { createDetector } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../photos.ts';
import { noChromium } from './chromium.ts';
import { expectSame } from './same-detections.ts';
import { openTestPage, slow, type TestPage } from './test-page.ts';

const url = `photos/${photo.split('/').at(-1)}`;

describe.skipIf(noChromium !== undefined)('pictures in a page', () => {
  let chromium: TestPage;
  let expected: Detection[];
  let turned: Detection[];

  beforeAll(async () => {
    chromium = await openTestPage();
    // Turned on its side, with an EXIF note that says so.
    const upright = await sharp(photo)
      .rotate(90)
      .withMetadata({ orientation: 8 })
      .jpeg({ quality: 98 })
      .toBuffer();
    const node = await createDetector();
    turned = await node.detect(upright, { scoreThreshold: 0.3 });
    await node.dispose();
    const files: Readonly<Record<string, [type: string, bytes: Buffer]>> = {
      '/turned.jpg': ['image/jpeg', upright],
      '/broken.jpg': ['image/jpeg', Buffer.from('no picture')],
    };
    chromium.server.route = ({ url: path = '', headers }, response) => {
      const file = files[path];
      if (!file) return undefined;
      const allowed = headers.origin === undefined ? {} : { 'access-control-allow-origin': '*' };
      response
        .writeHead(200, { 'content-type': file[0], ...(path.includes('open') && allowed) })
        .end(file[1]);
      return true;
    };
    expected = await chromium.page.evaluate(async (address) => {
      globalThis.detector = await lib.createDetector({ engine: 'tfjs-wasm' });
      return detector.detect(address, { scoreThreshold: 0.3 });
    }, url);
    expect(expected.length).toBeGreaterThan(3);
  }, slow);
  afterAll(() => chromium?.close());

  test.each(['tfjs-wasm', 'tfjs-webgl'] as const)(
    '%s takes every form of a picture',
    async (engine) => {
      const found = await chromium.page.evaluate(
        async ([name, address]) => {
          const detector =
            name === 'tfjs-wasm' ? globalThis.detector : await lib.createDetector({ engine: name });
          const blob = await (await fetch(address)).blob();
          const image = new Image();
          image.src = address;
          // Its place on the page is not its size.
          image.width = 50;
          image.height = 20;
          document.body.append(image);
          await image.decode();
          const canvas = document.createElement('canvas');
          canvas.width = image.naturalWidth;
          canvas.height = image.naturalHeight;
          const context = canvas.getContext('2d') as CanvasRenderingContext2D;
          context.drawImage(image, 0, 0);
          const data = context.getImageData(0, 0, canvas.width, canvas.height);
          const offscreen = new OffscreenCanvas(canvas.width, canvas.height);
          offscreen.getContext('2d')?.putImageData(data, 0, 0);
          const bitmap = await createImageBitmap(image);
          const frame = new VideoFrame(canvas, { timestamp: 0 });
          const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${canvas.width}" height="${canvas.height}"><image href="${canvas.toDataURL('image/png')}" width="100%" height="100%"/></svg>`;
          const rgb = new Int32Array(canvas.width * canvas.height * 3);
          for (let i = 0; i < rgb.length; i++) rgb[i] = data.data[Math.floor(i / 3) * 4 + (i % 3)] ?? 0;
          const svgImage = document.createElementNS('http://www.w3.org/2000/svg', 'image');
          svgImage.setAttribute('href', address);
          const forms = {
            image,
            canvas,
            offscreen,
            bitmap,
            frame,
            data,
            blob,
            svgImage,
            file: new File([blob], 'photo.jpg'),
            bytes: new Uint8Array(await blob.arrayBuffer()),
            address,
            URL: new URL(address, location.href),
            svg: new Blob([svg], { type: 'image/svg+xml' }),
            tensor: { shape: [canvas.height, canvas.width, 3], data: async () => rgb },
          };
          const results: [string, Detection[]][] = [];
          for (const [form, picture] of Object.entries(forms)) {
            results.push([form, await detector.detect(picture, { scoreThreshold: 0.3 })]);
          }
          frame.close();
          image.remove();
          results.push(['removed image', await detector.detect(image, { scoreThreshold: 0.3 })]);
          if (name !== 'tfjs-wasm') await detector.dispose();
          return results;
        },
        [engine, url] as const,
      );
      expect(found).toHaveLength(15);
      for (const [, detections] of found) expectSame(detections, expected);
    },
    slow,
  );

  test.each(['tfjs-wasm', 'tfjs-webgl'] as const)(
    '%s sees pictures upright, and see-through ones on white',
    async (engine) => {
      const found = await chromium.page.evaluate(async (name) => {
        const detector =
          name === 'tfjs-wasm' ? globalThis.detector : await lib.createDetector({ engine: name });
        const image = new Image();
        image.src = 'turned.jpg';
        await image.decode();
        const turned = [
          await detector.detect(image, { scoreThreshold: 0.3 }),
          await detector.detect('turned.jpg', { scoreThreshold: 0.3 }),
        ];
        // Half see-through red is what a browser shows as pink.
        const canvas = new OffscreenCanvas(40, 30);
        const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
        const logits = async (color: string) => {
          context.clearRect(0, 0, 40, 30);
          context.fillStyle = color;
          context.fillRect(0, 0, 40, 30);
          return (await detector.predict(canvas)).logits;
        };
        const half = await logits('rgb(255 0 0 / 50%)');
        const pink = await logits('rgb(255 127 127)');
        const clear = await logits('rgb(0 0 0 / 0%)');
        const white = await logits('white');
        const distance = (a: Float32Array, b: Float32Array) =>
          a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] ?? 0))), 0);
        if (name !== 'tfjs-wasm') await detector.dispose();
        return { turned, half: distance(half, pink), clear: distance(clear, white) };
      }, engine);
      for (const detections of found.turned) expectSame(detections, turned);
      expect(found.half).toBeLessThan(0.3);
      expect(found.clear).toBe(0);
    },
    slow,
  );

  test(
    'The graphics processor resizes as the processor does: views, regions, letterbox and mirror image',
    async () => {
      const worst = await chromium.page.evaluate(async (address) => {
        const webgl = await lib.createDetector({ engine: 'tfjs-webgl' });
        const image = new Image();
        image.src = address;
        await image.decode();
        const differences: Record<string, number> = {};
        const cases = {
          whole: {},
          region: { region: { x: 10.5, y: 20.25, width: 201.5, height: 99.75 } },
          letterbox: { letterbox: true },
          both: { region: { x: 0, y: 3, width: 100, height: 300 }, letterbox: true },
        };
        for (const [name, options] of Object.entries(cases)) {
          const [a, b] = [await webgl.predict(image, options), await detector.predict(image, options)];
          let worst = 0;
          for (const [i, logit] of a.logits.entries())
            worst = Math.max(
              worst,
              Math.abs(1 / (1 + Math.exp(-logit)) - 1 / (1 + Math.exp(-(b.logits[i] ?? 0)))),
            );
          differences[name] = worst;
        }
        // One view, mirrored, and several, of one upload.
        const views = [
          { size: { width: 300, height: 300 }, flip: true },
          { size: { width: 332, height: 332 } },
        ];
        const calls = [webgl, detector].map((one) =>
          one.detect(image, { quality: { views }, scoreThreshold: 0.3 }),
        );
        const [onWebgl, onWasm] = await Promise.all(calls);
        await webgl.dispose();
        return { differences, onWebgl, onWasm };
      }, url);
      for (const difference of Object.values(worst.differences)) expect(difference).toBeLessThan(2e-3);
      expect(worst.onWasm?.length).toBeGreaterThan(2);
      expectSame(worst.onWebgl ?? [], worst.onWasm ?? []);
    },
    slow,
  );

  test(
    'What is no picture says why',
    async () => {
      const other = chromium.server.otherSite;
      const errors = await chromium.page.evaluate(
        async ([site, address]) => {
          const tainted = new Image();
          tainted.src = site + address;
          await tainted.decode();
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = 50;
          canvas.getContext('2d')?.drawImage(tainted, 0, 0);
          const closed = await createImageBitmap(new ImageData(4, 4));
          closed.close();
          const missing = new Image();
          missing.src = 'nowhere.jpg';
          const whole = await (await fetch(address)).blob();
          const attempts: Record<string, unknown> = {
            'a tainted image': tainted,
            'a tainted canvas': canvas,
            'a canvas without a pixel': new OffscreenCanvas(0, 0),
            'a video that has not loaded': document.createElement('video'),
            'a closed bitmap': closed,
            'an image that is not there': missing,
            'a picture that is broken': 'broken.jpg',
            'broken bytes': new Blob(['no picture'], { type: 'image/jpeg' }),
            'a JPEG that is cut': whole.slice(0, Math.floor(whole.size / 2), whole.type),
            'an address that is not there': 'nowhere.jpg',
            'another site': `${site}${address}`,
            'no URL': 'http://',
            null: null,
            'a number': 5,
            'a wrong length': { data: new Uint8Array(5), width: 2, height: 2 },
          };
          const codes: [string, unknown, boolean][] = [];
          for (const [name, input] of Object.entries(attempts)) {
            const error = await detector.detect(input as string).catch((reason) => reason);
            codes.push([name, error.code, error instanceof lib.SsdliteError && /\w/.test(error.next)]);
          }
          const still = await detector.detect(address, { scoreThreshold: 0.3 });
          return { codes, still: still.length };
        },
        [other, url] as const,
      );
      expect(errors.codes).toEqual([
        ['a tainted image', 'IMAGE_TAINTED', true],
        ['a tainted canvas', 'IMAGE_TAINTED', true],
        ['a canvas without a pixel', 'IMAGE_UNREADABLE', true],
        ['a video that has not loaded', 'IMAGE_UNREADABLE', true],
        ['a closed bitmap', 'IMAGE_UNREADABLE', true],
        ['an image that is not there', 'IMAGE_UNREADABLE', true],
        ['a picture that is broken', 'IMAGE_UNREADABLE', true],
        ['broken bytes', 'IMAGE_UNREADABLE', true],
        ['a JPEG that is cut', 'IMAGE_UNREADABLE', true],
        ['an address that is not there', 'FETCH_FAILED', true],
        ['another site', 'FETCH_FAILED', true],
        ['no URL', 'INVALID_ARGUMENT', true],
        ['null', 'INVALID_ARGUMENT', true],
        ['a number', 'INVALID_ARGUMENT', true],
        ['a wrong length', 'INVALID_ARGUMENT', true],
      ]);
      expect(errors.still).toBe(expected.length);
    },
    slow,
  );

  test(
    'A tainted picture is refused by the graphics processor too',
    async () => {
      const codes = await chromium.page.evaluate(
        async ([site, address]) => {
          const tainted = new Image();
          tainted.src = site + address;
          await tainted.decode();
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = 50;
          canvas.getContext('2d')?.drawImage(tainted, 0, 0);
          const webgl = await lib.createDetector({ engine: 'tfjs-webgl' });
          const codes = [];
          for (const input of [tainted, canvas])
            codes.push(await webgl.detect(input).catch(({ code }) => code));
          const still = await webgl.detect(address);
          await webgl.dispose();
          return [...codes, still.length > 0];
        },
        [chromium.server.otherSite, url] as const,
      );
      expect(codes).toEqual(['IMAGE_TAINTED', 'IMAGE_TAINTED', true]);
    },
    slow,
  );
});
