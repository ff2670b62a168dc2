// The worker that trains: heads on WebGL, behind COCO's frozen backbone.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl';
import {
  type LabelledImage,
  openTrainingDevice,
  type TrainStep,
  train,
  trainingDataset,
} from '@ssdlite/train';
import { encodeDetector } from 'ssdlite';
import { readDetectorWeights } from 'ssdlite/browser';
import type { FromWorker, LabelledPicture, ToWorker } from './protocol.ts';

/** Fixed views of each picture: what the backbone makes of them is computed once. */
const views = 4;
const mostAtOnce = 4;

const stop = new AbortController();

addEventListener('message', async ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'stop') {
    stop.abort();
    return;
  }
  try {
    await learn(data.pictures, data.steps);
  } catch (error) {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});

async function learn(pictures: readonly LabelledPicture[], steps: number): Promise<void> {
  const classes = [...new Set(pictures.flatMap(({ boxes }) => boxes.map(({ label }) => label)))];
  const from = await readDetectorWeights();
  const dataset = trainingDataset({
    annotations: { classes, images: pictures.map((picture, id) => toImage(picture, { id, classes })) },
    config: { size: from.manifest.architecture.inputSize, views },
    read: async ({ id }) => toRgb(pictures[id] as LabelledPicture),
  });
  const device = await openTrainingDevice(tf, 'webgl');
  let last: TrainStep | undefined;
  const run = train({
    dataset,
    from,
    device,
    steps,
    batchSize: Math.min(mostAtOnce, pictures.length),
    signal: stop.signal,
  });
  for await (const step of run) {
    last = step;
    const { loss, picturesPerSecond } = step;
    say({ kind: 'step', step: step.step + 1, steps, loss, picturesPerSecond });
  }
  if (!last) throw new Error('Stopped before the first step.');
  const { architecture, labels, weights } = last.training.candidate();
  const notes = [`Trained in a browser on ${pictures.length} pictures, ${last.step + 1} steps.`];
  const facts = {
    name: 'trained-here',
    architecture,
    labels,
    metrics: [],
    source: { name: from.manifest.name },
    notes,
  };
  const { manifest, bytes } = await encodeDetector(weights, facts, 'hybrid');
  postMessage({ kind: 'done', manifest, bytes, steps: last.step + 1 } satisfies FromWorker, {
    transfer: [bytes.buffer],
  });
}

function toImage(
  { name, width, height, boxes }: LabelledPicture,
  { id, classes }: { readonly id: number; readonly classes: readonly string[] },
): LabelledImage {
  return {
    id,
    fileName: name,
    width,
    height,
    boxes: Float32Array.from(
      boxes.flatMap((box) => [
        box.y / height,
        box.x / width,
        (box.y + box.height) / height,
        (box.x + box.width) / width,
      ]),
    ),
    classes: Int32Array.from(boxes, ({ label }) => classes.indexOf(label) + 1),
    boxWeights: new Float32Array(boxes.length).fill(1),
  };
}

function toRgb({ data, width, height }: LabelledPicture) {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      rgb[pixel * 3 + channel] = data[pixel * 4 + channel] as number;
  }
  return { data: rgb, width, height };
}

function say(message: FromWorker): void {
  postMessage(message);
}
