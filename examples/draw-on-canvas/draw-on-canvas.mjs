// Detects objects on a photo and draws them on a canvas:
//   node draw-on-canvas.mjs [photo] [out.png]

import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawDetections } from 'ssdlite/draw';
import { createDetector, readImage, SsdliteError } from 'ssdlite/node';

const sample = fileURLToPath(new URL('../photos/bike-shop.jpg', import.meta.url));
const [photo = sample, out = 'out/annotated.png'] = process.argv.slice(2);

try {
  const { createCanvas, library } = await loadCanvas();
  console.log(`Drawing with ${library}.`);

  // Read once, for both uses: upright as EXIF says, and in formats that canvases do not read.
  const pixels = await readImage(photo);
  const detector = await createDetector();
  const detections = await detector.detect(pixels, { scoreThreshold: 0.5 });
  await detector.dispose();

  const canvas = createCanvas(pixels.width, pixels.height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(pixels.width, pixels.height);
  copyAsRgba(pixels, image.data);
  context.putImageData(image, 0, 0);
  drawDetections(context, detections);

  await writeWhole(out, canvas.toBuffer('image/png'));
  console.log(`Found ${detections.length} in ${photo}; see ${out}.`);
} catch (error) {
  if (!(error instanceof SsdliteError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}

/**
 * The npm package `canvas` if it is installed, else `@napi-rs/canvas`, which needs no system libraries.
 *
 * @returns {Promise<{ createCanvas: typeof import('@napi-rs/canvas').createCanvas, library: string }>}
 */
async function loadCanvas() {
  try {
    const { createCanvas } = await import('canvas');
    return { createCanvas, library: 'canvas' };
  } catch (error) {
    const why = codeOf(error) === 'ERR_MODULE_NOT_FOUND' ? 'is not installed' : `does not load (${error})`;
    const { createCanvas } = await import('@napi-rs/canvas');
    return { createCanvas, library: `@napi-rs/canvas, since canvas ${why}` };
  }
}

/**
 * Canvases hold four numbers a pixel: red, green, blue, opacity.
 *
 * @param {import('ssdlite/node').Pixels} pixels
 * @param {Uint8ClampedArray} target
 */
function copyAsRgba({ data, width, height, channels }, target) {
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let i = 0; i < width * height; i++) {
    target[i * 4] = data[i * channels] ?? 0;
    target[i * 4 + 1] = data[i * channels + green] ?? 0;
    target[i * 4 + 2] = data[i * channels + blue] ?? 0;
    target[i * 4 + 3] = 255;
  }
}

/**
 * Writes a file whole or not at all: under another name in the same folder first.
 *
 * @param {string} path
 * @param {Uint8Array} bytes
 */
async function writeWhole(path, bytes) {
  const target = resolve(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new SsdliteError('WRITE_FAILED', `${path} could not be written (${codeOf(cause)}).`, {
      next: 'Choose a folder that you may write to.',
      cause,
    });
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
