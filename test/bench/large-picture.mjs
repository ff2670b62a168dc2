// A picture of 30,000 x 30,000 with photos of four sizes all over: what is found of their objects, time by phase, and peak memory.
//
//   node test/bench/large-picture.mjs [--side 30000] [--format jpeg|tiff|tiff-strips] [--quality fast] [--tile-size auto] [--keep FILE]
//
// Placed objects are those that one look at the photo alone finds, with a score of at least 0.7. Memory is that of a process of its own that does nothing but
// detect: what /proc says of it and of its children together, ten times a second. Only Linux has that.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = fileURLToPath(import.meta.url);
const photoFolder = new URL('../../examples/photos/', import.meta.url).pathname;
const photos = readdirSync(photoFolder).filter((name) => name.endsWith('.jpg'));
/** Sides of the cells in which photos lie, in turn; each has as many as fit. */
const cell = 3000;
const perSide = [1, 2, 4, 8];

/** Where which photo lies, and how large it may be. */
function layout(side) {
  const places = [];
  for (let row = 0; (row + 1) * cell <= side; row++) {
    for (let column = 0; (column + 1) * cell <= side; column++) {
      const count = perSide[(row + column * 3) % perSide.length];
      const size = cell / count;
      for (let at = 0; at < count * count; at++) {
        const left = column * cell + (at % count) * size;
        const top = row * cell + Math.floor(at / count) * size;
        places.push({ photo: photos[places.length % photos.length], left, top, size: size - 20 });
      }
    }
  }
  return places;
}

const formats = {
  jpeg: { extension: 'jpg', options: { quality: 75 } },
  tiff: {
    extension: 'tif',
    options: { compression: 'lzw', bigtiff: true, tile: true, tileWidth: 256, tileHeight: 256 },
  },
  'tiff-strips': { extension: 'tif', options: { compression: 'lzw', bigtiff: true } },
};

async function makePicture(path, { side, format }) {
  const { default: sharp } = await import('sharp');
  const folder = await mkdtemp(join(tmpdir(), 'large-picture-rows-'));
  try {
    const rows = [];
    const places = layout(side);
    const made = new Map();
    for (let top = 0; top + cell <= side; top += cell) {
      const overlays = [];
      for (const { photo, left, top: y, size } of places.filter(
        (one) => one.top >= top && one.top < top + cell,
      )) {
        const key = `${photo} ${size}`;
        const input =
          made.get(key) ??
          (await sharp(join(photoFolder, photo))
            .resize(size, size, { fit: 'inside' })
            .png({ compressionLevel: 1 })
            .toBuffer());
        made.set(key, input);
        overlays.push({ input, left: Math.round(left), top: Math.round(y - top) });
      }
      const row = join(folder, `${rows.length}.tif`);
      await sharp({ create: { width: side, height: cell, channels: 3, background: '#8a9080' } })
        .composite(overlays)
        .tiff({ compression: 'none' })
        .toFile(row);
      rows.push(row);
    }
    await sharp(rows, { join: { across: 1 }, limitInputPixels: false, sequentialRead: true })
      .toFormat(format === 'jpeg' ? 'jpeg' : 'tiff', formats[format].options)
      .toFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What lies in the picture, by what is found on the photos alone: class and box in pixels of the picture. */
async function placedObjects(side) {
  const { createDetector, readImage } = await import('ssdlite/node');
  const detector = await createDetector();
  const seen = new Map();
  for (const photo of photos) {
    const { width, height } = await readImage(join(photoFolder, photo));
    const detections = await detector.detect(join(photoFolder, photo), {
      quality: 'max',
      scoreThreshold: 0.7,
    });
    seen.set(photo, { width, height, detections });
  }
  await detector.dispose();
  return layout(side).flatMap(({ photo, left, top, size }) => {
    const { width, height, detections } = seen.get(photo);
    const scale = Math.min(size / width, size / height);
    return detections.map(({ label, box }) => ({
      label,
      box: {
        x: Math.round(left) + box.x * scale,
        y: Math.round(top) + box.y * scale,
        width: box.width * scale,
        height: box.height * scale,
      },
    }));
  });
}

/** In the process that is measured. */
async function detect(path, { quality, tileSize }) {
  const { createDetector } = await import('ssdlite/node');
  const detector = await createDetector();
  process.send({ ready: true });
  for await (const { detections } of detector.detectStream([path], {
    quality,
    tileSize: tileSize === 'auto' ? 'auto' : Number(tileSize),
    onProgress: (progress) => process.send({ progress }),
    onViews: ({ tileSize }) => process.send({ chosen: tileSize }),
  })) {
    process.send({ detections });
  }
  await detector.dispose();
  process.disconnect();
}

/** Resident MiB of a process and its children. */
function residentMiB(pid) {
  try {
    const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children.reduce((sum, child) => sum + residentMiB(child), own);
  } catch {
    return 0; // it has ended
  }
}

function overlapOf(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (a.width * a.height + b.width * b.height - width * height);
}

/** Each detection, best first, takes the placed object that it overlaps most; one that is taken already makes it a duplicate. */
function match(placed, detections) {
  const taken = new Set();
  let duplicates = 0;
  let others = 0;
  for (const { label, box } of detections) {
    let best;
    let most = 0.5;
    for (const one of placed) {
      if (one.label !== label || Math.abs(one.box.x - box.x) > box.width) continue;
      const overlap = overlapOf(one.box, box);
      if (overlap >= most) [best, most] = [one, overlap];
    }
    if (!best) others++;
    else if (taken.has(best)) duplicates++;
    else taken.add(best);
  }
  return { taken, duplicates, others };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    side: { type: 'string', default: '30000' },
    format: { type: 'string', default: 'jpeg' },
    quality: { type: 'string', default: 'fast' },
    'tile-size': { type: 'string', default: 'auto' },
    keep: { type: 'string' },
  },
});
const side = Number(values.side);
const tileSize = values['tile-size'];
if (!formats[values.format] || side % cell !== 0)
  throw new Error(`--format is one of ${Object.keys(formats)}, --side a multiple of ${cell}.`);

