// `ssdlite train`: a detector of one's own classes, from labelled pictures.

import { SsdliteError } from '@ssdlite/layers';
import {
  findRunLearningRate,
  type LearningRateRange,
  type RunEvent,
  type TrainingEngineName,
  type TrainRunOptions,
  trainingEngines,
  trainRun,
} from '@ssdlite/train/node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { pathFrom, print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import { classList, count, fraction, positive } from '../options/option-values.ts';
import { factList } from '../output/fact-list.ts';
import { duration } from '../output/progress.ts';
import { StatusLine } from '../output/status-line.ts';
import { fitColumns, tableLine, titleLine } from '../output/text-table.ts';
import type { Session } from '../session.ts';
import {
  losses,
  optimizers,
  schedules,
  type TrainerSettings,
  trainerSettings,
} from '../train/trainer-settings.ts';

interface TrainCommandOptions extends TrainerSettings {
  readonly annotations: string;
  readonly images: string;
  readonly val?: string;
  readonly valImages?: string;
  readonly out: string;
  readonly classes?: readonly (string | number)[];
  readonly from: string;
  readonly epochs?: number;
  readonly steps?: number;
  readonly batch: number;
  readonly flip: boolean;
  readonly crop: boolean;
  readonly colors?: boolean;
  readonly mosaic?: number;
  readonly views?: number;
  readonly seed: number;
  readonly workers?: number;
  readonly engine: TrainingEngineName | 'tfjs-webgl';
  readonly resume?: boolean;
  readonly validateEvery?: number;
  readonly checkpointEvery?: number;
  readonly sampleEvery?: number;
  readonly licence?: string;
  readonly findLr?: boolean;
  readonly json?: boolean;
}

const examples = `
The folder of a run holds config.json, log.jsonl, tensorboard/ (tensorboard --logdir), last.checkpoint, best/ (the weights for 'detect --weights'),
samples/ and report.html. Ctrl-C stops after the step under way; --resume goes on to the same result as if it had not stopped.

By default heads and extra maps learn while the backbone stays as COCO made it: minutes on two cores. --freeze none trains everything.

Examples:
  ssdlite train --annotations train.json --images photos --val val.json --out runs/mine
  ssdlite train --annotations train.json --images photos --classes cup,spoon --steps 500 --out runs/cups
  ssdlite train --annotations train.json --images photos --out runs/mine --find-lr
  ssdlite train --annotations train.json --images photos --out runs/mine --resume
  ssdlite detect photo.jpg --weights runs/mine/best`;

