// Were the views of `high` and `max` chosen well, or were they the luck of fifty pictures? Each fold of the pictures judges what the other
// folds chose among recipes of the same cost; the reference is the recipe of squares, which was chosen on other pictures.
//
//   node test/bench/cross-validate-levels.mjs --images DIR --annotations FILE [--folds 5] [--partitions 5]

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareResults, evaluate, loadGroundTruth, prepareEvaluation } from '@ssdlite/coco-eval';
import { folds } from '@ssdlite/tune';
import { cocoSizeWeights, costOfViews, createDetector, fuseSeenViews, readImage } from 'ssdlite/node';

const { values } = parseArgs({
  options: {
    images: { type: 'string' },
    annotations: { type: 'string' },
    folds: { type: 'string', default: '5' },
    partitions: { type: 'string', default: '5' },
  },
});
if (!values.images || !values.annotations) {
  console.error('Say where the pictures are: --images DIR --annotations FILE');
  process.exit(1);
}

const look = [{ size: 300 }, { size: 300, flip: true }];
const shaped = (size) => ({ size, keepAspect: true });
/** Recipes by level, at most 8.5 and 17 times one pass; the first is the reference. */
const recipes = {
  high: {
    squares: [...look, { size: 428 }, { size: 620 }],
    '620 shaped': [...look, { size: 428 }, shaped(620)],
    '428 and 620 shaped': [...look, shaped(428), shaped(620)],
    '364 and 620 shaped': [...look, { size: 364 }, shaped(620)],
  },
  max: {
    squares: [...look, { size: 428 }, { size: 620 }, { size: 876 }],
    '620 and 844 shaped': [...look, { size: 428 }, shaped(620), shaped(844)],
    '844 shaped': [...look, { size: 428 }, { size: 620 }, shaped(844)],
    '620 shaped, 876': [...look, { size: 428 }, shaped(620), { size: 876 }],
    'without 620': [...look, { size: 428 }, shaped(844)],
  },
};

const dataset = JSON.parse(await readFile(values.annotations, 'utf8'));
const ids = dataset.images.map(({ id }) => id);
const detector = await createDetector();
const { architecture } = detector.manifest;

// Every view sees every picture once.
const keyOf = (view) => JSON.stringify(view);
const all = Object.values(recipes).flatMap((ways) => Object.values(ways).flat());
const views = [...new Map(all.map((view) => [keyOf(view), view])).values()];
const found = Object.fromEntries(
  Object.entries(recipes).map(([level, ways]) => [
    level,
    Object.fromEntries(Object.keys(ways).map((way) => [way, new Map()])),
  ]),
);
for (const { id, file_name: name } of dataset.images) {
  const picture = await readImage(join(values.images, name));
  const seen = await detector.look(picture, { views });
  const byView = new Map(views.map((view, index) => [keyOf(view), seen.views[index]]));
  for (const [level, ways] of Object.entries(recipes)) {
    for (const [way, looks] of Object.entries(ways)) {
      const own = looks.map((view) => byView.get(keyOf(view)));
      const { count, columns, scores, boxes } = fuseSeenViews(own, {
        sizeWeights: cocoSizeWeights,
        maxDetections: 100,
      });
      const results = Array.from({ length: count }, (_, index) => {
        const [top, left, bottom, right] = boxes.subarray(index * 4, index * 4 + 4);
        return {
          image_id: id,
          category_id: columns[index],
          bbox: [left, top, right - left, bottom - top],
          score: scores[index],
        };
      });
      found[level][way].set(id, results);
    }
  }
}
await detector.dispose();

const resultsOf = (way, wanted) => wanted.flatMap((id) => way.get(id));
const apOn = (way, wanted) => {
  const images = new Set(wanted);
  const part = {
    ...dataset,
    images: dataset.images.filter(({ id }) => images.has(id)),
    annotations: dataset.annotations.filter(({ image_id: id }) => images.has(id)),
  };
  return evaluate(part, resultsOf(way, wanted), { type: 'bbox' }).stats.AP;
};
const truth = loadGroundTruth(dataset, { type: 'bbox' });
const three = (number) => number.toFixed(3);
const told = ({ b, difference, interval }) =>
  `${three(b)}, ${three(difference)} (${interval.map(three).join(' to ')}) against squares`;

for (const [level, ways] of Object.entries(found)) {
  const names = Object.keys(ways);
  const squares = prepareEvaluation(truth, resultsOf(ways.squares, ids));
  console.log(`\n${level}: AP on all pictures`);
  for (const name of names) {
    const cost = costOfViews(recipes[level][name], { image: { width: 640, height: 480 }, architecture });
    const { AP } = compareResults({
      a: squares,
      b: prepareEvaluation(truth, resultsOf(ways[name], ids)),
    }).stats;
    console.log(`  ${name.padEnd(20)} ${cost.toFixed(1).padStart(4)} times one pass, ${told(AP)}`);
  }
  for (let seed = 1; seed <= Number(values.partitions); seed++) {
    const chosen = [];
    const heldOut = [];
    for (const split of folds(ids, { count: Number(values.folds), seed })) {
      const [best] = names.toSorted((a, b) => apOn(ways[b], split.tuning) - apOn(ways[a], split.tuning));
      chosen.push(best);
      heldOut.push(...resultsOf(ways[best], split.heldOut));
    }
    const { AP } = compareResults({ a: squares, b: prepareEvaluation(truth, heldOut) }).stats;
    console.log(`  partition ${seed}: held out ${told(AP)}; chosen: ${chosen.join(', ')}`);
  }
}
