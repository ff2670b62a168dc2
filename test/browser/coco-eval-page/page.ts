// What the test of @ssdlite/coco-eval calls: boxes on the page itself, everything in a worker.

import { evaluate, type Stats } from '@ssdlite/coco-eval/bbox';
import type { Call } from './worker.ts';

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

export const lib = {
  onPage: ({ groundTruth, detections, options }: Call): Stats =>
    evaluate(groundTruth, detections, { ...options, type: 'bbox' }).stats,
  inWorker: (call: Call): Promise<Stats> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Stats>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(call);
    }),
};

Object.assign(globalThis, { cocoEval: lib });
