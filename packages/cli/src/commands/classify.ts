// `ssdlite classify`: what a whole picture shows, by a MobileNet of the user's own.

import { type Command, Option } from 'commander';
import type { Classification } from 'ssdlite';
import { createClassifier } from 'ssdlite/node';
import { pathFrom, print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import { expandInputs } from '../inputs/expand-inputs.ts';
import {
  addNetworkOptions,
  engineOptions,
  type NetworkOptions,
  weightsPath,
} from '../options/network-options.ts';
import { count, size } from '../options/option-values.ts';
import { type Column, tableLine, titleLine } from '../output/text-table.ts';
import { runPictures } from '../picture-run.ts';
import type { Session } from '../session.ts';

interface ClassifyCommandOptions extends NetworkOptions {
  readonly weights: string;
  readonly labels?: string;
  readonly top: number;
  readonly inputSize?: { readonly width: number; readonly height: number };
  readonly json?: boolean;
  readonly recursive?: boolean;
  readonly quiet?: boolean;
}

const examples = `
Weights: MobileNetV1 or V2 of Keras (.h5, .weights.h5, .keras, TensorFlow.js model.json) or torchvision (.safetensors), with any
number of classes. Labels: a text with a name per line, a JSON list, or Keras' imagenet_class_index.json.

Examples:
  ssdlite classify photo.jpg --weights flowers.keras --labels flowers.txt
  ssdlite classify photos/ --weights mobilenet_v2.safetensors --labels imagenet.txt --top 1 --json`;

const columns: readonly Column[] = [
  { title: 'picture', width: 32 },
  { title: 'class', width: 24 },
  { title: 'probability', width: 11, align: 'right' },
];

/** Adds the command. */
export function addClassify(program: Command, session: Session): void {
  const command = program
    .command('classify')
    .summary('say what whole pictures show')
    .description('Says what whole pictures show, with the weights of a MobileNet classifier of your own.')
    .argument('[inputs...]', 'files, folders, patterns (in quotes), http(s) URLs, or -')
    .requiredOption('-w, --weights <file>', 'of Keras, TensorFlow.js or torchvision')
    .option('-l, --labels <file>', 'names of the classes')
    .addOption(new Option('--top <n>', 'classes a picture').argParser(count).default(5))
    .addOption(
      new Option('--input-size <pixels>', 'if the weights do not say it: 224, or 320x240').argParser(size),
    )
    .option('--json', 'print JSON')
    .option('-r, --recursive', 'also the pictures in folders of folders');
  addNetworkOptions(command)
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', examples)
    .action(session.action(classifyPictures));
}

async function classifyPictures(
  session: Session,
  inputs: readonly string[],
  options: ClassifyCommandOptions,
): Promise<number> {
  const { io } = session;
  const { weights, labels, top, inputSize, maxPixels, json = false, quiet = false } = options;
  const sources = await expandInputs(inputs, { io, recursive: options.recursive ?? false });
  const classifier = await createClassifier({
    ...engineOptions(options),
    weights: weightsPath(io, weights),
    ...(labels !== undefined && { labels: pathFrom(io, labels) }),
    ...(inputSize && { inputSize }),
  });
  try {
    const rows: { file: string; classes?: Classification[]; error?: string }[] = [];
    if (!json) await print(io.stdout, `${titleLine(columns)}\n`);
    const counts = await runPictures(sources, {
      session,
      quiet,
      async task({ source }) {
        const pixels = await source.read({
          signal: io.signal,
          ...(maxPixels !== undefined && { maxPixels }),
        });
        return classifier.classify(pixels, { top, signal: io.signal });
      },
      async done(classes, { source }) {
        if (json) rows.push({ file: source.name, classes });
        else await print(io.stdout, tableOf(source.name, classes));
      },
      async failed(error, { source }) {
        rows.push({ file: source.name, error: error instanceof Error ? error.message : String(error) });
      },
    });
    if (json) await print(io.stdout, `${JSON.stringify(rows, undefined, 2)}\n`);
    if (io.signal.aborted) return exitCodes.interrupted;
    return counts.failed > 0 ? exitCodes.failed : exitCodes.ok;
  } finally {
    await classifier.dispose();
  }
}

function tableOf(name: string, classes: readonly Classification[]): string {
  return classes
    .map(({ label, probability }) => `${tableLine(columns, [name, label, probability.toFixed(4)])}\n`)
    .join('');
}
