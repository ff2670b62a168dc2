// Random small data sets as LVIS has them, evaluated by lvis-api and by us: arrays bit for bit, figures.

import { parseArgs } from 'node:util';
import { evaluateLvis, prepareInput } from '@ssdlite/coco-eval';
import { pythonProcess, sameBits, unpacked } from './python-process.mjs';
import { randomLvisSets } from './random-data-sets.mjs';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    cases: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
  },
});
const python = pythonProcess(values.python, 'lvis_answers.py');
const sets = randomLvisSets({ count: Number(values.cases), seed: Number(values.seed) });
const tally = { precision: [], recall: [], stats: [] };
let found = 0;
for (const [place, { groundTruth, detections, most }] of sets.entries()) {
  const theirs = await python.ask({ groundTruth, detections, most });
  const input = prepareInput(groundTruth, detections, { crowdsOptional: true });
  const { result, stats } = evaluateLvis(input, { maxDetections: most });
  if (stats.AP > 0) found++;
  for (const name of ['precision', 'recall']) {
    if (!sameBits(result[name], unpacked(theirs[name]))) tally[name].push(place);
  }
  const names = {
    [`AR${most}`]: `AR@${most}`,
    ARsmall: `ARs@${most}`,
    ARmedium: `ARm@${most}`,
    ARlarge: `ARl@${most}`,
    APsmall: 'APs',
    APmedium: 'APm',
    APlarge: 'APl',
  };
  const isSame = Object.entries(stats).every(
    ([name, value]) => Math.abs(value - theirs.stats[names[name] ?? name]) <= 1e-12,
  );
  if (!isSame) tally.stats.push(place);
}
python.end();
const wrong = Object.entries(tally).filter(([, places]) => places.length > 0);
console.log(
  `${sets.length} data sets (${found} with an AP above 0): ${wrong.map(([name, places]) => `${name} differ in ${places.length} (first: ${places[0]})`).join('; ') || 'precision and recall equal bit for bit, figures to 1e-12'}`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;
