// The page on which the tests train.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl';
import { openTrainingDevice } from '@ssdlite/train';
import { tinyLosses } from '../tiny-training.ts';

/** Losses of a tiny training on a backend of this browser, and tensors left. */
async function lossesOn(backend: string): Promise<{ losses: number[]; tensors: number }> {
  const device = await openTrainingDevice(tf, backend);
  const losses = await tinyLosses(device);
  return { losses, tensors: device.tensorCount };
}

declare global {
  var trainPage: { readonly lossesOn: typeof lossesOn };
}

globalThis.trainPage = { lossesOn };
