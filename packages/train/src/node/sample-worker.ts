// The worker that makes samples: reads, augments and resizes pictures beside the thread that trains.

import { parentPort, workerData } from 'node:worker_threads';
import { SsdliteError } from '@ssdlite/layers';
import type { LabelledImage } from '../data/read-annotations.ts';
import { type DatasetConfig, trainingDataset } from '../data/training-dataset.ts';
import type { Sample } from '../sample.ts';
import { readPicture } from './read-picture.ts';

/** What a worker is started with. */
export interface SampleWorkerData {
  readonly folder: string;
  readonly classes: readonly string[];
  readonly images: readonly LabelledImage[];
  readonly config: DatasetConfig;
}

/** What a worker is asked for. */
export interface SampleRequest {
  readonly request: number;
  readonly index: number;
  readonly epoch: number;
}

/** What it answers. An error is sent in parts: classes do not survive the way. */
export type SampleAnswer = { readonly request: number } & (
  | { readonly sample: Sample }
  | {
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly next: string;
        readonly value: unknown;
      };
    }
);

const { folder, classes, images, config } = workerData as SampleWorkerData;
const dataset = trainingDataset({
  annotations: { classes, images },
  config,
  read: (image, signal) => readPicture(folder, image, signal),
});

parentPort?.on('message', async ({ request, index, epoch }: SampleRequest) => {
  try {
    const sample = await dataset.sample(index, { epoch });
    const answer: SampleAnswer = { request, sample };
    // The pixels are ours alone: they move instead of being copied.
    parentPort?.postMessage(answer, [sample.pixels.data.buffer as ArrayBuffer]);
  } catch (error) {
    const known = error instanceof SsdliteError;
    const answer: SampleAnswer = {
      request,
      error: {
        code: known ? error.code : 'ENGINE_FAILED',
        message: error instanceof Error ? error.message : String(error),
        next: known ? error.next : '',
        value: known && typeof error.value !== 'object' ? error.value : undefined,
      },
    };
    parentPort?.postMessage(answer);
  }
});
