// `ssdlite inspect`: what is in the weights, layer by layer.

import {
  type ConvolutionReport,
  channelsCarrying,
  inspectWeights,
  type Network,
  type Weights,
} from '@ssdlite/layers';
import { type Command, Option } from 'commander';
import { type Pixels, ssdNetwork } from 'ssdlite';
import { chooseEngine, readDetectorWeights } from 'ssdlite/node';
import { pathFrom, print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import { expandInputs } from '../inputs/expand-inputs.ts';
import { kernelPage } from '../inspect/kernel-page.ts';
import { measureDeviations } from '../inspect/measure-deviations.ts';
import { addNetworkOptions, type NetworkOptions, weightsPath } from '../options/network-options.ts';
import { fraction } from '../options/option-values.ts';
import { Progress } from '../output/progress.ts';
import { fitColumns, tableLine, titleLine } from '../output/text-table.ts';
import { writeWholeFile } from '../output/whole-file.ts';
import type { Session } from '../session.ts';

interface InspectCommandOptions extends NetworkOptions {
  readonly threshold: number;
  readonly pictures?: readonly string[];
  readonly all?: boolean;
  readonly html?: string;
  readonly json?: boolean;
}

const examples = `
dead       kernels of which no weight is over the threshold, as a share of the layer's largest weight; batch norm is folded before
constant   channels that have one value for every picture: dead ones, and those that ReLU6 never lets through
zeros      weights under the threshold
carry 99 % how many channels it takes, the strongest first, to carry 99 % of what the next layers get. A channel counts by the square of
           the range it can have, or with --pictures of how much it does vary, times the weights that read it

Examples:
  ssdlite inspect                                    the COCO weights
  ssdlite inspect --html kernels.html                kernels as pictures, on a page
  ssdlite inspect my-weights --pictures photos/ --json
  ssdlite prune --out lean                           takes out what is dead`;

/** Adds the command. */
export function addInspect(program: Command, session: Session): void {
  const command = program
    .command('inspect')
    .summary('show what is in the weights: dead kernels, ranges, zeros')
    .description(
      'Tells per layer how many depthwise kernels are dead, the range of weights, zeros, and what channels carry.',
    )
    .argument('[weights]', 'manifest, .safetensors or their folder (default: the COCO weights)')
    .addOption(
      new Option('--threshold <share>', "what counts as zero, as a share of the layer's largest weight")
        .argParser(fraction)
        .default(0.001),
    )
    .option('-p, --pictures <inputs...>', 'measure on these photos and folders what channels carry')
    .option('--all', 'also the ordinary convolutions')
    .option('--html <file>', 'write a page that shows the kernels');
  addNetworkOptions(command)
    .option('--json', 'print JSON, with the numbers of every channel')
    .addHelpText('after', examples)
    .action(session.action(inspect));
}

async function inspect(
  session: Session,
  place: string | undefined,
  options: InspectCommandOptions,
): Promise<number> {
  const { io } = session;
  const { threshold, html, all = false, json = false } = options;
  const { manifest, weights } = await readDetectorWeights(
    place === undefined ? undefined : weightsPath(io, place),
  );
  const network = ssdNetwork(manifest.architecture);
  const deviations = await deviationsOn(session, { network, weights }, options);
  const reports = inspectWeights(network, weights, { threshold, ...(deviations && { deviations }) });
  if (html !== undefined) {
    const carriedBy = deviations
      ? 'how much it varies over the pictures named, and the weights that read it'
      : 'the range it can have, and the weights that read it';
    await writeWholeFile(
      pathFrom(io, html),
      kernelPage({ title: manifest.name, reports, weights, threshold, carriedBy }),
    );
  }
  const shown = all ? reports : reports.filter(({ kind }) => kind === 'DepthwiseConv2D');
  await print(
    io.stdout,
    json
      ? `${JSON.stringify({ weights: manifest.name, threshold, layers: reports }, undefined, 2)}\n`
      : textOf(shown),
  );
  return exitCodes.ok;
}

async function deviationsOn(
  session: Session,
  { network, weights }: { readonly network: Network; readonly weights: Weights },
  { pictures, engine: wanted, threads, maxPixels }: InspectCommandOptions,
): Promise<ReadonlyMap<string, Float64Array> | undefined> {
  if (!pictures) return undefined;
  const { io } = session;
  const sources = await expandInputs(pictures, { io, recursive: false });
  const { engine } = await chooseEngine(wanted, { threads });
  const progress = new Progress(io.stderr, { total: sources.length, quiet: false });
  async function* read(): AsyncGenerator<Pixels, void, void> {
    for (const [index, source] of sources.entries()) {
      io.signal.throwIfAborted();
      yield await source.read({ signal: io.signal, ...(maxPixels !== undefined && { maxPixels }) });
      progress.update(index + 1, source.name);
    }
  }
  try {
    return await measureDeviations({ engine, network, weights, pictures: read() });
  } finally {
    progress.clear();
  }
}

function textOf(reports: readonly ConvolutionReport[]): string {
  const rows = reports.map(({ name, channels, dead, constant, sparsity, weights, biases, carried }) => [
    name,
    String(channels),
    dead.length > 0 ? `${dead.length} (${((100 * dead.length) / channels).toFixed(0)} %)` : '-',
    constant.length > 0 ? String(constant.length) : '-',
    `${(sparsity * 100).toFixed(1)} %`,
    range(weights),
    biases ? range(biases) : '',
    carried ? String(channelsCarrying(carried, 0.99)) : '',
  ]);
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = fitColumns(
    [
      'layer',
      right('kernels'),
      right('dead'),
      right('constant'),
      right('zeros'),
      right('weights'),
      right('biases'),
      right('carry 99 %'),
    ],
    rows,
  );
  const total = reports.filter(({ kind }) => kind === 'DepthwiseConv2D');
  const kernels = total.reduce((sum, { channels }) => sum + channels, 0);
  const dead = total.reduce((sum, each) => sum + each.dead.length, 0);
  const share = ((100 * dead) / kernels).toFixed(1);
  const sentence = `${dead.toLocaleString('en-US')} of ${kernels.toLocaleString('en-US')} depthwise kernels are dead (${share} %).`;
  return `${[titleLine(columns), ...rows.map((row) => tableLine(columns, row)), '', sentence].join('\n')}\n`;
}

function range([least, greatest]: readonly [number, number]): string {
  return `${least.toFixed(2)} to ${greatest.toFixed(2)}`;
}
