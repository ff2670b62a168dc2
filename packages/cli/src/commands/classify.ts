// `ssdlite classify`: what a whole picture shows, by a MobileNet of the user's own.

import { type Command, Option } from 'commander';
import { createClassifier } from 'ssdlite/node';
import { JsonClassifications } from '../classify/json-classifications.ts';
import { TableClassifications } from '../classify/table-classifications.ts';
import { pathFrom } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import { expandInputs } from '../inputs/expand-inputs.ts';
import {
  addNetworkOptions,
  engineOptions,
  type NetworkOptions,
  weightsPath,
} from '../options/network-options.ts';
import { count, size } from '../options/option-values.ts';
import { JsonList } from '../output/json-list.ts';
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
Weights: MobileNetV1 or V2 of Keras (.h5, .weights.h5, .keras, TensorFlow.js model.json), torchvision (.safetensors) or 'ssdlite
export' (.safetensors, which holds the names too), with any number of classes. Labels: a text with a name per line, a JSON list, or Keras' imagenet_class_index.json.

Examples:
  ssdlite classify photo.jpg --weights flowers.keras --labels flowers.txt
  ssdlite classify photos/ --weights mobilenet_v2.safetensors --labels imagenet.txt --top 1 --json`;

/** Adds the command. */
export function addClassify(program: Command, session: Session): void {
  const command = program
    .command('classify')
    .summary('say what whole pictures show')
    .description('Says what whole pictures show, with the weights of a MobileNet classifier of your own.')
    .argument('[inputs...]', 'files, folders, patterns (in quotes), http(s) URLs, or -')
    .requiredOption('-w, --weights <file>', 'of Keras, TensorFlow.js, torchvision or ssdlite export')
    .option('-l, --labels <file>', 'names of the classes')
    .addOption(new Option('--top <n>', 'classes a picture').argParser(count).default(5))
    .addOption(
      new Option('--input-size <pixels>', 'if the weights do not say it: 224, or 320x240').argParser(size),
    )
    .option('--json', 'print JSON')
    .option('-r, --recursive', 'also the pictures in folders of folders');
  addNetworkOptions(command)
    .option('-q, --quiet', 'no progress on the terminal')
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
    const results = json
      ? new JsonClassifications(await JsonList.open('-', io))
      : new TableClassifications(session, { sources, labels: classifier.labels });
    const counts = await runPictures(sources, {
      session,
      quiet,
      async task({ source }) {
        const limits = { signal: io.signal, ...(maxPixels !== undefined && { maxPixels }) };
        return classifier.classify(await source.read(limits), { top, signal: io.signal });
      },
      done: (classes, { source }) => results.add(source.name, classes),
      failed: (error, { source }) => results.addError(source.name, error),
    });
    await results.commit();
    if (io.signal.aborted) return exitCodes.interrupted;
    return counts.failed > 0 ? exitCodes.failed : exitCodes.ok;
  } finally {
    await classifier.dispose();
  }
}
