// The browser's detections against Node's, on every engine, on the page and in a worker; AP by coco-eval in the page itself.
//   node test/bench/browser/parity.mjs FOLDER [ANNOTATIONS.json] [--engines tfjs-wasm,tfjs-webgl] [--limit 10] [--threads 2]
//     [--where page,worker] [--browser firefox]
// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
const session = await openBrowser({ pictures: folder, isolated: threads > 1, name: values.browser });
console.log(
  `${names.length} pictures, ${values.browser} ${session.browser.version()}${truth ? `, AP in Node ${apInNode.toFixed(4)}` : ''}`,
);
console.log('engine        where   detections  missing  extra  worst IoU  worst score  AP in the page');
try {
  for (const engine of values.engines.split(',')) {
    for (const where of values.where.split(',')) {
      const page = await session.open();
      const { found, ap } = await page.evaluate(
        async ({ engine, worker, names, truth, ids, threads }) => {
          const { createDetector } = await loadSsdlite();
          const detector = await createDetector({
            engine: /** @type {'tfjs-wasm'} */ (engine),
            worker,
            threads,
          });
          const found = [];
          for (const name of names)
            found.push(await detector.detect(`pictures/${name}`, { scoreThreshold: 0.001 }));
          await detector.dispose();
          if (!truth) return { found, ap: undefined };
          const { evaluate } = await loadCocoEval();
          const list = found.flatMap((detections, index) =>
            detections.map(({ classId, score, box: { x, y, width, height } }) => ({
              image_id: ids[index] ?? 0,
              category_id: classId,
              score,
              bbox: /** @type {[number, number, number, number]} */ ([x, y, width, height]),
            })),
          );
          return { found, ap: evaluate(truth, list, { imageIds: ids }).stats.AP };
        },
        { engine, worker: where === 'worker', names, truth, ids, threads },
      );
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