/** Adds the command. */
export function addTrain(program: Command, session: Session): void {
  program
    .command('train')
    .summary('train a detector on your own classes')
    .description(
      'Trains SSDLite on labelled pictures: from the COCO weights, from weights of your own, or from scratch.',
    )
    .requiredOption('--annotations <file>', "labels in COCO's format")
    .requiredOption('--images <dir>', 'folder of the pictures')
    .option('--val <file>', 'labels of pictures that are not trained on')
    .option('--val-images <dir>', 'folder of those pictures (default: that of --images)')
    .requiredOption('-o, --out <dir>', "the run's folder")
    .addOption(
      new Option('--classes <names>', 'categories to learn (default: all that have a box)').argParser(
        classList,
      ),
    )
    .option('--from <weights>', 'coco, scratch, or weights of your own', 'coco')
    .option(
      '--freeze <until>',
      'backbone, none, or the last layer that stays as it is (default: backbone; from scratch: none)',
    )
    .addOption(
      new Option('--epochs <n>', 'times that every picture is seen (default: 30)')
        .argParser(count)
        .conflicts('steps'),
    )
    .addOption(new Option('--steps <n>', 'steps of the whole run').argParser(count))
    .addOption(new Option('--batch <n>', 'pictures per step').argParser(count).default(8))
    .addOption(
      new Option(
        '--lr <rate>',
        'highest learning rate (default: 0.015; with --freeze none 0.004; from scratch 0.002)',
      ).argParser(positive),
    )
    .addOption(new Option('--schedule <name>', 'how the rate falls (default: cosine)').choices(schedules))
    .addOption(
      new Option('--optimizer <name>', "rmsprop is TensorFlow 1's (default; from scratch: adam)").choices(
        optimizers,
      ),
    )
    .addOption(
      new Option(
        '--loss <name>',
        'of the classes; sigmoid and softmax mine hard negatives (default: sigmoid)',
      ).choices(losses),
    )
    .addOption(
      new Option(
        '--batch-norm <kind>',
        'statistics of batch norm (default: frozen; from scratch: batch)',
      ).choices(['frozen', 'batch']),
    )
    .addOption(
      new Option(
        '--clip <norm>',
        'scale gradients down to this norm (default: 10; from scratch: never)',
      ).argParser(positive),
    )
    .addOption(new Option('--ema <decay>', 'average weights, for instance 0.999').argParser(fraction))
    .addOption(new Option('--accumulate <n>', 'batches per update').argParser(count))
    .addOption(
      new Option('--l2 <weight>', 'of the sum of squared weights (default: 0.00004)').argParser(nonNegative),
    )
    .option('--quantization-aware', 'train with kernels as int8 will hold them')
    .option('--no-flip', 'do not mirror pictures')
    .option('--no-crop', 'do not cut pictures')
    .option('--colors', 'change brightness, contrast, saturation and hue')
    .addOption(
      new Option('--mosaic <share>', 'put that share of pictures together with three others').argParser(
        fraction,
      ),
    )
    .addOption(
      new Option(
        '--views <n>',
        'fixed views of each picture, so that a frozen backbone sees each once; 0: a new one each time',
      ).argParser(wholeNumber),
    )
    .addOption(new Option('--seed <n>', 'of everything at random').argParser(wholeNumber).default(0))
    .addOption(new Option('--workers <n>', 'threads that read pictures').argParser(wholeNumber))
    .addOption(
      new Option('--engine <name>', 'what trains')
        .choices([...trainingEngines, 'tfjs-webgl'])
        .default('tfjs-node'),
    )
    .option('--resume', 'go on with the run in the folder')
    .addOption(
      new Option('--validate-every <steps>', 'default: an epoch, or a twentieth of the run').argParser(count),
    )
    .addOption(new Option('--checkpoint-every <steps>', 'default: 100').argParser(count))
    .addOption(
      new Option(
        '--sample-every <steps>',
        'draw what is found on four pictures; 0: never (default: a tenth of the run)',
      ).argParser(wholeNumber),
    )
    .option('--licence <id>', 'SPDX identifier, for the manifest')
    .option('--find-lr', 'only find a learning rate: it rises until the loss does')
    .option('--json', 'print events as JSON lines')
    .addHelpText('after', examples)
    .action(session.action(trainCommand));
}

async function trainCommand(session: Session, options: TrainCommandOptions): Promise<number> {
  const { io } = session;
  if (options.engine === 'tfjs-webgl') throw notInNode();
  const run = runOptions(session, options);
  const status = new StatusLine(io.stderr, { quiet: false });
  if (options.findLr) return findRate(session, { run, status, json: options.json === true });
  try {
    for await (const event of trainRun(run)) {
      if (options.json) await print(io.stdout, `${JSON.stringify(withoutTraining(event))}\n`);
      else await tell(session, { event, status, out: options.out });
      if (event.kind === 'stopped') return exitCodes.interrupted;
    }
    return exitCodes.ok;
  } finally {
    status.clear();
  }
}

function runOptions({ io }: Session, options: TrainCommandOptions): TrainRunOptions {
  const path = (place: string): string => pathFrom(io, place);
  const { annotations, images, val, valImages = images, out, from, classes, colors, mosaic } = options;
  const { epochs, steps, views, workers, validateEvery, checkpointEvery, sampleEvery, licence } = options;
  return {
    out: path(out),
    train: { annotations: path(annotations), images: path(images) },
    validation: val === undefined ? undefined : { annotations: path(val), images: path(valImages) },
    from: from === 'coco' || from === 'scratch' ? from : path(from),
    settings: (run) => trainerSettings(options, { ...run, fromScratch: from === 'scratch' }),
    classes: classes?.map(String),
    augment: {
      flip: options.flip,
      crop: options.crop,
      ...(colors && { colors: {} }),
      ...(mosaic !== undefined && { mosaic }),
    },
    batchSize: options.batch,
    seed: options.seed,
    engine: options.engine === 'cpu' ? 'cpu' : 'tfjs-node',
    resume: options.resume === true,
    signal: io.signal,
    ...{ epochs, steps, views, workers, validateEvery, checkpointEvery, sampleEvery, licence },
  };
}

interface Telling {
  readonly event: RunEvent;
  readonly status: StatusLine;
  readonly out: string;
}

