// `ssdlite eval` and pycocotools on the detections that it wrote: the largest difference of the twelve figures.
//
//   node test/bench/eval-pycocotools.mjs PYTHON IMAGES ANNOTATIONS [options of ssdlite eval]
//
// PYTHON: one with pycocotools (python3 -m venv …; pip install pycocotools==2.0.11)
// @ts-check
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const [python, images, annotations, ...options] = process.argv.slice(2);
if (python === undefined || images === undefined || annotations === undefined) {
  throw new Error('Usage: node test/bench/eval-pycocotools.mjs PYTHON IMAGES ANNOTATIONS [options]');
}

const command = fileURLToPath(new URL('../../packages/cli/bin/ssdlite.js', import.meta.url));
const program = `
import contextlib, io, json, sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(sys.argv[1])
    evaluation = COCOeval(truth, truth.loadRes(sys.argv[2]), 'bbox')
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
print(json.dumps([float(value) for value in evaluation.stats]))
`;

const folder = mkdtempSync(join(tmpdir(), 'ssdlite-eval-'));
try {
  const [found, figures] = [join(folder, 'found.json'), join(folder, 'figures.json')];
  const where = ['--images', images, '--annotations', annotations];
  const outputs = ['--json', found, '--figures', figures, '--quiet'];
  execFileSync(execPath, [command, 'eval', ...where, ...outputs, ...options], { stdio: 'inherit' });
  /** @type {{ stats: Record<string, number> }} */
  const { stats } = JSON.parse(readFileSync(figures, 'utf8'));
  /** @type {number[]} */
  const theirs = JSON.parse(execFileSync(python, ['-c', program, annotations, found], { encoding: 'utf8' }));
  const rows = Object.entries(stats).map(([name, ours], place) => ({
    name,
    ours,
    pycocotools: theirs[place] ?? Number.NaN,
  }));
  console.table(rows);
  const largest = Math.max(...rows.map(({ ours, pycocotools }) => Math.abs(ours - pycocotools)));
  console.log(`largest difference: ${largest}`);
  if (!(largest <= 1e-12)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
