// Draws one crowded photo at each level of quality, side by side: docs/quality/levels.jpg. `node scripts/draw-quality-levels.mjs [photo] [out]`

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
// The packages that draw are the command's.
const require = createRequire(here('../packages/cli/package.json'));
const { createCanvas, loadImage } = await import(require.resolve('@napi-rs/canvas'));
const { default: sharp } = await import(require.resolve('sharp'));
const { createDetector } = await import(here('../packages/ssdlite/dist/node/index.js'));
const { drawDetections } = await import(here('../packages/ssdlite/dist/draw/index.js'));

const [photo = here('../examples/photos/bike-shop.jpg'), out = here('../docs/quality/levels.jpg')] =
  process.argv.slice(2);
const scale = 1.6;
const caption = 34;
const gap = 8;
const levels = ['fast', 'balanced', 'high', 'max'];

const image = await loadImage(photo);
const [width, height] = [image.width * scale, image.height * scale].map(Math.round);
const canvas = createCanvas(2 * width + gap, 2 * (height + caption) + gap);
const context = canvas.getContext('2d');
context.fillStyle = '#ffffff';
context.fillRect(0, 0, canvas.width, canvas.height);

const detector = await createDetector();
for (const [index, quality] of levels.entries()) {
  const detections = await detector.detect(photo, { quality, scoreThreshold: 0.5 });
  const x = (index % 2) * (width + gap);
  const y = Math.floor(index / 2) * (height + caption + gap);
  context.fillStyle = '#1a1a1a';
  context.font = '600 20px sans-serif';
  context.fillText(`${quality}: ${detections.length} objects`, x + 6, y + 24);
  context.drawImage(image, x, y + caption, width, height);
  drawDetections(context, detections, {
    area: { x, y: y + caption, width, height },
    imageSize: { width: image.width, height: image.height },
    lineWidth: 2,
    fontSize: 12,
  });
  console.log(`${quality}: ${detections.length} objects`);
}
await detector.dispose();
await sharp(canvas.toBuffer('image/png')).jpeg({ quality: 82, mozjpeg: true }).toFile(out);
console.log(`wrote ${out}`);
