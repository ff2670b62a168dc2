// The original model as TensorFlow.js runs it: the reference for everything that is imported from it.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel as load } from '@tensorflow/tfjs-converter';
import { readImage } from 'ssdlite/node';
import { cocoModelPath } from './import-coco-weights.mjs';

/** Raw class heads `[1917, 91]` of a picture. */
export type GraphModel = (photo: string) => Promise<Float32Array>;

/** Loads the model on tfjs' wasm backend. */
export async function loadGraphModel(): Promise<GraphModel> {
  await tf.setBackend('wasm');
  const json = JSON.parse(await readFile(cocoModelPath, 'utf8'));
  const groups: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[] = json.weightsManifest;
  const shards = await Promise.all(
    groups.flatMap(({ paths }) => paths).map((path) => readFile(join(dirname(cocoModelPath), path))),
  );
  const weightData = Uint8Array.from(Buffer.concat(shards)).buffer;
  const weightSpecs = groups.flatMap(({ weights }) => weights);
  const model = await load({
    load: async () => ({ modelTopology: json.modelTopology, weightSpecs, weightData }),
  });
  return async (photo) => {
    const { data, width, height } = await readImage(photo);
    const image = tf.tensor4d(Int32Array.from(data), [1, height, width, 3], 'int32');
    const logits = await model.executeAsync(image, 'concat_1');
    tf.dispose(image);
    if (Array.isArray(logits)) throw new Error('One output was asked for.');
    const values = await logits.data();
    logits.dispose();
    return Float32Array.from(values);
  };
}
