// Levels of quality against one another and against coco-ssd, in one run: time, multiply-adds and, with annotations, AP.
//
//   node test/bench/quality.mjs [--rounds 3] [--budgets 25,50,100] [--images DIR --annotations FILE [--fusions] [--write FILE.json]]

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  compareResults,
  loadGroundTruth,
  matchAt,
  operatingPoint,
  prepareEvaluation,
  scoreCurves,
} from '@ssdlite/coco-eval';
import {
  cocoSizeWeights,
  costOfViews,
  createDetector,
  fuseSeenViews,
  fusionNames,
  qualityLevels,
  readImage,
} from 'ssdlite/node';
import { detectWithCocoSsd, loadCocoSsd } from './coco-ssd.mjs';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: new URL('../../examples/photos/', import.meta.url).pathname },
    annotations: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    fusions: { type: 'boolean', default: false },
    budgets: { type: 'string', default: '' },
    write: { type: 'string' },
  },
});
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const all = { scoreThreshold: 0.001 };
/** What is compared, with the options of each. */
const ways = {
  fast: {},
  'fast, soft-vote': { nms: 'soft-vote' },
  balanced: { quality: 'balanced' },
  high: { quality: 'high' },
  max: { quality: 'max' },
  'max, adaptive': { quality: 'max', adaptive: true },
};

/** Other fusions of the views of max: `--fusions`. */
if (values.fusions) {
  for (const fusion of fusionNames.slice(1)) {
    ways[`max, ${fusion}`] = { quality: { views: qualityLevels.max, fusion } };
  }
}

/** As much of max as fits: `--budgets 25,50,100`, in milliseconds. */
for (const budget of values.budgets.split(',').filter(Boolean)) {
  ways[`max in ${budget} ms`] = { quality: 'max', budgetMs: Number(budget) };
}

const names = (await readdir(values.images)).filter((name) => name.endsWith('.jpg')).sort();
const pictures = await Promise.all(names.map((name) => readImage(join(values.images, name))));
const detector = await createDetector();
const { architecture } = detector.manifest;
console.log(
  `${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.version}, ${names.length} pictures`,
);

const costOf = (picture, options) =>
  options.quality
    ? costOfViews(options.quality.views ?? qualityLevels[options.quality], { image: picture, architecture })
    : 1;
const rows = Object.fromEntries(
  Object.keys(ways).map((name) => [name, { milliseconds: [], cpu: [], costs: [] }]),
);

// Time: in turn by rounds, on a few pictures, coco-ssd among them.
const timed = pictures.slice(0, 8);
const model = await loadCocoSsd();
const coco = { milliseconds: [], cpu: [] };
const measure = async (into, work) => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  into.milliseconds.push(performance.now() - start);
  const { user, system } = process.cpuUsage(cpu);
  into.cpu.push((user + system) / 1000);
};
for (const options of Object.values(ways)) await detector.detect(timed[0], options);
for (let i = 0; i < 3; i++) await detectWithCocoSsd(model, timed[0]);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const picture of timed) await measure(coco, () => detectWithCocoSsd(model, picture));
  for (const [name, options] of Object.entries(ways)) {
    for (const picture of timed) await measure(rows[name], () => detector.detect(picture, options));
  }
}

// Fusion alone: what the views of max saw, and made-up views of 2,000 boxes each.
const fusing = [];
const fusingSure = [];
// What a fused score must be to become 0.5: a class without a box of so high a score is left out.
const thresholds = new Float64Array(architecture.logitColumns).fill(0.31);
for (const picture of timed) {
  const { views } = await detector.look(picture, { views: qualityLevels.max });
  for (let round = 0; round < 9; round++) {
    for (const [times, more] of [
      [fusing, {}],
      [fusingSure, { thresholds }],
    ]) {
      const start = performance.now();
      fuseSeenViews(views, { sizeWeights: cocoSizeWeights, maxDetections: 100, ...more });
      times.push(performance.now() - start);
    }
  }
}
let seed = 1;
const random = () => {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647;
};
/** Boxes of 80 classes around 200 places, as a crowded scene has them. */
const crowded = (count) => {
  const boxes = new Float32Array(count * 4);
  for (let box = 0; box < count; box++) {
    const place = Math.floor(random() * 200);
    const [y, x] = [Math.floor(place / 20) * 48, (place % 20) * 32].map((at) => at + random() * 10);
    boxes.set([y, x, y + 30 + random() * 20, x + 20 + random() * 10], box * 4);
  }
  return {
    count,
    columns: Int32Array.from({ length: count }, () => 1 + Math.floor(random() ** 3 * 80)),
    scores: Float64Array.from({ length: count }, () => 0.02 + random() ** 4 * 0.9),
    boxes,
    regions: [{ x: 0, y: 0, width: 640, height: 480 }],
    magnification: 1,
  };
};
const many = Array.from({ length: 5 }, () => crowded(2000));
const fusingMany = [];
for (let round = 0; round < 31; round++) {
  const start = performance.now();
  fuseSeenViews(many, { sizeWeights: cocoSizeWeights, maxDetections: 100 });
  fusingMany.push(performance.now() - start);
}

