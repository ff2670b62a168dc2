// `ssdlite bench`: how fast the detector is here, stage by stage.

import { type Command, Option } from 'commander';
import type { Timings } from 'ssdlite';
import { createDetector, type ImageInput, type NodeDetector } from 'ssdlite/node';
import { madeUpPhoto } from '../bench/made-up-photo.ts';
import { pathFrom, print } from '../command-io.ts';
import { type StageFigures, stageFigures, timingsTable } from '../detect/stage-times.ts';
import { exitCodes } from '../error-report.ts';
import {
  addNetworkOptions,
  engineOptions,
  type NetworkOptions,
  weightsPath,
} from '../options/network-options.ts';
import { count } from '../options/option-values.ts';
import { factList } from '../output/fact-list.ts';
import { type Machine, machine, machineSentence } from '../output/machine.ts';
import type { Session } from '../session.ts';

interface BenchCommandOptions extends NetworkOptions {
  readonly runs: number;
  readonly weights?: string;
  readonly json?: boolean;
}

/** What `bench` measures, as its JSON has it. Times are in milliseconds. */
interface BenchFigures {
  readonly machine: Machine;
  readonly engine: string;
  readonly picture: { readonly name: string; readonly width: number; readonly height: number };
  readonly runs: number;
  /** Weights read and checked, engine loaded, network compiled: in this process, for the first time. */
  readonly startMs: number;
  /** The first picture, which also loads the decoder. */
  readonly firstPictureMs: number;
  /** One picture after the other. */
  readonly stages: Readonly<Record<string, StageFigures>>;
  /** Of a stream, in which pictures are read while others are on the engine. */
  readonly picturesPerSecond: number;
}

/** The first runs are slower: engines allocate, and code is compiled. */
const warmUps = 5;

const examples = `
Examples:
  ssdlite bench                               with a picture made up here, 640 x 480
  ssdlite bench photo.jpg --runs 200
  ssdlite bench --engine tfjs-wasm --json`;

/** Adds the command. */
export function addBench(program: Command, session: Session): void {
  const command = program
    .command('bench')
    .summary('measure how fast the detector is here')
    .description('Measures the detector on this machine: every stage, start-up, and pictures per second.')
    .argument('[picture]', 'photo to measure with (default: a picture made up here)')
    .addOption(new Option('--runs <n>', 'how often').argParser(count).default(50))
    .option('-w, --weights <file>', 'weights to use instead of the COCO ones');
  addNetworkOptions(command)
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(session.action(bench));
}

async function bench(
  session: Session,
  picture: string | undefined,
  options: BenchCommandOptions,
): Promise<number> {
  const { io } = session;
  const { runs, weights, maxPixels, json = false } = options;
  const input = picture === undefined ? await madeUpPhoto() : pathFrom(io, picture);
  const start = performance.now();
  const detector = await createDetector({
    ...engineOptions(options),
    ...(weights !== undefined && { weights: weightsPath(io, weights) }),
    ...(maxPixels !== undefined && { images: { maxPixels } }),
  });
  try {
    const startMs = performance.now() - start;
    const what = { detector, input, runs, signal: io.signal };
    const first = await measureFirst(what);
    const times = await measureStages(what);
    const figures: BenchFigures = {
      machine: machine(),
      engine: detector.engine.name,
      picture: { name: picture ?? '(made up)', width: first.width, height: first.height },
      runs,
      startMs,
      firstPictureMs: first.milliseconds,
      stages: stageFigures(times),
      picturesPerSecond: await measureStream(what),
    };
    await print(io.stdout, json ? `${JSON.stringify(figures, undefined, 2)}\n` : textOf(figures, times));
    return exitCodes.ok;
  } finally {
    await detector.dispose();
  }
}

interface Measured {
  readonly detector: NodeDetector;
  readonly input: ImageInput;
  readonly runs: number;
  readonly signal: AbortSignal;
}

async function measureFirst({ detector, input, signal }: Measured) {
  const start = performance.now();
  for await (const { width, height } of detector.detectStream([input], { signal })) {
    return { width, height, milliseconds: performance.now() - start };
  }
  return { width: 0, height: 0, milliseconds: 0 }; // a stream of one picture has one, or throws
}

async function measureStages({ detector, input, runs, signal }: Measured): Promise<Timings[]> {
  const times: Timings[] = [];
  for (let run = 0; run < warmUps + runs; run++) {
    await detector.detect(input, { signal, onTimings: (timings) => times.push(timings) });
  }
  return times.slice(warmUps);
}

async function measureStream({ detector, input, runs, signal }: Measured): Promise<number> {
  const start = performance.now();
  const inputs = Array.from({ length: runs }, () => input);
  for await (const _ of detector.detectStream(inputs, { signal }));
  return runs / ((performance.now() - start) / 1000);
}

function textOf(figures: BenchFigures, times: readonly Timings[]): string {
  const { engine, picture, runs, startMs, firstPictureMs, picturesPerSecond } = figures;
  const facts = factList([
    ['machine', machineSentence(figures.machine)],
    ['engine', engine],
    ['picture', `${picture.name}, ${picture.width} x ${picture.height}, ${runs} runs`],
    [
      'start',
      `${startMs.toFixed(0)} ms for weights and engine, ${firstPictureMs.toFixed(0)} ms for the first picture`,
    ],
    ['stream', `${picturesPerSecond.toFixed(1)} pictures a second, reading while detecting`],
  ]);
  return `${facts}\n${timingsTable(times)}`;
}
