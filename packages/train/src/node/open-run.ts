// What a run works on: its folder, its data, and the settings that follow from both.

import { tfOdAugment } from '../augment/augment.ts';
import type { RunConfig, RunData } from '../run/run-config.ts';
import { type CocoDataset, cocoDataset } from './coco-dataset.ts';
import { RunFolder } from './run-folder.ts';
import { startingPoint } from './train.ts';
import type { LabelledFolder, TrainRunOptions } from './train-run-options.ts';

const defaults = { epochs: 30, batchSize: 8, checkpointEvery: 100 } as const;

/** Memory for what a frozen backbone makes of pictures, and what it takes per view (19 x 19 x 576 and 10 x 10 x 1280 numbers). */
export const cacheBytes = 2 ** 31;
const bytesPerView = 4 * (19 * 19 * 576 + 10 * 10 * 1280);

/** What a run works on; its data hold threads. */
export async function openRun(options: TrainRunOptions) {
  const { workers, signal } = options;
  const folder = new RunFolder(options.out);
  const from = options.from ?? 'coco';
  const start = await startingPoint(from);
  const size = start === 'scratch' ? { height: 300, width: 300 } : start.manifest.architecture.inputSize;
  const shared = { ...(workers !== undefined && { workers }), signal };
  const labelled = await cocoDataset({
    ...options.train,
    ...shared,
    ...(options.classes && { classes: options.classes }),
    workers: 0,
  });
  const validation =
    options.validation && (await validationSet(options.validation, labelled.classes, shared));
  const config = settingsOf(options, { labelled, validation, folder, from });
  const data = await cocoDataset({
    ...options.train,
    ...shared,
    classes: config.classes,
    config: { size, augment: config.augment, seed: config.seed, views: config.views },
  });
  return { folder, start, config, data, validation } as const;
}

function validationSet(
  paths: LabelledFolder,
  classes: readonly string[],
  shared: { readonly workers?: number; readonly signal: AbortSignal | undefined },
): Promise<CocoDataset> {
  return cocoDataset({ ...paths, ...shared, classes, needsExamples: false });
}

function settingsOf(
  options: TrainRunOptions,
  found: {
    readonly labelled: CocoDataset;
    readonly validation: CocoDataset | undefined;
    readonly folder: RunFolder;
    readonly from: string;
  },
): RunConfig {
  const { labelled, validation, folder, from } = found;
  const { batchSize = defaults.batchSize, epochs = defaults.epochs, seed = 0 } = options;
  const perEpoch = labelled.length / batchSize;
  const steps = options.steps ?? Math.ceil(epochs * perEpoch);
  const config = { ...options.config, ...options.settings?.({ steps }) };
  const frozen = (config.freeze ?? (from === 'scratch' ? 'none' : 'backbone')) === 'backbone';
  const fitting = Math.min(Math.max(Math.floor(cacheBytes / bytesPerView / labelled.length), 2), 16);
  const views = options.views ?? (frozen ? fitting : 0);
  return {
    format: 'ssdlite-run/1',
    name: folder.name,
    classes: labelled.classes,
    train: dataOf(options.train, labelled),
    validation: options.validation && validation && dataOf(options.validation, validation),
    from,
    config,
    batchSize,
    steps,
    seed,
    augment: options.augment ?? tfOdAugment,
    views: views === 0 ? undefined : views,
    validateEvery: options.validateEvery ?? Math.ceil(Math.max(perEpoch, steps / 20)),
    checkpointEvery: options.checkpointEvery ?? defaults.checkpointEvery,
    sampleEvery: options.sampleEvery ?? Math.ceil(steps / 10),
  };
}

function dataOf(
  { annotations, images }: LabelledFolder,
  { length, annotations: labels }: CocoDataset,
): RunData {
  return {
    annotations,
    images,
    pictures: length,
    boxes: labels.boxCounts.reduce((sum, count) => sum + count, 0),
  };
}
