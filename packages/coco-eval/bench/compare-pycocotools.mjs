// Random small data sets, evaluated by pycocotools and by us: arrays bit for bit, matches, figures, masks. `--save FILE` keeps data sets
// with pycocotools' answers, for tests that run without Python.

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { figuresOf, imageMatches, mask, prepareEvaluation } from '@ssdlite/coco-eval';
import { pythonProcess, sameBits, unpacked } from './python-process.mjs';
import { randomDataSets, randomPolygons } from './random-data-sets.mjs';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    cases: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    save: { type: 'string' },
  },
});
const [count, seed] = [Number(values.cases), Number(values.seed)];
const python = pythonProcess(values.python, 'reference_answers.py');

function optionsOf(type, { imgIds, catIds, iouThrs, recThrs, maxDets, areaRng, useCats, sigmas }) {
  const labels = type === 'keypoints' ? ['all', 'medium', 'large'] : ['all', 'small', 'medium', 'large'];
  return {
    type,
    useCategories: useCats !== 0,
    ...(imgIds && { imageIds: imgIds }),
    ...(catIds && { categoryIds: catIds }),
    ...(iouThrs && { iouThresholds: iouThrs }),
    ...(recThrs && { recallThresholds: recThrs }),
    ...(maxDets && { maxDetections: maxDets }),
    ...(areaRng && { areaRanges: areaRng.map(([min, max], a) => ({ label: labels[a], min, max })) }),
    ...(sigmas && { sigmas }),
  };
}

/** Names of what differs. */
function differences(one, theirs) {
  const evaluation = prepareEvaluation(one.groundTruth, one.detections, optionsOf(one.type, one.set));
  const figures = figuresOf(evaluation);
  const wrong = ['precision', 'recall', 'scores'].filter(
    (name) => !sameBits(figures[name], unpacked(theirs[name])),
  );
  const stats = unpacked(theirs.stats);
  const mine = Object.values(figures.stats);
  if (mine.length !== stats.length || mine.some((value, i) => !(Math.abs(value - stats[i]) <= 1e-12)))
    wrong.push('stats');
  if (JSON.stringify(matchesOf(evaluation)) !== JSON.stringify(theirs.matches)) wrong.push('matches');
  return wrong;
}

/** As pycocotools numbers them: detections from 1, 0 for none. */
function matchesOf(evaluation) {
  const { truths, params } = evaluation;
  const idOf = (place) => (place < 0 ? 0 : truths.ids[place]);
  return Array.from(imageMatches(evaluation), (one) => ({
    image: one.imageId,
    category: params.useCategories ? one.categoryId : -1,
    dtIds: Array.from(one.detections, (place) => place + 1),
    gtIds: Array.from(one.truths, idOf),
    dtMatches: one.detectionMatches.map((row) => Array.from(row, idOf)),
    gtMatches: one.truthMatches.map((row) => Array.from(row, (place) => place + 1)),
    gtIgnore: Array.from(one.truthIgnored),
    dtIgnore: one.detectionIgnored.map((row) => Array.from(row)),
  }));
}

/** A case for a test: arrays as hashes of their bytes. */
function kept(one, { stats, precision, recall, scores, matches }) {
  const hash = (text) => createHash('sha256').update(Buffer.from(text, 'base64')).digest('hex');
  return {
    ...one,
    stats: Array.from(unpacked(stats)),
    sha256: { precision: hash(precision), recall: hash(recall), scores: hash(scores) },
    matches,
  };
}

const saved = [];
let failed = 0;
for (const type of ['bbox', 'segm', 'keypoints']) {
  const tally = {};
  let detections = 0;
  let matched = 0;
  for (const [place, one] of randomDataSets(type, { count, seed }).entries()) {
    const theirs = await python.ask(one);
    saved.push(kept(one, theirs));
    detections += one.detections.length;
    if (theirs.matches.some(({ dtMatches }) => dtMatches.flat().some((id) => id > 0))) matched++;
    for (const name of differences(one, theirs)) {
      tally[name] ??= [];
      tally[name].push(place);
    }
  }
  const lines = Object.entries(tally).map(
    ([name, places]) => `${name} differs in ${places.length} (first: ${places[0]})`,
  );
  failed += lines.length;
  console.log(
    `${type}: ${count} data sets (${matched} with matches), ${detections} detections: ${lines.join('; ') || 'precision, recall, scores equal bit for bit, stats to 1e-12, matches the same'}`,
  );
}

const size = { height: 48, width: 64 };
const polygons = randomPolygons({ count: 6 * count, seed });
const theirs = await python.ask({ type: 'mask', size: [size.height, size.width], polygons });
const masks = polygons.map((polygon) => mask.fromPolygon(polygon, size));
const half = Math.floor(masks.length / 2);
const triples = Array.from({ length: Math.ceil(masks.length / 3) }, (_, i) => masks.slice(3 * i, 3 * i + 3));
const text = (rle) => mask.toCompressed(rle).counts;
const checks = {
  'run lengths': masks.every((rle, i) => text(rle) === theirs.counts[i]),
  area: masks.every((rle, i) => mask.area(rle) === theirs.area[i]),
  toBbox: sameBits(Float64Array.from(masks.flatMap(mask.toBbox)), unpacked(theirs.bbox)),
  iou: sameBits(
    mask.iou(masks.slice(0, half), masks.slice(half), { crowds: masks.slice(half).map((_, i) => i % 2) }),
    unpacked(theirs.iou),
  ),
  union: triples.every((three, i) => text(mask.merge(three)) === theirs.union[i]),
  intersection: triples.every((three, i) => text(mask.merge(three, { intersect: true })) === theirs.both[i]),
  'text and back': masks.every((rle) => text(mask.fromCompressed(mask.toCompressed(rle))) === text(rle)),
};
const wrong = Object.keys(checks).filter((name) => !checks[name]);
failed += wrong.length;
console.log(
  `masks: ${polygons.length} polygons: ${wrong.length ? `${wrong.join(', ')} differ` : `${Object.keys(checks).join(', ')} the same`}`,
);
python.end();
if (values.save) {
  writeFileSync(values.save, `[\n${saved.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`);
}
process.exitCode = failed > 0 ? 1 : 0;