// AP, with a paired bootstrap against fast.
const figures = {};
if (values.annotations) {
  const truth = loadGroundTruth(await readFile(values.annotations), { type: 'bbox' });
  const results = {};
  const toResults = (name, detections) =>
    detections.map(({ classId, score, box }) => ({
      image_id: Number.parseInt(name, 10),
      category_id: classId,
      bbox: [box.x, box.y, box.width, box.height],
      score,
    }));
  let skipped = 0;
  let planned = 0;
  for (const [name, options] of Object.entries(ways)) {
    const found = [];
    for (const [index, picture] of pictures.entries()) {
      const onViews = (report) => {
        if (!options.adaptive) return;
        const cost = (view) => costOfViews([view], { image: picture, architecture });
        const costs = qualityLevels[options.quality].map(cost);
        planned += costs.reduce((sum, one) => sum + one, 0);
        if (report.skipped > 0) skipped += costs.slice(-report.skipped).reduce((sum, one) => sum + one, 0);
      };
      found.push(...toResults(names[index], await detector.detect(picture, { ...options, ...all, onViews })));
    }
    results[name] = prepareEvaluation(truth, found);
  }
  for (const [name, result] of Object.entries(results)) {
    const { precision, recall } = operatingPoint(scoreCurves(matchAt(result, 0.5)).overall, 0.5);
    console.log(`${name}: at a score of 0.5 precision ${precision.toFixed(2)}, recall ${recall.toFixed(3)}`);
    figures[name] = compareResults({ a: results.fast, b: result }).stats;
  }
  const loss = compareResults({ a: results.max, b: results['max, adaptive'] }).stats;
  console.log(
    `adaptive leaves out ${((100 * skipped) / planned).toFixed(0)} % of max's multiply-adds; AP changes by ${loss.AP.difference.toFixed(3)} (${loss.AP.interval.map((end) => end.toFixed(3)).join(' to ')})`,
  );
}

const written = {};
const three = (number) => number.toFixed(3);
console.log(
  `\n${'level'.padEnd(18)} ${'mult-adds'.padStart(9)} ${'ms'.padStart(7)} ${'of coco-ssd'.padStart(11)} ${'CPU ms'.padStart(7)}   AP   (S M L), gain over fast with its 95 % interval, the same for large`,
);
for (const [name, options] of Object.entries(ways)) {
  const { milliseconds, cpu } = rows[name];
  const cost = median(pictures.map((picture) => costOf(picture, options)));
  const longest = Math.max(...milliseconds).toFixed(0);
  // Of pairs: the same picture in the same round.
  const ratio = median(milliseconds.map((time, index) => time / coco.milliseconds[index]));
  const stats = figures[name];
  const gain = ({ difference, interval: [low, high] }) =>
    `${three(difference)} (${three(low)} to ${three(high)})`;
  const ap = stats
    ? `${three(stats.AP.b)} (${[stats.APsmall, stats.APmedium, stats.APlarge].map(({ b }) => three(b)).join(' ')}), ${gain(stats.AP)}, ${gain(stats.APlarge)}`
    : '';
  console.log(
    `${name.padEnd(18)} ${(options.budgetMs ? `<= ${longest} ms` : cost.toFixed(1)).padStart(9)} ${median(milliseconds).toFixed(1).padStart(7)} ${ratio.toFixed(2).padStart(11)} ${median(cpu).toFixed(0).padStart(7)}   ${ap}`,
  );
  written[name] = {
    cost,
    milliseconds: median(milliseconds),
    processorMilliseconds: median(cpu),
    ...(stats && {
      ap: stats.AP.b,
      small: stats.APsmall.b,
      medium: stats.APmedium.b,
      large: stats.APlarge.b,
    }),
  };
}
console.log(
  `${'coco-ssd (wasm)'.padEnd(18)} ${'1.0'.padStart(9)} ${median(coco.milliseconds).toFixed(1).padStart(7)} ${'1.00'.padStart(11)} ${median(coco.cpu).toFixed(0).padStart(7)}`,
);
console.log(
  `fusion at max: ${median(fusing).toFixed(1)} ms, for scores of 0.5 ${median(fusingSure).toFixed(1)} ms; with 2,000 boxes a view: ${median(fusingMany).toFixed(1)} ms`,
);
if (values.write) {
  const machine = `${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.version}`;
  // AP of its own detect on these pictures, as published with the reference detections.
  const cocoSsd = {
    milliseconds: median(coco.milliseconds),
    processorMilliseconds: median(coco.cpu),
    ap: 0.158,
  };
  await writeFile(
    values.write,
    `${JSON.stringify({ machine, pictures: names.length, levels: written, cocoSsd }, null, 2)}\n`,
  );
}
await detector.dispose();
