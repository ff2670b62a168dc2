// One evaluation from files in a process of its own: prints seconds (by the clock, and of processor time, which other processes do not
// change much), the peak of memory and the AP as JSON.

import { evaluate, readGroundTruthFile, readResultsFile } from '@ssdlite/coco-eval/node';

const [annotations, detections, type] = process.argv.slice(2);
const now = () => {
  const { user, system } = process.cpuUsage();
  return { clock: performance.now() / 1000, processor: (user + system) / 1e6 };
};
const between = (a, b) => ({ clock: b.clock - a.clock, processor: b.processor - a.processor });

/** Resident MiB at each tenth of the detections. */
const curve = [];
function sample(done, total) {
  if (done >= ((curve.length + 1) * total) / 10) curve.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
}

const start = now();
const groundTruth = await readGroundTruthFile(annotations, { type });
const results = await readResultsFile(detections, groundTruth, { type, onProgress: sample });
const loaded = now();
const { stats } = evaluate(groundTruth, results, { type });
const done = now();
console.log(
  JSON.stringify({
    load: between(start, loaded),
    evaluate: between(loaded, done),
    curve,
    mebibytes: process.resourceUsage().maxRSS / 1024,
    AP: stats.AP,
  }),
);