if (process.send) await detect(positionals[0], { quality: values.quality, tileSize });
else {
  const folder = await mkdtemp(join(tmpdir(), 'large-picture-bench-'));
  try {
    const path = values.keep ?? join(folder, `made-up.${formats[values.format].extension}`);
    if (!existsSync(path)) await makePicture(path, { side, format: values.format });
    const placed = await placedObjects(side);
    console.log(
      `${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.version}; ${side} x ${side}, ${values.format}, ${((await stat(path)).size / 1e6).toFixed(0)} MB; tile size ${tileSize}, quality ${values.quality}`,
    );
    const child = spawn(process.execPath, [here, ...process.argv.slice(2), path], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let ready = 0;
    let peak = 0;
    const stages = new Map();
    const peaks = new Map();
    let current = 'start';
    let detections = [];
    const watch = setInterval(() => {
      const now = residentMiB(child.pid);
      peak = Math.max(peak, now);
      peaks.set(current, Math.max(peaks.get(current) ?? 0, now));
    }, 100);
    child.on('message', (message) => {
      if (message.ready) {
        ready = performance.now();
        console.log(`detector ready: ${residentMiB(child.pid).toFixed(0)} MiB`);
      }
      if (message.chosen) console.log(`tiles of ${message.chosen} pixels`);
      if (message.detections) detections = message.detections;
      if (message.progress) {
        const { stage, total, flat } = message.progress;
        current = total === message.progress.done && stage === 'look' ? 'fusion' : stage;
        stages.set(stage, { ended: performance.now(), total, flat });
      }
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    const ended = performance.now();
    clearInterval(watch);
    if (code !== 0) throw new Error(`The process ended with ${code}.`);
    let from = ready;
    for (const [stage, { ended, total, flat }] of stages) {
      console.log(
        `${stage}: ${((ended - from) / 1000).toFixed(1)} s, ${total} ${stage === 'read' ? 'rows' : `passes, ${flat} of one colour`}`,
      );
      from = ended;
    }
    console.log(
      `fusion and the rest: ${((ended - from) / 1000).toFixed(1)} s; all: ${((ended - ready) / 1000).toFixed(1)} s`,
    );
    console.log(
      `peak resident memory: ${peak.toFixed(0)} MiB, children included (${Array.from(peaks, ([stage, most]) => `${stage} ${most.toFixed(0)}`).join(', ')})`,
    );
    const { taken, duplicates, others } = match(placed, detections);
    console.log(
      `found ${taken.size} of ${placed.length} placed objects; ${duplicates} twice; ${others} others, of ${detections.length} detections`,
    );
    for (const [at, count] of perSide.entries()) {
      const size = cell / count;
      const of = placed.filter(({ box }) => {
        const next = perSide[(Math.floor(box.y / cell) + Math.floor(box.x / cell) * 3) % perSide.length];
        return next === perSide[at];
      });
      const found = of.filter((one) => taken.has(one)).length;
      const sides = of.map(({ box }) => Math.sqrt(box.width * box.height)).sort((a, b) => a - b);
      console.log(
        `  photos of ${size} pixels: ${found} of ${of.length}, objects of ${sides[0]?.toFixed(0)} to ${sides.at(-1)?.toFixed(0)} pixels`,
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
