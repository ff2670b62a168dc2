// The browser's detections against Node's, on every engine, on the page and in a worker; AP by coco-eval in the page itself.
//   node test/bench/browser/parity.mjs FOLDER [ANNOTATIONS.json] [--engines tfjs-wasm,litert] [--limit 10] [--threads 2]
//     [--where page,worker] [--browser firefox] [--keep found.json --minutes 5]
// With --keep, what was found is in that file, and the next run goes on from there: WebGPU in software takes 12 s a picture.
// @ts-check
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluate } from '@ssdlite/coco-eval/bbox';
import { iou } from 'ssdlite';
import { createDetector } from 'ssdlite/node';
import { openBrowser } from './open-page.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engines: { type: 'string', default: 'tfjs-wasm,tfjs-webgl,tfjs-webgpu' },
    limit: { type: 'string', default: 'Infinity' },
    threads: { type: 'string', default: '1' },
    where: { type: 'string', default: 'page,worker' },
    browser: { type: 'string', default: 'chromium' },
    keep: { type: 'string' },
    minutes: { type: 'string', default: 'Infinity' },
  },
});
const folder = positionals[0] ?? new URL('../../../examples/photos/', import.meta.url).pathname;
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.jpg'))
  .sort()
  .slice(0, Number(values.limit));
const truth =
  positionals[1] && existsSync(positionals[1]) ? JSON.parse(readFileSync(positionals[1], 'utf8')) : undefined;
const idOf = (/** @type {string} */ name) => Number.parseInt(name, 10);
const ids = names.map(idOf);

const node = await createDetector();
/** @type {Map<string, import('ssdlite').Detection[]>} */
const expected = new Map();
for (const name of names)
  expected.set(name, await node.detect(join(folder, name), { scoreThreshold: 0.001 }));
await node.dispose();

const results = (/** @type {Map<string, import('ssdlite').Detection[]>} */ found) =>
  [...found].flatMap(([name, detections]) =>
    detections.map(({ classId, score, box: { x, y, width, height } }) => ({
      image_id: idOf(name),
      category_id: classId,
      score,
      bbox: /** @type {[number, number, number, number]} */ ([x, y, width, height]),
    })),
  );
const apInNode = truth && evaluate(truth, results(expected), { imageIds: ids }).stats.AP;
const threads = Number(values.threads);
const end = performance.now() + Number(values.minutes) * 60_000;
const session = await openBrowser({ pictures: folder, isolated: threads > 1, name: values.browser });
console.log(
  `${names.length} pictures, ${values.browser} ${session.browser.version()}${truth ? `, AP in Node ${apInNode.toFixed(4)}` : ''}`,
);
console.log('engine        where   detections  missing  extra  worst IoU  worst score  AP in the page');
try {
  for (const engine of values.engines.split(',')) {
    for (const where of values.where.split(',')) {
      const page = await session.open();
      const found = await detectAll(page, { engine, worker: where === 'worker' });
      if (!found) {
        console.log(
          `${engine.padEnd(13)} ${where.padEnd(6)} to be gone on with: ${values.minutes} minutes are over`,
        );
        await page.close();
        continue;
      }
      const ap = truth && (await evaluateIn(page, found));
      await page.close();
      const sums = { detections: 0, missing: 0, extra: 0, worstIou: 1, worstScore: 0 };
      for (const [index, name] of names.entries())
        compare(found[index] ?? [], expected.get(name) ?? [], sums);
      const { detections, missing, extra, worstIou, worstScore } = sums;
      console.log(
        `${engine.padEnd(13)} ${where.padEnd(6)} ${String(detections).padStart(11)} ${String(missing).padStart(8)} ${String(extra).padStart(6)} ${worstIou.toFixed(4).padStart(10)} ${worstScore.toFixed(4).padStart(12)} ${(ap?.toFixed(4) ?? '-').padStart(15)}`,
      );
    }
  }
} finally {
  await session.close();
}

