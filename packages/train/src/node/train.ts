// `train` as a Node program calls it: COCO's weights and a device by their names.

import { chooseEngine, readDetectorWeights } from 'ssdlite/node';
import type { TrainingDevice } from '../device/training-device.ts';
import type { StartingPoint } from '../start/start-training.ts';
import { type TrainOptions, type TrainStep, train as trainOnDevice } from '../train.ts';
import { openDevice, type TrainingEngineName } from './open-device.ts';

/** Options of `train` in Node. */
export interface NodeTrainOptions extends Omit<TrainOptions, 'from' | 'device'> {
  /** Weights to start from: `coco`, `scratch`, a path or file URL of others, or what was read of one. Default `coco`. */
  readonly from?: StartingPoint | 'coco' | string | URL;
  /** What trains. Default `tfjs-node`; `cpu`, plain JavaScript, serves for trying things out. */
  readonly device?: TrainingDevice | TrainingEngineName;
}

/**
 * Trains a detector on a data set's classes: `train` of `@ssdlite/train` with weights and device by their names, and frozen layers
 * on the fastest engine that loads.
 *
 * @throws SsdliteError `ENGINE_UNAVAILABLE` with what to install, `WEIGHTS_…`, and what `train` of `@ssdlite/train` throws
 * @example
 * const dataset = await cocoDataset({ annotations: 'train.json', images: 'photos' });
 * for await (const step of train({ dataset, from: 'coco', classes: ['cup', 'spoon'], signal })) {
 *   console.log(step.loss, step.validation?.AP);
 * }
 */
export async function* train({
  from = 'coco',
  device = 'tfjs-node',
  engine,
  ...options
}: NodeTrainOptions): AsyncGenerator<TrainStep, void, void> {
  yield* trainOnDevice({
    ...options,
    device: typeof device === 'string' ? await openDevice(device) : device,
    from: await startingPoint(from),
    engine: engine ?? (await chooseEngine('auto', {})).engine,
  });
}

/** @param from `coco`, `scratch`, a path or file URL of weights, or what was read of one */
export async function startingPoint(from: NonNullable<NodeTrainOptions['from']>): Promise<StartingPoint> {
  if (from === 'scratch') return 'scratch';
  if (from === 'coco') return readDetectorWeights();
  return typeof from === 'string' || from instanceof URL ? readDetectorWeights(from) : from;
}
