// Time and peak memory of a picture of 30,000 x 30,000: tiles of it through the network, its file never whole in memory.
//
//   node test/bench/large-picture.mjs [--side 30000] [--format jpeg|tiff] [--quality fast] [--tile-size auto] [PICTURE]

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDetector } from 'ssdlite/node';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    side: { type: 'string', default: '30000' },
    format: { type: 'string', default: 'jpeg' },
    quality: { type: 'string', default: 'fast' },
    'tile-size': { type: 'string', default: 'auto' },
  },
});

/** Sample photos side by side and below one another: made by another process, whose memory is not ours. */
const makeScript = `
  import sharp from 'sharp';
  const [photo, side, path] = process.argv.slice(1);
  const { data, info } = await sharp(photo).raw().toBuffer({ resolveWithObject: true });
  const rows = Math.ceil(side / info.height);
  const across = Math.ceil(side / info.width);
  const row = await sharp(Array.from({ length: across }, () => photo), { join: { across } }).jpeg({ quality: 90 }).toBuffer();
  await sharp(Array.from({ length: rows }, () => row), { join: { across: 1 }, limitInputPixels: false, sequentialRead: true })
    .extract({ left: 0, top: 0, width: Number(side), height: Number(side) })
    .toFormat(path.endsWith('.tiff') ? 'tiff' : 'jpeg', path.endsWith('.tiff') ? { compression: 'lzw', bigtiff: true } : { quality: 75 })
    .toFile(path);
`;
const folder = await mkdtemp(join(tmpdir(), 'large-picture-bench-'));
try {
  const path = positionals[0] ?? join(folder, `made-up.${values.format}`);
  if (positionals.length === 0) {
    const photo = new URL('../../examples/photos/bike-shop.jpg', import.meta.url).pathname;
    execFileSync(process.execPath, ['--input-type=module', '-e', makeScript, photo, values.side, path], {
      cwd: new URL('..', import.meta.url).pathname,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }
  const peak = () => (process.resourceUsage().maxRSS / 1024).toFixed(0);
  console.log(
    `${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.version}; ${path}, ${((await stat(path)).size / 1e6).toFixed(0)} MB`,
  );
  const detector = await createDetector();
  console.log(`detector ready: ${peak()} MiB`);
  const tileSize = values['tile-size'] === 'auto' ? 'auto' : Number(values['tile-size']);
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(0)} s`;
  let next = 0;
  const options = { quality: values.quality, tileSize, maxDetections: 10_000 };
  for await (const { width, height, detections } of detector.detectStream([path], {
    ...options,
    onProgress({ done, total }) {
      if (done / total < next) return;
      next += 0.1;
      console.log(`pass ${done} of ${total} after ${seconds()}, peak ${peak()} MiB`);
    },
  })) {
    console.log(`${width} x ${height}: ${detections.length} objects in ${seconds()}, peak ${peak()} MiB`);
  }
  await detector.dispose();
} finally {
  await rm(folder, { recursive: true });
}
