// Training as a loop: one step after the other, with validation now and then.

import { type EvaluationResult, evaluate } from '@ssdlite/coco-eval';
import { selectClasses } from './data/select-classes.ts';
import { deviceEngine } from './device/device-engine.ts';
import { detectDataset } from './evaluation/detect-dataset.ts';
import { type BatchPlace, batches, type SkippedPicture } from './run/batches.ts';
import { rememberedSamples } from './run/remembered-samples.ts';
import type { Dataset } from './sample.ts';
import { type StartTrainingOptions, startTraining, type Training } from './start/start-training.ts';
import type { StepResult, TrainerState } from './trainer.ts';

/** COCO's figures of a validation. */
export interface Validation extends Pick<EvaluationResult, 'stats' | 'perCategory'> {
  /** COCO's AP: the mean over IoU 0.5 to 0.95. */
  readonly AP: number;
  /** At IoU 0.5. */
  readonly AP50: number;
}

/** Where a run that was broken off goes on. */
export interface ResumePoint {
  readonly state: TrainerState;
  /** The batches that come next. */
  readonly place: BatchPlace;
}

export interface TrainOptions extends Omit<StartTrainingOptions, 'steps'> {
  /** Of the data sets', these alone, in this order: see `selectClasses`. Default all. */
  readonly classes?: readonly string[];
  /** Pictures that are not trained on, as they are. */
  readonly validation?: Dataset | undefined;
  /** Steps between validations. Default: an epoch, or a twentieth of the run if that is more; and at the end. */
  readonly validateEvery?: number;
  /** Times that every picture is seen. Default 30, unless `steps` are given. */
  readonly epochs?: number;
  /** Steps of the whole run; goes before `epochs`. */
  readonly steps?: number;
  /** Pictures per step. Default 8. */
  readonly batchSize?: number;
  readonly resume?: ResumePoint | undefined;
  /** Receives pictures that cannot be read, once each; they are left out. */
  readonly onSkip?: (picture: SkippedPicture) => void;
}

/** One step of a run. */
export interface TrainStep extends StepResult {
  /** Total loss. */
  readonly loss: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** From 0. */
  readonly epoch: number;
  /** Pictures per second, reading included, validation not. */
  readonly picturesPerSecond: number;
  /** Present where there was one. */
  readonly validation?: Validation;
  /** What comes next: with `training.trainer.state()`, all that a resumed run needs. */
  readonly place: BatchPlace;
  readonly training: Training;
}

/**
 * Trains a detector on a data set's classes.
 *
 * An aborted run ends after the step under way, without an error. When the loop ends, weights can still be taken from the last step.
 *
 * @throws SsdliteError `DATASET_INVALID` if too many pictures cannot be read or a box is wrong, `TRAINING_DIVERGED`, `RUN_MISMATCH` if `resume` is
 * of another configuration, `OUT_OF_MEMORY`, and what `startTraining` throws
 * @example
 * for await (const step of train({ dataset, validation, from: await readDetectorWeights(), device })) {
 *   console.log(step.loss, step.validation?.AP);
 * }
 */
export async function* train({ classes, ...given }: TrainOptions): AsyncGenerator<TrainStep, void, void> {
  const options = classes ? { ...given, ...selected(given, classes) } : given;
  const { dataset, validation, batchSize = 8, epochs = 30, seed = 0, resume, signal, onSkip } = options;
  const stepsPerEpoch = dataset.length / batchSize;
  const steps = options.steps ?? Math.ceil(epochs * stepsPerEpoch);
  const { validateEvery = Math.ceil(Math.max(stepsPerEpoch, steps / 20)) } = options;
  const updates = Math.ceil(steps / (options.config?.accumulate ?? 1));
  const training = await startTraining({ ...options, steps: updates });
  const { trainer } = training;
  if (resume) trainer.restore(resume.state);
  const engine = options.engine ?? deviceEngine(options.device);
  try {
    const remembered = rememberedSamples(dataset, (sample) => trainer.knows(sample));
    const data = batches(remembered, {
      batchSize,
      seed,
      signal,
      ...(resume && { from: resume.place }),
      ...(onSkip && { onSkip }),
    });
    let started = performance.now();
    let { epoch } = resume?.place ?? { epoch: 0 };
    for await (const { samples, place } of data) {
      if (trainer.step >= steps || signal?.aborted) return;
      const result = await trainer.train(samples);
      const seconds = (performance.now() - started) / 1000;
      const isLast = trainer.step >= steps;
      const isDue = validation && (isLast || trainer.step % validateEvery === 0);
      const figures = isDue ? await validate(training, { dataset: validation, engine, signal }) : undefined;
      yield {
        ...result,
        loss: result.losses.total,
        steps,
        epoch,
        picturesPerSecond: samples.length / seconds,
        ...(figures && { validation: figures }),
        place,
        training,
      };
      if (isLast) return;
      started = performance.now();
      epoch = place.epoch;
    }
  } finally {
    await trainer.dispose();
  }
}

function selected(
  { dataset, validation }: Pick<TrainOptions, 'dataset' | 'validation'>,
  classes: readonly string[],
): Pick<TrainOptions, 'dataset' | 'validation'> {
  return {
    dataset: selectClasses(dataset, classes),
    ...(validation && { validation: selectClasses(validation, classes) }),
  };
}

/** COCO's figures of a training's weights on pictures; undefined if the signal ended it. */
async function validate(
  training: Training,
  options: Parameters<typeof detectDataset>[1],
): Promise<Validation | undefined> {
  try {
    const { truth, detections } = await detectDataset(training.candidate(), options);
    const { stats, perCategory } = evaluate(truth, detections);
    return { AP: stats.AP ?? -1, AP50: stats.AP50 ?? -1, stats, perCategory };
  } catch (error) {
    if (options.signal?.aborted) return undefined;
    throw error;
  }
}
