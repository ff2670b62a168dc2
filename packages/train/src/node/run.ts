// A run that goes: steps, validations, checkpoints, samples, and at the end weights and a report.

import { availableParallelism, cpus } from 'node:os';
import { basename, join } from 'node:path';
import { evaluate } from '@ssdlite/coco-eval';
import { SsdliteError } from '@ssdlite/layers';
import type { DetectorFacts, Engine, Metric } from 'ssdlite';
import { readDetectorWeights } from 'ssdlite/node';
import { calibrateThresholds } from '../evaluation/calibrate-thresholds.ts';
import { detectDataset } from '../evaluation/detect-dataset.ts';
import type { RunConfig } from '../run/run-config.ts';
import type { Dataset } from '../sample.ts';
import { type TrainStep, train, type Validation } from '../train.ts';
import { writeBestWeights } from './best-weights.ts';
import { type BestValidation, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { CocoDataset } from './coco-dataset.ts';
import { drawSamples, firstPictures } from './draw-samples.ts';
import { EventFile, type Summary } from './event-file.ts';
import { cacheBytes } from './open-run.ts';
import type { RunFolder } from './run-folder.ts';
import { RunLog, readLog } from './run-log.ts';
import { runReport } from './run-report.ts';
import type { RunEvent, RunResult, TrainRunOptions } from './train-run-options.ts';
import { writeDurably } from './write-durably.ts';

/** Pictures on which the progress is drawn. */
const sampleCount = 4;

interface RunParts {
  readonly options: TrainRunOptions;
  readonly config: RunConfig;
  readonly folder: RunFolder;
  readonly data: CocoDataset;
  readonly validation: CocoDataset | undefined;
  readonly engine: Engine;
}

export class Run {
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
    return firstPictures(validation ?? data, sampleCount);
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
