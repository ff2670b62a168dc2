// A run: training that is kept in a folder, can be stopped and goes on, and ends with weights and a report.

import { chooseEngine } from 'ssdlite/node';
import { findLearningRate, type LearningRateRange } from '../optimizer/find-learning-rate.ts';
import { batches } from '../run/batches.ts';
import { startTraining } from '../start/start-training.ts';
import { openDevice } from './open-device.ts';
import { cacheBytes, openRun } from './open-run.ts';
import { Run } from './run.ts';
import type { RunEvent, TrainRunOptions } from './train-run-options.ts';

/**
 * Trains and keeps everything in a folder: `config.json`, `log.jsonl`, `tensorboard/`, `last.checkpoint`, `best/` (weights and manifest), `samples/`,
 * `report.html`. Whenever it is stopped or killed, checkpoint and weights are whole.
 *
 * @throws SsdliteError what `cocoDataset`, `train` and `readDetectorWeights` throw; `RUN_MISMATCH` if the folder holds a run that this is not;
 * `ENGINE_UNAVAILABLE`, `WRITE_FAILED`
 * @example
 * for await (const event of trainRun({ out: 'runs/mine', train: { annotations: 'train.json', images: 'photos/' } })) {
 *   if (event.kind === 'step') console.log(event.step.loss);
 * }
 */
export async function* trainRun(options: TrainRunOptions): AsyncGenerator<RunEvent, void, void> {
  const run = await openRun(options);
  try {
    await run.folder.prepare(run.config, { resume: options.resume ?? false });
    const device = await openDevice(options.engine ?? 'tfjs-node');
    const { engine } = await chooseEngine('auto', {});
    yield* new Run({ options, ...run, engine }).go({ start: run.start, device });
  } finally {
    await run.data.dispose();
    await run.validation?.dispose();
  }
}

/**
 * Finds a learning rate for a run, see `findLearningRate`; nothing is written.
 *
 * @param onBatch called before every step
 * @throws SsdliteError what `trainRun` throws
 */
export async function findRunLearningRate(
  options: TrainRunOptions,
  onBatch: () => void = () => {},
): Promise<LearningRateRange> {
  const { signal } = options;
  const { data, validation, config, start: from } = await openRun(options);
  try {
    const device = await openDevice(options.engine ?? 'tfjs-node');
    const { engine } = await chooseEngine('auto', {});
    const { batchSize, steps, seed } = config;
    const shared = { device, engine, steps, seed, cacheBytes, signal };
    const { trainer } = await startTraining({ dataset: data, from, config: config.config, ...shared });
    const stream = batches(data, { batchSize, seed, signal });
    try {
      return await findLearningRate(trainer, {
        ...(signal && { signal }),
        async batch() {
          onBatch();
          const { value } = await stream.next();
          return value?.samples ?? [];
        },
      });
    } finally {
      await stream.return();
      await trainer.dispose();
    }
  } finally {
    await data.dispose();
    await validation?.dispose();
  }
}
