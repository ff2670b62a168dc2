// A run: training that is kept in a folder, can be stopped and goes on, and ends with weights and a report.

import { availableParallelism, cpus } from 'node:os';
import { basename, join } from 'node:path';
import { evaluate } from '@ssdlite/coco-eval';
import { SsdliteError } from '@ssdlite/layers';
import type { DetectorFacts, Engine, Metric } from 'ssdlite';
import { chooseEngine, readDetectorWeights } from 'ssdlite/node';
import { type AugmentConfig, tfOdAugment } from '../augment/augment.ts';
import { calibrateThresholds } from '../evaluation/calibrate-thresholds.ts';
import { detectDataset } from '../evaluation/detect-dataset.ts';
import { findLearningRate, type LearningRateRange } from '../optimizer/find-learning-rate.ts';
import { batches } from '../run/batches.ts';
import type { RunConfig, RunData } from '../run/run-config.ts';
import type { Dataset } from '../sample.ts';
import { startTraining } from '../start/start-training.ts';
import { type TrainStep, train, type Validation } from '../train.ts';
import type { TrainerConfig } from '../trainer-config.ts';
import { writeBestWeights } from './best-weights.ts';
import { type BestValidation, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { type CocoDataset, cocoDataset } from './coco-dataset.ts';
import { drawSamples, firstPictures } from './draw-samples.ts';
import { EventFile, type Summary } from './event-file.ts';
import { openDevice, type TrainingEngineName } from './open-device.ts';
import { RunFolder } from './run-folder.ts';
import { RunLog, readLog } from './run-log.ts';
import { runReport } from './run-report.ts';
import { startingPoint } from './train.ts';
import { writeDurably } from './write-durably.ts';

/** Labelled pictures on disk. */
export interface LabelledFolder {
  /** JSON file in COCO's format. */
  readonly annotations: string;
  /** Folder of its pictures. */
  readonly images: string;
}

export interface TrainRunOptions {
  /** The run's folder. */
  readonly out: string;
  readonly train: LabelledFolder;
  /** Pictures that are not trained on. Without them nobody knows how good the weights are. */
  readonly validation?: LabelledFolder | undefined;
  /** Categories to learn; default: all of the training annotations that have a box. */
  readonly classes?: readonly string[] | undefined;
  /** Weights to start from: `coco`, `scratch`, or a path. Default `coco`. */
  readonly from?: string;
  /** What is to be other than `defaultConfig` says. */
  readonly config?: Partial<Omit<TrainerConfig, 'architecture'>>;
  /** The same where it depends on how long the run is; goes before `config`. */
  readonly settings?: (run: { readonly steps: number }) => Partial<Omit<TrainerConfig, 'architecture'>>;
  /** Times that every picture is seen. Default 30. */
  readonly epochs?: number | undefined;
  /** Steps of the whole run; goes before `epochs`. */
  readonly steps?: number | undefined;
  /** Pictures per step. Default 8. */
  readonly batchSize?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Default: TF Object Detection's. */
  readonly augment?: AugmentConfig;
  /**
   * Fixed views of each picture, whose features are kept while the backbone is frozen; 0: a new view each time. Default: as many as fit into
   * memory, 2 to 16, with a frozen backbone, else 0.
   */
  readonly views?: number | undefined;
  /** Threads that read pictures. */
  readonly workers?: number | undefined;
  /** Default `tfjs-node`. */
  readonly engine?: TrainingEngineName;
  /** Goes on with the run in the folder, to the same result as if it had not stopped. Default false. */
  readonly resume?: boolean;
  /** Steps between validations. Default: an epoch, or a twentieth of the run if that is more. */
  readonly validateEvery?: number | undefined;
  /** Steps between checkpoints. Default 100. There is one at every validation, too. */
  readonly checkpointEvery?: number | undefined;
  /** Steps between drawings of what is found on four pictures; 0: none. Default: a tenth of the run. */
  readonly sampleEvery?: number | undefined;
  /** SPDX identifier, for the manifest. */
  readonly licence?: string | undefined;
  /** Stops after the step under way; what is done is kept. */
  readonly signal?: AbortSignal | undefined;
}

/** What a run tells while it goes. */
export type RunEvent =
  | {
      readonly kind: 'started';
      readonly config: RunConfig;
      readonly problems: readonly string[] /** Steps done before. */;
      readonly from: number;
    }
  | {
      readonly kind: 'step';
      readonly step: TrainStep;
      readonly picturesPerSecond: number;
      readonly secondsLeft: number;
    }
  | {
      readonly kind: 'validation';
      readonly step: number;
      readonly validation: Validation;
      readonly isBest: boolean;
    }
  | { readonly kind: 'skipped'; readonly message: string }
  | { readonly kind: 'samples'; readonly path: string }
  | { readonly kind: 'stopped'; readonly step: number }
  | ({ readonly kind: 'done' } & RunResult);

export interface RunResult {
  /** Folder of weights and manifest, for `createDetector({ weights })`. */
  readonly weights: string;
  readonly bytes: number;
  readonly report: string;
  /** COCO's figures of the weights as they are stored; undefined without validation. */
  readonly stats: Readonly<Record<string, number>> | undefined;
  readonly seconds: number;
}

const defaults = { epochs: 30, batchSize: 8, checkpointEvery: 100, samples: 4 } as const;

/** Memory for what a frozen backbone makes of pictures, and what it takes per view (19 x 19 x 576 and 10 x 10 x 1280 numbers). */
const cacheBytes = 2 ** 31;
const bytesPerView = 4 * (19 * 19 * 576 + 10 * 10 * 1280);

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

/** What a run works on; its data hold threads. */
async function openRun(options: TrainRunOptions) {
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

interface RunParts {
  readonly options: TrainRunOptions;
  readonly config: RunConfig;
  readonly folder: RunFolder;
  readonly data: CocoDataset;
  readonly validation: CocoDataset | undefined;
  readonly engine: Engine;
}

class Run {
  readonly #parts: RunParts;
  readonly #skipped: string[] = [];
  #best: BestValidation | undefined;
  /** Spent before this process. */
  #secondsBefore = 0;
  readonly #started = performance.now();

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  async *go(
    start: Pick<Parameters<typeof train>[0], 'device'> & {
      readonly start: Parameters<typeof train>[0]['from'];
    },
  ): AsyncGenerator<RunEvent, void, void> {
    const { options, config, folder, data, validation, engine } = this.#parts;
    const { signal } = options;
    const checkpoint = options.resume ? await readCheckpoint(folder.checkpoint) : undefined;
    this.#best = checkpoint?.best;
    this.#secondsBefore = checkpoint?.seconds ?? 0;
    const done = checkpoint?.state.step ?? 0;
    const log = await RunLog.open(folder.log, done);
    const events = await EventFile.create(
      join(folder.events, `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${process.pid}.${done}`),
      done,
    );
    const problems = [...data.problems, ...(validation?.problems ?? [])].map(({ message }) => message);
    yield { kind: 'started', config, problems, from: done };
    const waiting: string[] = [];
    let last: TrainStep | undefined;
    let rate = 0;
    let saved = done;
    try {
      const steps = train({
        dataset: data,
        validation,
        from: start.start,
        device: start.device,
        engine,
        steps: config.steps,
        batchSize: config.batchSize,
        validateEvery: config.validateEvery,
        config: config.config,
        seed: config.seed,
        cacheBytes,
        signal,
        onSkip: ({ error }) => waiting.push(error.message),
        ...(checkpoint && { resume: checkpoint }),
      });
      for await (const step of steps) {
        last = step;
        const count = step.step + 1;
        for (const message of waiting.splice(0)) {
          this.#skipped.push(message);
          await log.add({ kind: 'skipped', step: step.step, message });
          yield { kind: 'skipped', message };
        }
        const { losses, learningRate, gradientNorm, positives, epoch } = step;
        // The first step of a process loads and compiles: it says nothing of the others.
        rate = rate === 0 ? step.picturesPerSecond : rate * 0.9 + step.picturesPerSecond * 0.1;
        const line = { step: step.step, epoch, losses, learningRate, gradientNorm, positives };
        await log.add({
          kind: 'step',
          ...line,
          picturesPerSecond: Number(step.picturesPerSecond.toPrecision(4)),
        });
        await events.add(step.step, scalars(step));
        yield {
          kind: 'step',
          step,
          picturesPerSecond: rate,
          secondsLeft: ((config.steps - count) * config.batchSize) / rate,
        };
        if (step.validation) {
          const isBest = await this.#validated(step, step.validation);
          const perClass = Object.fromEntries(
            step.validation.perCategory.map(({ name, stats }) => [name, stats.AP ?? -1]),
          );
          const { stats } = step.validation;
          await log.add({ kind: 'validation', step: count, stats, perClass });
          await events.add(
            step.step,
            Object.entries(stats).map(([tag, value]) => ({ tag: `validation/${tag}`, value })),
          );
          yield { kind: 'validation', step: count, validation: step.validation, isBest };
        }
        if (config.sampleEvery > 0 && count % config.sampleEvery === 0) {
          const path = await this.#draw(step, events);
          yield { kind: 'samples', path };
        }
        if (step.validation || count % config.checkpointEvery === 0) {
          await this.#checkpoint(step);
          saved = count;
        }
      }
    } catch (error) {
      throw this.#advised(error, saved);
    }
    if (last && last.step + 1 > saved) await this.#checkpoint(last);
    if (last && (last.step + 1 < config.steps || signal?.aborted)) {
      yield { kind: 'stopped', step: last.step + 1 };
      return;
    }
    if (!last && signal?.aborted) {
      yield { kind: 'stopped', step: done };
      return;
    }
    if (last && !validation) await this.#keep(last, []);
    yield { kind: 'done', ...(await this.#finish()) };
  }

  get #seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#started) / 1000;
  }

  /** Keeps the weights if they are better than all before. */
  async #validated(step: TrainStep, { AP }: Validation): Promise<boolean> {
    if (this.#best && AP <= this.#best.AP) return false;
    this.#best = { step: step.step + 1, AP };
    await this.#keep(step, [this.#metric(AP, 'float32 weights')]);
    return true;
  }

  #metric(value: number, what: string): Metric {
    const { config } = this.#parts;
    const { annotations = '', pictures = 0 } = config.validation ?? {};
    return {
      name: 'AP',
      value: Number(value.toFixed(4)),
      dataSet: `${basename(annotations)}, ${pictures} pictures`,
      method: `coco-eval, bbox, IoU 0.5:0.95, 100 detections, ${what}`,
    };
  }

  async #keep(step: TrainStep, metrics: readonly Metric[]): Promise<void> {
    const { config, folder, options } = this.#parts;
    const { weights, ...network } = step.training.candidate();
    const { train: data } = config;
    const facts: DetectorFacts = {
      name: config.name,
      ...network,
      metrics,
      source: { name: config.from === 'coco' ? 'ssdlite_mobilenet_v2_coco' : config.from },
      ...(options.licence !== undefined && { licence: options.licence }),
      notes: [
        `Trained on ${data.pictures} pictures with ${data.boxes} boxes (${basename(data.annotations)}), ${step.step + 1} steps of ${config.batchSize}.`,
      ],
    };
    await writeBestWeights(folder.best, { facts, weights, step: step.step + 1, encoding: 'hybrid' });
  }

  async #checkpoint({ training, place }: TrainStep): Promise<void> {
    await writeCheckpoint(this.#parts.folder.checkpoint, {
      state: training.trainer.state(),
      place,
      best: this.#best,
      seconds: this.#seconds,
    });
  }

  async #draw({ step, training }: TrainStep, events: EventFile): Promise<string> {
    const { folder, engine } = this.#parts;
    const pictures = this.#samplePictures();
    const detected = await detectDataset(training.candidate(), { dataset: pictures, engine });
    const picture = await drawSamples(pictures, detected, training.labels);
    const path = join(folder.samples, `step-${String(step + 1).padStart(6, '0')}.jpg`);
    await writeDurably(path, picture.encoded);
    await events.add(step, [{ tag: 'samples', picture }]);
    return path;
  }

  /** The first few of the validation's; without one, of the training's. */
  #samplePictures(): Dataset {
    const { data, validation } = this.#parts;
    return firstPictures(validation ?? data, defaults.samples);
  }

  /** Figures and thresholds of the weights as they are stored, and the report. */
  async #finish(): Promise<RunResult> {
    const { config, folder, validation, engine, data } = this.#parts;
    const { manifest, weights } = await readDetectorWeights(folder.best);
    const { architecture, labels, scoreConverter } = manifest;
    const candidate = { architecture, labels, scoreConverter, weights };
    const detected =
      validation && (await detectDataset(candidate, { dataset: validation, engine, onError: () => {} }));
    const figures = detected && evaluate(detected.truth, detected.detections);
    const thresholds = detected ? calibrateThresholds(detected) : [];
    const step = this.#best?.step ?? config.steps;
    const facts: DetectorFacts = {
      ...manifest,
      metrics: figures ? [this.#metric(figures.stats.AP ?? -1, 'int8 weights as stored')] : [],
      ...(thresholds.length > 0 && {
        thresholds: {
          dataSet: `${basename(config.validation?.annotations ?? '')}, ${config.validation?.pictures} pictures`,
          method: 'highest F1 at IoU 0.5',
          classes: thresholds,
        },
      }),
    };
    // The numbers are the int8 file's own, so that they are stored without loss.
    const { bytes } = await writeBestWeights(folder.best, { facts, weights, step, encoding: 'hybrid' });
    const samples = await this.#lastSamples(candidate);
    const report = runReport({
      config,
      log: await readLog(folder.log),
      seconds: this.#seconds,
      stats: figures?.stats,
      perClass: config.classes.map((name, index) => {
        const threshold = thresholds.find(({ id }) => id === index + 1)?.scoreThreshold;
        return {
          name,
          boxes: data.annotations.boxCounts[index] ?? 0,
          AP: figures?.perCategory.find(({ id }) => id === index + 1)?.stats.AP ?? -1,
          ...(threshold !== undefined && { threshold }),
        };
      }),
      problems: [...data.problems.map(({ message }) => message), ...this.#skipped],
      samples,
      machine: `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'an unknown processor'}, Node ${process.version}`,
    });
    await writeDurably(folder.report, report);
    return {
      weights: folder.best,
      bytes,
      report: folder.report,
      stats: figures?.stats,
      seconds: this.#seconds,
    };
  }

  async #lastSamples(candidate: Parameters<typeof detectDataset>[0]): Promise<Uint8Array | undefined> {
    if (this.#parts.config.sampleEvery === 0) return undefined;
    const pictures = this.#samplePictures();
    const detected = await detectDataset(candidate, { dataset: pictures, engine: this.#parts.engine });
    return (await drawSamples(pictures, detected, candidate.labels)).encoded;
  }

  /** What a failed run leaves, beside what went wrong. */
  #advised(error: unknown, saved: number): unknown {
    if (!(error instanceof SsdliteError)) return error;
    const kept =
      saved > 0
        ? ` The checkpoint of step ${saved} is kept in '${this.#parts.folder.path}'${this.#best ? `, the best weights so far in 'best'` : ''}.`
        : '';
    if (kept === '') return error;
    const { code, message, next, value, cause } = error;
    return new SsdliteError(code, message.slice(0, message.length - next.length).trim(), {
      value,
      next: `${next}${kept}`,
      cause: cause ?? error,
    });
  }
}

function scalars({ losses, learningRate, gradientNorm, picturesPerSecond }: TrainStep): Summary[] {
  return [
    ...Object.entries(losses).map(([part, value]) => ({ tag: `loss/${part}`, value })),
    { tag: 'learning rate', value: learningRate },
    { tag: 'gradient norm', value: gradientNorm },
    { tag: 'pictures per second', value: picturesPerSecond },
  ];
}
