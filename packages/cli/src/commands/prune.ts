// `ssdlite prune`: weights without the channels that cannot change anything.

import { type WeightEncoding, type Weights, weightEncodings } from '@ssdlite/layers';
import { type Command, Option } from 'commander';
import { loadDetectorWeights, pruneDetector, type SsdConfig, ssdNetwork } from 'ssdlite';
import { chooseEngine, readDetectorWeights, writeDetectorWeights } from 'ssdlite/node';
import { madeUpInput, pairedTimes } from '../bench/paired-times.ts';
import { pathFrom, print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import { addNetworkOptions, type NetworkOptions, weightsPath } from '../options/network-options.ts';
import { count } from '../options/option-values.ts';
import { type Fact, factList } from '../output/fact-list.ts';
import { makeOutputFolder } from '../output/whole-file.ts';
import type { Session } from '../session.ts';

interface PruneCommandOptions extends NetworkOptions {
  readonly out: string;
  readonly encoding: WeightEncoding;
  readonly multiple: number;
  readonly name?: string;
  readonly json?: boolean;
}

/** Runs of both networks, for their times. */
const runs = 15;

const examples = `
A channel is dead if it has one value for every picture: its kernel is zero, or ReLU6 never lets it through. What it contributed moves
into the biases behind it. Before anything is written, both networks run on the same made-up input, and their largest difference is shown.

float32 keeps the outputs. hybrid (5 MB for COCO) rounds int8 kernels anew: prune float32 weights ('ssdlite import --encoding float32')
if the result is to be hybrid.

Examples:
  ssdlite prune --out lean                          the COCO weights
  ssdlite prune my-weights --out lean --multiple 1  every dead channel, if they are not meant for speed
  ssdlite detect photo.jpg --weights lean`;

/** Adds the command. */
export function addPrune(program: Command, session: Session): void {
  const command = program
    .command('prune')
    .summary('take dead channels out of weights')
    .description('Makes weights without dead channels: the same outputs from fewer multiply-adds.')
    .argument('[weights]', 'manifest, .safetensors or their folder (default: the COCO weights)')
    .requiredOption('-o, --out <dir>', 'folder for the two files')
    .addOption(
      new Option('--multiple <n>', 'keep so many channels that their number is a multiple of this')
        .argParser(count)
        .default(16),
    )
    .addOption(
      new Option('--encoding <name>', 'how weights are stored').choices(weightEncodings).default('float32'),
    )
    .option(
      '--name <name>',
      "what the weights and their files are called (default: the old name and '-pruned')",
    );
  addNetworkOptions(command, { pictures: false })
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(session.action(prune));
}

async function prune(
  session: Session,
  place: string | undefined,
  options: PruneCommandOptions,
): Promise<number> {
  const { io } = session;
  const { out, encoding, multiple, name, json = false } = options;
  const detector = await readDetectorWeights(place === undefined ? undefined : weightsPath(io, place));
  const packed = await pruneDetector(detector, { encoding, multiple, ...(name !== undefined && { name }) });
  // As the file has them: what is compared is what will be read.
  const left = await loadDetectorWeights(packed);
  const compared = await compareNetworks([detector, left], options, io.signal);
  const folder = pathFrom(io, out);
  await makeOutputFolder(folder);
  const files = await writeDetectorWeights(folder, packed);
  const { multiplyAdds, pruned, manifest } = packed;
  const figures = {
    weights: files.weights,
    manifest: files.manifest,
    bytes: manifest.weights.bytes,
    encoding,
    multiplyAdds,
    layers: Object.entries(pruned).map(([layer, { filters, reads }]) => ({
      name: layer,
      ...(filters !== undefined && { filters }),
      ...(reads && { reads: reads.length }),
    })),
    ...compared,
  };
  await print(io.stdout, json ? `${JSON.stringify(figures, undefined, 2)}\n` : textOf(figures, out));
  return exitCodes.ok;
}

interface Compared {
  readonly engine: string;
  /** Largest difference of any output number. */
  readonly largestDifference: number;
  /** Medians. */
  readonly milliseconds: { readonly before: number; readonly after: number };
}

async function compareNetworks(
  [before, after]: readonly [Loaded, Loaded],
  { engine: wanted, threads }: NetworkOptions,
  signal: AbortSignal,
): Promise<Compared> {
  const { engine, choice } = await chooseEngine(wanted, { threads });
  const compile = ({ manifest, weights }: Loaded) =>
    engine.compile(ssdNetwork(manifest.architecture), weights);
  const programs = [await compile(before), await compile(after)] as const;
  try {
    const size = before.manifest.architecture.inputSize;
    const image = madeUpInput(size);
    const [whole, fewer] = await Promise.all(programs.map((each) => each.run(image, { batch: 1, ...size })));
    const times = await pairedTimes(
      programs.map((program) => ({ program, image, size })),
      { runs, signal },
    );
    const [beforeMs = Number.NaN, afterMs = Number.NaN] = times;
    return {
      engine: choice.name,
      largestDifference: largestDifference(whole ?? {}, fewer ?? {}),
      milliseconds: { before: beforeMs, after: afterMs },
    };
  } finally {
    for (const program of programs) await program.dispose();
  }
}

interface Loaded {
  readonly manifest: { readonly architecture: SsdConfig };
  readonly weights: Weights;
}

function largestDifference(
  a: Readonly<Record<string, Float32Array>>,
  b: Readonly<Record<string, Float32Array>>,
): number {
  let largest = 0;
  for (const [name, numbers] of Object.entries(a)) {
    for (const [at, number] of numbers.entries()) {
      largest = Math.max(largest, Math.abs(number - (b[name]?.[at] ?? Number.NaN)));
    }
  }
  return largest;
}

interface PruneFigures extends Compared {
  readonly weights: string;
  readonly manifest: string;
  readonly bytes: number;
  readonly encoding: WeightEncoding;
  readonly multiplyAdds: { readonly before: number; readonly after: number };
  readonly layers: readonly { readonly name: string; readonly filters?: number; readonly reads?: number }[];
}

function textOf(figures: PruneFigures, out: string): string {
  const { multiplyAdds, milliseconds, layers } = figures;
  const million = (value: number): string => (value / 1e6).toFixed(1);
  const saved = (1 - multiplyAdds.after / multiplyAdds.before) * 100;
  const facts: Fact[] = [
    ...layers.map(({ name, filters, reads }, index): Fact => {
      const parts = [
        filters === undefined ? '' : `${filters} filters are left`,
        reads === undefined ? '' : `reads ${reads} channels`,
      ];
      return [index === 0 ? 'pruned' : '', `${name}: ${parts.filter(Boolean).join(', ')}`];
    }),
    ...(layers.length === 0 ? [['pruned', 'nothing: no channel is dead'] as Fact] : []),
    [
      'multiply-adds',
      `${million(multiplyAdds.after)} million instead of ${million(multiplyAdds.before)}: ${saved.toFixed(1)} % less`,
    ],
    ['difference', `${figures.largestDifference.toExponential(1)} at most, of all outputs for one input`],
    [
      'time',
      `${milliseconds.after.toFixed(1)} ms instead of ${milliseconds.before.toFixed(1)} (${figures.engine})`,
    ],
    ['weights', `${figures.weights} (${(figures.bytes / 1e6).toFixed(2)} MB, ${figures.encoding})`],
    ['manifest', figures.manifest],
    ['next', `ssdlite detect photo.jpg --weights ${out}`],
  ];
  return factList(facts);
}
