// `ssdlite import`: weights from a TensorFlow graph.

import { type WeightEncoding, weightEncodings } from '@ssdlite/layers';
import { type Command, Option } from 'commander';
import { importDetectorFromPath, writeDetectorWeights } from 'ssdlite/node';
import { pathFrom, print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import { size } from '../options/option-values.ts';
import { factList } from '../output/fact-list.ts';
import { makeOutputFolder } from '../output/whole-file.ts';
import type { Session } from '../session.ts';

interface ImportCommandOptions {
  readonly out: string;
  readonly labels?: string;
  readonly encoding: WeightEncoding;
  readonly name?: string;
  readonly inputSize?: { readonly width: number; readonly height: number };
  readonly licence?: string;
}

const examples = `
What is read: SSD and SSDLite detectors on MobileNet V1 or V2 of the TensorFlow Object Detection API, of any width and number of
classes: a frozen_inference_graph.pb, or a TensorFlow.js graph model (model.json, or tensorflowjs_model.pb with its
weights_manifest.json). Labels: a label map (.pbtxt), a text with a name per line, or JSON.

Examples:
  ssdlite import frozen_inference_graph.pb --labels label_map.pbtxt --out my-weights
  ssdlite import model.json --labels labels.txt --out my-weights --encoding float32
  ssdlite detect photo.jpg --weights my-weights`;

/** Adds the command. */
export function addImport(program: Command, session: Session): void {
  program
    .command('import')
    .summary('make weights from a TensorFlow detector')
    .description('Makes a weights file and its manifest from a detector that TensorFlow trained.')
    .argument('<graph>', '.pb, model.json, or the folder of either')
    .requiredOption('-o, --out <dir>', 'folder for the two files')
    .option('-l, --labels <file>', 'names of the classes')
    .addOption(
      new Option(
        '--encoding <name>',
        'how weights are stored: hybrid is 5 MB, float16 9 MB, float32 18 MB for COCO',
      )
        .choices(weightEncodings)
        .default('hybrid'),
    )
    .option('--name <name>', 'what the weights and their files are called (default: from the graph)')
    .addOption(
      new Option('--input-size <pixels>', 'if the graph does not say it: 300, or 320x240').argParser(size),
    )
    .option('--licence <id>', "SPDX identifier of the weights' licence")
    .addHelpText('after', examples)
    .action(session.action(importGraph));
}

async function importGraph(session: Session, graph: string, options: ImportCommandOptions): Promise<number> {
  const { io } = session;
  const { out, labels, encoding, name, inputSize, licence } = options;
  const imported = await importDetectorFromPath(pathFrom(io, graph), {
    encoding,
    ...(labels !== undefined && { labels: pathFrom(io, labels) }),
    ...(name !== undefined && { name }),
    ...(inputSize && { inputSize }),
    ...(licence !== undefined && { licence }),
  });
  const folder = pathFrom(io, out);
  await makeOutputFolder(folder);
  const files = await writeDetectorWeights(folder, imported);
  const { manifest } = imported;
  const { architecture } = manifest;
  const facts = factList([
    ['weights', `${files.weights} (${(manifest.weights.bytes / 1e6).toFixed(2)} MB, ${encoding})`],
    ['manifest', files.manifest],
    [
      'network',
      `${architecture.backbone}, alpha ${architecture.alpha}, ${architecture.heads === 'separable' ? 'SSDLite' : 'SSD'} heads`,
    ],
    ['input', `${architecture.inputSize.width} x ${architecture.inputSize.height} pixels (width x height)`],
    [
      'classes',
      classesSentence(
        manifest.labels.map((label) => label.name),
        labels !== undefined,
      ),
    ],
    ['next', `ssdlite detect photo.jpg --weights ${out}`],
  ]);
  await print(io.stdout, facts);
  return exitCodes.ok;
}

function classesSentence(names: readonly string[], named: boolean): string {
  const some = names.length > 5 ? `${names.slice(0, 5).join(', ')}, ...` : names.join(', ');
  return `${names.length}: ${some}${named ? '' : ' (name them with --labels)'}`;
}
