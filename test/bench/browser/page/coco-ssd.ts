// @tensorflow-models/coco-ssd as its users run it: on a global backend, with its model from an address.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as cocoSsd from '@tensorflow-models/coco-ssd';

/** What is measured of it. */
export interface CocoSsd {
  detect(image: HTMLImageElement | ImageBitmap): Promise<cocoSsd.DetectedObject[]>;
}

/** @param backend `wasm-1`, `wasm-2` (threads) or `webgl` */
export async function loadCocoSsd(backend: string): Promise<CocoSsd> {
  const [name = '', threads] = backend.split('-');
  setWasmPaths('wasm/');
  if (threads) setThreadsCount(Number(threads));
  if (threads === '1') tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  await tf.setBackend(name);
  await tf.ready();
  const model = await cocoSsd.load({ base: 'lite_mobilenet_v2', modelUrl: 'coco-ssd/model.json' });
  // Its types leave out what it takes just the same.
  return { detect: (image) => model.detect(image as HTMLImageElement, 20, 0.5) };
}
