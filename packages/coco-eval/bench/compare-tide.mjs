// Random small data sets, evaluated by tidecv and by us: the same errors, at the same cost. The data leave out where we follow COCO and
// tidecv does not (see `errorCosts`): crowds, categories without ground truth, equal scores; and its recalls are i / 100.

import { parseArgs } from 'node:util';
import { errorCosts, errorKinds, prepareEvaluation } from '@ssdlite/coco-eval';
import { pythonProcess } from './python-process.mjs';
import { plainBoxSets } from './random-data-sets.mjs';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    cases: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
  },
});
const python = pythonProcess(values.python, 'tide_answers.py');
const recallThresholds = Array.from({ length: 101 }, (_, i) => i / 100);
const tally = new Map();
const wrong = (what, place) => tally.set(what, [...(tally.get(what) ?? []), place]);
const isNear = (a, b) => Math.abs(a - b) <= 1e-9;
let [compared, errors] = [0, 0];
for (const [place, one] of plainBoxSets({
  count: Number(values.cases),
  seed: Number(values.seed),
}).entries()) {
  const classes = new Set(one.groundTruth.annotations.map(({ category_id }) => category_id));
  const images = new Set(one.groundTruth.annotations.map(({ image_id }) => image_id));
  const groundTruth = {
    ...one.groundTruth,
    categories: one.groundTruth.categories.filter(({ id }) => classes.has(id)),
  };
  const detections = one.detections
    .filter(({ category_id, image_id }) => classes.has(category_id) && images.has(image_id))
    .map((detection, i, { length }) => ({ ...detection, score: (length - i) / length }));
  if (detections.length === 0) continue;
  const theirs = await python.ask({ groundTruth, detections });
  if (theirs === null) continue;
  const mine = errorCosts(
    prepareEvaluation(groundTruth, detections, { recallThresholds, iouThresholds: [0.5] }),
  );
  compared++;
  if (!isNear(mine.AP, theirs.AP)) wrong('AP', place);
  for (const kind of errorKinds) {
    errors += mine.kinds[kind].count;
    if (mine.kinds[kind].count !== theirs.counts[kind]) wrong(`number of ${kind}`, place);
    if (!isNear(mine.kinds[kind].cost, theirs.costs[kind])) wrong(`cost of ${kind}`, place);
  }
  for (const kind of ['falsePositives', 'falseNegatives']) {
    if (!isNear(mine[kind].cost, theirs[kind])) wrong(`cost of ${kind}`, place);
  }
}
python.end();
const lines = [...tally].map(([what, places]) => `${what} differs in ${places.length} (first: ${places[0]})`);
console.log(
  `${compared} data sets, ${errors} errors: ${lines.join('; ') || 'AP, numbers and costs of all kinds the same to 1e-9'}`,
);
process.exitCode = lines.length > 0 ? 1 : 0;
