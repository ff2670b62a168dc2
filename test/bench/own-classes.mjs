// Trains classes that the COCO weights do not have, and compares with what the COCO weights find: `node test/bench/own-classes.mjs DIR [steps]`.
// DIR holds instances.json (or another instances_*.json) in COCO's format and a folder `images`. Three of COCO's supercategories become classes; every
// fifth picture is kept for validation. The run is left in out/own-classes.
// @ts-check
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { evaluate } from '@ssdlite/coco-eval';
import { trainRun } from '@ssdlite/train/node';
import { createDetector } from 'ssdlite/node';

const supercategories = ['kitchen', 'appliance', 'furniture'];
const [, , data = '', steps = '150'] = argv;
const out = join(import.meta.dirname, '../../out/own-classes');
const images = join(data, 'images');

const file = readdirSync(data).find((name) => /^instances.*\.json$/.test(name)) ?? 'instances.json';
const coco = JSON.parse(readFileSync(join(data, file), 'utf8'));
const superOf = new Map(
  coco.categories.map((/** @type {{ id: number, supercategory: string }} */ each) => [
    each.id,
    each.supercategory,
  ]),
);
const categories = supercategories.map((name, index) => ({ id: index + 1, name }));
/** @param {number} categoryId */
const classOf = (categoryId) => supercategories.indexOf(superOf.get(categoryId)) + 1;

/** @param {(index: number) => boolean} isIn */
function part(isIn) {
  const kept = coco.images.filter((/** @type {unknown} */ _, /** @type {number} */ index) => isIn(index));
  const ids = new Set(kept.map((/** @type {{ id: number }} */ each) => each.id));
  return {
    images: kept,
    categories,
    annotations: coco.annotations
      .filter(
        (/** @type {{ image_id: number, category_id: number }} */ each) =>
          ids.has(each.image_id) && classOf(each.category_id) > 0,
      )
      .map((/** @type {{ category_id: number }} */ each) => ({
        ...each,
        category_id: classOf(each.category_id),
      })),
  };
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const parts = { train: part((index) => index % 5 !== 0), val: part((index) => index % 5 === 0) };
for (const [name, labels] of Object.entries(parts))
  writeFileSync(join(out, `${name}.json`), JSON.stringify(labels));

/** COCO's own classes, put together: what the weights find without training. @param {typeof parts.val} labels */
async function untrained(labels) {
  const detector = await createDetector();
  const detections = [];
  for (const { id, file_name } of labels.images) {
    const found = await detector.detect(join(images, file_name), {
      scoreThreshold: 0.001,
      maxDetections: 300,
    });
    for (const { classId, score, box } of found) {
      const category_id = classOf(classId);
      if (category_id > 0)
        detections.push({ image_id: id, category_id, score, bbox: [box.x, box.y, box.width, box.height] });
    }
  }
  await detector.dispose();
  return evaluate(labels, detections).stats.AP ?? -1;
}

const before = { train: await untrained(parts.train), val: await untrained(parts.val) };
console.log(
  `COCO's own classes, put together: AP ${before.train.toFixed(3)} on the training pictures, ${before.val.toFixed(3)} on the others`,
);

const run = trainRun({
  out: join(out, 'run'),
  train: { annotations: join(out, 'train.json'), images },
  validation: { annotations: join(out, 'val.json'), images },
  steps: Number(steps),
});
for await (const event of run) {
  if (event.kind === 'validation') console.log(`step ${event.step}: AP ${event.validation.AP.toFixed(3)}`);
  if (event.kind === 'done') {
    console.log(
      `trained: AP ${event.stats?.AP?.toFixed(3)} on the pictures that were not trained on, in ${(event.seconds / 60).toFixed(1)} minutes: ${event.report}`,
    );
  }
}
