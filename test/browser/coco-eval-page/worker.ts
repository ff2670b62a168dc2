// Evaluates in a worker what it is sent, read from files as a page's visitor would choose them.

import {
  type CocoDataset,
  type CocoDetection,
  type EvaluateOptions,
  evaluate,
  readGroundTruth,
  readResults,
} from '@ssdlite/coco-eval';

export interface Call {
  readonly groundTruth: CocoDataset;
  readonly detections: readonly CocoDetection[];
  readonly options: EvaluateOptions;
}

addEventListener('message', async ({ data: { groundTruth, detections, options } }: MessageEvent<Call>) => {
  const { type = 'bbox' } = options;
  const truth = await readGroundTruth(new File([JSON.stringify(groundTruth)], 'truth.json'), { type });
  const { body } = new Response(JSON.stringify(detections));
  if (!body) throw new Error('A response has a body.');
  const results = await readResults(body, truth, { type });
  postMessage(evaluate(truth, results, options).stats);
});