async function tell({ io }: Session, { event, status, out }: Telling): Promise<void> {
  const say = async (text: string): Promise<void> => {
    status.clear();
    await print(io.stdout, text);
  };
  const warn = (text: string): void => {
    status.clear();
    io.stderr.write(`warning: ${text}\n`);
  };
  switch (event.kind) {
    case 'started': {
      const { config, problems, from } = event;
      for (const problem of problems) warn(problem);
      const { train, validation } = config;
      await say(
        factList([
          ['classes', config.classes.join(', ')],
          [
            'pictures',
            `${train.pictures} with ${train.boxes} boxes${validation ? `; validated on ${validation.pictures} with ${validation.boxes}` : ''}`,
          ],
          ['run', `${config.steps} steps of ${config.batchSize} pictures, from ${config.from}`],
          ['goes on', from > 0 ? `after step ${from}` : undefined],
        ]),
      );
      if (!validation)
        warn('without --val nobody knows how good the weights are, and the last ones are kept.');
      return;
    }
    case 'step': {
      const { step, losses, learningRate, steps, epoch } = event.step;
      status.show(() => {
        const parts = `loss ${losses.total.toFixed(3)} (class ${losses.classification.toFixed(3)}, box ${losses.localization.toFixed(3)}, L2 ${losses.regularization.toFixed(3)})`;
        const speed = `${event.picturesPerSecond.toFixed(1)} pictures/s, ${duration(event.secondsLeft)} left`;
        return `step ${step + 1} of ${steps}, epoch ${epoch + 1}: ${parts}, rate ${learningRate.toPrecision(2)}, ${speed}`;
      });
      return;
    }
    case 'validation': {
      const { AP, AP50 } = event.validation;
      return say(
        `step ${event.step}: AP ${AP.toFixed(4)}, AP50 ${AP50.toFixed(4)}${event.isBest ? ', the best so far' : ''}\n`,
      );
    }
    case 'skipped':
      return warn(`left out: ${event.message}`);
    case 'samples':
      return;
    case 'stopped':
      return say(`stopped after step ${event.step}. Go on with --resume.\n`);
    case 'done':
      return say(
        factList([
          ['time', duration(event.seconds)],
          ['AP', event.stats && `${(event.stats.AP ?? -1).toFixed(4)} of the weights as they are stored`],
          ['weights', `${event.weights} (${(event.bytes / 1e6).toFixed(2)} MB)`],
          ['report', event.report],
          ['next', `ssdlite detect photo.jpg --weights ${out.replace(/\/+$/, '')}/best`],
        ]),
      );
  }
}

async function findRate(
  { io }: Session,
  {
    run,
    status,
    json,
  }: { readonly run: TrainRunOptions; readonly status: StatusLine; readonly json: boolean },
): Promise<number> {
  let steps = 0;
  const range = await findRunLearningRate(run, () => status.show(() => `step ${++steps}`));
  status.clear();
  await print(io.stdout, json ? `${JSON.stringify(range, undefined, 2)}\n` : rangeText(range));
  return exitCodes.ok;
}

/** Lines of a table of the range. */
const shownPoints = 20;

function rangeText({ points, suggested }: LearningRateRange): string {
  const every = Math.max(1, Math.floor(points.length / shownPoints));
  const rows = points
    .filter((_, index) => index % every === 0)
    .map(({ learningRate, loss, smoothed }) => [
      learningRate.toExponential(2),
      loss.toFixed(3),
      smoothed.toFixed(3),
    ]);
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = fitColumns([right('rate'), right('loss'), right('smoothed')], rows);
  const table = [titleLine(columns), ...rows.map((row) => tableLine(columns, row))].join('\n');
  return `${table}\n\nThe loss falls fastest at ${suggested.toPrecision(2)}: try --lr ${suggested.toPrecision(2)}.\n`;
}

/** Events as JSON: trainers and weights are no JSON. */
function withoutTraining(event: RunEvent): object {
  if (event.kind === 'step') {
    const { training: _, validation: __, ...step } = event.step;
    return { ...event, step };
  }
  if (event.kind === 'validation') {
    const { AP, AP50, stats } = event.validation;
    return { ...event, validation: { AP, AP50, stats } };
  }
  return event;
}

function nonNegative(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give a number of at least 0.');
}

function wholeNumber(text: string): number {
  const value = nonNegative(text);
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Give a whole number of at least 0.');
}

function notInNode(): SsdliteError {
  return new SsdliteError('ENGINE_UNAVAILABLE', 'WebGL trains in browsers only.', {
    value: 'tfjs-webgl',
    next: 'Use --engine tfjs-node here, or train in a page: see docs/training.md.',
  });
}
