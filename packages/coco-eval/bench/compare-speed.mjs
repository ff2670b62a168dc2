// Seconds and memory from files to figures, next to pycocotools and faster_coco_eval: processes of their own, in turn, in one run.
// Seconds are of processor time, all threads together, unless it says 'by the clock': other programs on the machine change the clock.

import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeData } from './make-data.mjs';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    folder: { type: 'string', default: join(tmpdir(), 'coco-eval-bench') },
    rounds: { type: 'string', default: '3' },
    growth: { type: 'boolean', default: false },
    /** Other data of boxes: a folder with gt.json and dt.json. */
    boxes: { type: 'string' },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

function once(tool, { annotations, detections, type }) {
  const command =
    tool === 'ours'
      ? [process.execPath, here('evaluate-once.mjs'), annotations, detections, type]
      : [values.python, here('reference_once.py'), tool, annotations, detections, type];
  return JSON.parse(execFileSync(command[0], command.slice(1), { encoding: 'utf8', maxBuffer: 2 ** 26 }));
}

/** Medians of some rounds; the slow one runs once. */
function measure(tool, files) {
  const rounds = tool === 'pycocotools' ? 1 : Number(values.rounds);
  const runs = Array.from({ length: rounds }, () => once(tool, files));
  const of = (pick) => median(runs.map(pick));
  return {
    load: of((run) => run.load.processor),
    evaluate: of((run) => run.evaluate.processor),
    total: of((run) => run.load.processor + run.evaluate.processor),
    clock: of((run) => run.load.clock + run.evaluate.clock),
    mebibytes: of((run) => run.mebibytes),
    AP: runs[0].AP,
    curve: runs[0].curve,
  };
}

async function data(name, options) {
  const folder = join(values.folder, name);
  const [annotations, detections] = [join(folder, 'annotations.json'), join(folder, 'detections.json')];
  if (!existsSync(join(folder, 'detections.json'))) await makeData(folder, options);
  return { annotations, detections, type: options.type, name };
}

function row(tool, { load, evaluate, total, clock, mebibytes, AP }, base) {
  const seconds = (value) => `${value.toFixed(2).padStart(6)} s`;
  const ratio = base ? `${(total / base.total).toFixed(1)} x` : '';
  console.log(
    `  ${tool.padEnd(17)} load ${seconds(load)}, evaluate ${seconds(evaluate)}, together ${seconds(total)} ${ratio.padStart(7)}; by the clock ${seconds(clock)}; peak ${mebibytes.toFixed(0).padStart(5)} MiB; AP ${AP}`,
  );
}

const tools = values.python ? ['pycocotools', 'faster_coco_eval'] : [];
console.log(`${availableParallelism()} x ${cpus()[0]?.model.trim()}, Node ${process.version}`);
const sets = values.growth
  ? [
      await data('bbox-50k', { type: 'bbox', images: 500 }),
      await data('bbox-500k', { type: 'bbox', images: 5000 }),
      await data('bbox-5m', { type: 'bbox', images: 50_000 }),
    ]
  : [
      values.boxes
        ? {
            annotations: join(values.boxes, 'gt.json'),
            detections: join(values.boxes, 'dt.json'),
            type: 'bbox',
            name: values.boxes,
          }
        : await data('bbox-500k', { type: 'bbox', images: 5000 }),
      await data('segm', { type: 'segm', images: 5000 }),
      await data('keypoints', { type: 'keypoints', images: 5000 }),
    ];
for (const files of sets) {
  const megabytes = (path) => (statSync(path).size / 1e6).toFixed(1);
  console.log(
    `${files.name}: annotations ${megabytes(files.annotations)} MB, detections ${megabytes(files.detections)} MB`,
  );
  const ours = measure('ours', files);
  row('ours', ours);
  if (values.growth) console.log(`    MiB at each tenth of the detections: ${ours.curve.join(', ')}`);
  if (!values.growth) for (const tool of tools) row(tool, measure(tool, files), ours);
}