/**
 * Every picture's detections, in one page; undefined where the time is up. With `--keep`, pictures that are in that file are not run again.
 * @param {import('playwright-core').Page} page
 * @param {{ engine: string; worker: boolean }} options
 */
async function detectAll(page, { engine, worker }) {
  const { keep } = values;
  const isKept = keep !== undefined && existsSync(keep);
  /** @type {Record<string, import('ssdlite').Detection[]>} */
  const kept = isKept ? JSON.parse(readFileSync(keep, 'utf8')) : {};
  const keyOf = (/** @type {string} */ name) => `${values.browser} ${engine} ${worker} ${threads} ${name}`;
  const missing = names.filter((name) => !kept[keyOf(name)]);
  if (missing.length > 0 && performance.now() < end) {
    await page.evaluate(
      async ({ engine, worker, threads }) => {
        const { createDetector } = await loadSsdlite();
        const wanted =
          engine === 'litert'
            ? (await loadLitert()).litert({ path: 'litert' })
            : /** @type {'tfjs-wasm'} */ (engine);
        Object.assign(globalThis, { detector: await createDetector({ engine: wanted, worker, threads }) });
      },
      { engine, worker, threads },
    );
    for (const name of missing) {
      if (performance.now() > end) break;
      kept[keyOf(name)] = await page.evaluate((url) => {
        const { detector } = /** @type {{ detector: import('ssdlite/browser').BrowserDetector }} */ (
          /** @type {unknown} */ (globalThis)
        );
        return detector.detect(url, { scoreThreshold: 0.001 });
      }, `pictures/${name}`);
      if (keep !== undefined) writeFileSync(keep, JSON.stringify(kept));
    }
  }
  const all = names.map((name) => kept[keyOf(name)]);
  return all.every((detections) => detections !== undefined) ? all : undefined;
}

/**
 * AP, measured in the page.
 * @param {import('playwright-core').Page} page
 * @param {readonly import('ssdlite').Detection[][]} found
 */
function evaluateIn(page, found) {
  const list = results(new Map(names.map((name, index) => [name, found[index] ?? []])));
  return page.evaluate(
    async ({ truth, list, ids }) => {
      const { evaluate } = await loadCocoEval();
      return evaluate(truth, list, { imageIds: ids }).stats.AP;
    },
    { truth, list, ids },
  );
}

/**
 * Detections at a score of 0.3: each has its like in the other list, where scores may be 0.01 lower.
 * @param {readonly import('ssdlite').Detection[]} actual
 * @param {readonly import('ssdlite').Detection[]} wanted
 * @param {{ detections: number; missing: number; extra: number; worstIou: number; worstScore: number }} sums
 */
function compare(actual, wanted, sums) {
  const clear = (/** @type {readonly import('ssdlite').Detection[]} */ list) =>
    list.filter(({ score }) => score >= 0.3);
  sums.detections += clear(wanted).length;
  for (const one of clear(wanted)) {
    const like = likest(one, actual);
    if (!like || like.overlap < 0.98 || like.difference > 0.01) sums.missing++;
    sums.worstIou = Math.min(sums.worstIou, like?.overlap ?? 0);
    sums.worstScore = Math.max(sums.worstScore, like?.difference ?? 1);
  }
  for (const one of clear(actual)) {
    const like = likest(one, wanted);
    if (!like || like.overlap < 0.98 || like.difference > 0.01) sums.extra++;
  }
}

/**
 * @param {import('ssdlite').Detection} one
 * @param {readonly import('ssdlite').Detection[]} others
 */
function likest({ label, score, box }, others) {
  return others
    .filter((other) => other.label === label)
    .map((other) => ({
      overlap: iou(Float32Array.of(...corners(box), ...corners(other.box)), 0, 1),
      difference: Math.abs(score - other.score),
    }))
    .toSorted((a, b) => b.overlap - a.overlap)[0];
}

/** @param {import('ssdlite').BoxXywh} box */
function corners({ x, y, width, height }) {
  return [y, x, y + height, x + width];
}
