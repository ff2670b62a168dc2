// `ssdlite export`: a network with its weights as a file that other runtimes read.

import { basename, dirname, extname, join } from 'node:path';
import { SsdliteError, type WeightEncoding, weightEncodings } from '@ssdlite/layers';
import { type Command, Option } from 'commander';
import { pathFrom, print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import {
  inputLayouts,
  type ModelFormat,
  type ModelLayout,
  modelFormats,
  toModelFile,
} from '../export/model-file.ts';
import { readModel } from '../export/model-source.ts';
import { weightsPath } from '../options/network-options.ts';
import { count, size } from '../options/option-values.ts';
import { factList } from '../output/fact-list.ts';
import { writeWholeFiles } from '../output/whole-file.ts';
import type { Session } from '../session.ts';

interface ExportCommandOptions {
  readonly format?: ModelFormat;
  readonly out?: string;
  readonly encoding: WeightEncoding;
  readonly size?: { readonly width: number; readonly height: number };
  readonly batch?: number;
  readonly layout?: ModelLayout;
  readonly labels?: string;
}

const examples = `
Weights: a detector's (manifest, .safetensors or their folder; default: the COCO weights that come with ssdlite), or a MobileNet
classifier's (.h5, .weights.h5, .keras, TensorFlow.js model.json, torchvision's .safetensors, or an export).

Beside the file lies a .json with what one needs to use it (NAME.onnx.json, NAME.tflite.json): shapes, what pixels must become, labels,
and for detectors the anchors and how boxes are decoded. A detector's .safetensors has the manifest that 'ssdlite detect --weights' reads, a classifier's is read by
'ssdlite classify --weights'.

Examples:
  ssdlite export --format tflite                         ssdlite-mobilenet-v2-coco.tflite, for LiteRT on phones and in browsers
  ssdlite export --format onnx --out detector.onnx       for any batch and any size of picture
  ssdlite export my-weights/ --out mine.tflite --size 320 --encoding float16
  ssdlite export flowers.keras --labels flowers.txt --out flowers.onnx --batch 1`;

/** Adds the command. */
export function addExport(program: Command, session: Session): void {
  program
    .command('export')
    .summary('write weights as TensorFlow Lite, ONNX or safetensors')
    .description('Writes a network with its weights as a file for other runtimes.')
    .argument('[weights]', "a detector's or a classifier's")
    .addOption(
      new Option('-f, --format <name>', 'of the file (default: by the ending of --out)').choices(
        modelFormats,
      ),
    )
    .option('-o, --out <file>', 'default: named after the weights, in the current folder')
    .addOption(
      new Option('--encoding <name>', 'how weights are stored; hybrid (a quarter) is for safetensors only')
        .choices(weightEncodings)
        .default('float32'),
    )
    .addOption(new Option('--size <pixels>', 'input as 320 or 320x240 (default: as trained)').argParser(size))
    .addOption(
      new Option('--batch <n>', 'pictures at once (default: 1; any in ONNX without --size)').argParser(count),
    )
    .addOption(new Option('--layout <name>', "of ONNX's input: nchw (default) or nhwc").choices(inputLayouts))
    .option('-l, --labels <file>', "names of a classifier's classes")
    .addHelpText('after', examples)
    .action(session.action(exportModel));
}

async function exportModel(
  session: Session,
  place: string | undefined,
  options: ExportCommandOptions,
): Promise<number> {
  const { io } = session;
  const format = formatOf(options);
  checkOptions(format, options);
  const source = await readModel(place === undefined ? undefined : weightsPath(io, place), {
    size: options.size,
    labels: options.labels === undefined ? undefined : pathFrom(io, options.labels),
  });
  const out = options.out ?? `${source.name}.${format}`;
  const { encoding, batch } = options;
  const { bytes, facts, factsFile, input } = await toModelFile(source, {
    file: basename(out),
    format,
    encoding,
    batch,
    fixed: options.size !== undefined || batch !== undefined,
    layout: options.layout ?? 'nchw',
  });
  const factsOut = join(dirname(out), factsFile);
  await writeWholeFiles([
    [pathFrom(io, out), bytes],
    [pathFrom(io, factsOut), facts],
  ]);
  const lines = factList([
    ['model', `${out} (${(bytes.length / 1e6).toFixed(2)} MB, ${encoding})`],
    ['facts', factsOut],
    ['input', input],
    ['classes', `${source.labels.length}`],
  ]);
  await print(io.stdout, lines);
  return exitCodes.ok;
}

/** @throws SsdliteError `INVALID_ARGUMENT` where neither the option nor the file's ending says it, or they disagree */
function formatOf({ format, out }: ExportCommandOptions): ModelFormat {
  const ending = out === undefined ? '' : extname(out).slice(1).toLowerCase();
  const byName = modelFormats.find((each) => each === ending);
  if (format === undefined && byName === undefined) {
    throw new SsdliteError('INVALID_ARGUMENT', 'The format is not known.', {
      value: out,
      next: `Use --format ${modelFormats.join(' or ')}, or name a file with such an ending by --out.`,
    });
  }
  if (format !== undefined && out !== undefined && ending !== format) {
    throw new SsdliteError('INVALID_ARGUMENT', `--out '${out}' does not end with .${format}.`, {
      value: out,
      next: `Name a .${format} file, or another --format.`,
    });
  }
  return (format ?? byName) as ModelFormat;
}

/** @throws SsdliteError `INVALID_ARGUMENT` for an option that the format does not have */
function checkOptions(format: ModelFormat, { batch, layout }: ExportCommandOptions): void {
  const refused = [
    ...(format === 'safetensors' && batch !== undefined ? ['--batch'] : []),
    ...(format !== 'onnx' && layout !== undefined ? ['--layout'] : []),
  ];
  const [first] = refused;
  if (first === undefined) return;
  throw new SsdliteError('INVALID_ARGUMENT', `${first} is not for ${format} files.`, {
    value: first,
    next: first === '--layout' ? 'It is for --format onnx.' : 'Tensors fit any batch.',
  });
}
