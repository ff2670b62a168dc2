// What training does on a small data set: how far eight pictures are learned by heart from nothing, and what three classes gain from COCO's
// weights with a frozen backbone, against COCO's own heads.
//
//   node test/bench/train-figures.mjs ANNOTATIONS IMAGES [--part scratch|classes] [--steps N] [--classes a,b,c]
// @ts-check
import { env } from 'node:process';
import { parseArgs } from 'node:util';
import { evaluate } from '@ssdlite/coco-eval';
import { detectDataset, remakeClassHeads, train } from '@ssdlite/train';
import { cocoDataset, openDevice } from '@ssdlite/train/node';
import { chooseEngine, readDetectorWeights } from 'ssdlite/node';

env.TF_CPP_MIN_LOG_LEVEL ??= '3';
const {
  positionals: [annotations, images],
  values: { part, steps, classes },
} = parseArgs({
  allowPositionals: true,
  options: {
    part: { type: 'string' },
    steps: { type: 'string' },
    classes: { type: 'string', default: 'cup,spoon,bottle' },
  },
});
if (annotations === undefined || images === undefined)
  throw new Error('Name a COCO annotations file and its folder of pictures.');
const device = await openDevice('tfjs-node');
const { engine } = await chooseEngine('onnxruntime-node', {});

if (part !== 'classes') await fromScratch(Number(steps ?? 150));
if (part !== 'scratch') await threeClasses(Number(steps ?? 600));

/**
 * Eight pictures, learned by heart: those whose smallest box is largest, as boxes far smaller than any anchor share anchors.
 * @param {number} count of steps
 */
async function fromScratch(count) {
  const all = await cocoDataset({ annotations: String(annotations), images: String(images), workers: 0 });
  const samples = (await samplesOf(all)).filter((sample) => sample.classes.length > 0);
  const chosen = samples.sort((a, b) => smallestSide(b) - smallestSide(a)).slice(0, 8);
  console.log(`from scratch, pictures ${chosen.map(({ imageId }) => imageId).join(', ')}`);
  const dataset = {
    classes: all.classes,
    length: 8,
    sample: async (/** @type {number} */ index) => chosen[index] ?? fail(),
  };
  await run({
    dataset,
    validation: dataset,
    from: /** @type {const} */ ('scratch'),
    steps: count,
    validateEvery: 25,
  });
}

/** @param {number} count of steps */
async function threeClasses(count) {
  const options = {
    annotations: String(annotations),
    images: String(images),
    classes: classes.split(','),
    workers: 0,
  };
  const config = { augment: { flip: true, crop: false }, views: 2 };
  const dataset = await cocoDataset({ ...options, config });
  const validation = await cocoDataset(options);
  const coco = await readDetectorWeights();
  const untouched = remakeClassHeads({ ...coco.manifest, weights: coco.weights, classes: dataset.classes });
  const { truth, detections } = await detectDataset(untouched, { dataset: validation, engine });
  const { stats } = evaluate(truth, detections);
  console.log(
    `${classes} on ${dataset.length} pictures; COCO's own heads: AP ${stats.AP?.toFixed(3)}, AP50 ${stats.AP50?.toFixed(3)}`,
  );
  await run({ dataset, validation, from: coco, steps: count, validateEvery: 100 });
}

/** @param {Omit<import('@ssdlite/train').TrainOptions, 'device'>} options */
async function run(options) {
  const start = performance.now();
  let validating = 0;
  for await (const { step, loss, validation } of train({ ...options, device, engine })) {
    if (!validation) continue;
    const minutes = (performance.now() - start) / 60_000;
    console.log(
      `step ${step + 1}: loss ${loss.toFixed(2)}, AP ${validation.AP.toFixed(3)}, AP50 ${validation.AP50.toFixed(3)}, ${minutes.toFixed(1)} min`,
    );
    validating++;
  }
  console.log(`${validating} validations included`);
}

/** @param {import('@ssdlite/train').Dataset} dataset */
function samplesOf(dataset) {
  return Promise.all(
    Array.from({ length: dataset.length }, (_, index) => dataset.sample(index, { epoch: 0 })),
  );
}

/** @param {import('@ssdlite/train').Sample} sample */
function smallestSide({ boxes }) {
  let smallest = 1;
  for (let at = 0; at < boxes.length; at += 4) {
    const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = boxes.subarray(at, at + 4);
    smallest = Math.min(smallest, ymax - ymin, xmax - xmin);
  }
  return smallest;
}

/** @returns {never} */
function fail() {
  throw new Error('There is no such picture.');
}
