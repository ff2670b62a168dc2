// `ssdlite bench`: how fast the detector is here, stage by stage.

import { availableParallelism, cpus } from 'node:os';
import { type Command, Option } from 'commander';
import type { Timings } from 'ssdlite';
import { createDetector, type NodeDetector, readImage } from 'ssdlite/node';
import { pathFrom, print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import {
  addNetworkOptions,
  engineOptions,
  type NetworkOptions,
  weightsPath,
} from '../options/network-options.ts';
import { count } from '../options/option-values.ts';
import { factList } from '../output/fact-list.ts';
import type { Session } from '../session.ts';

interface BenchCommandOptions extends NetworkOptions {
  readonly runs: number;
  readonly weights?: string;
  readonly json?: boolean;
}

/** What `bench` measures; milliseconds are medians. */
interface BenchFigures {
  readonly machine: string;
  readonly engine: string;
  readonly startMs: number;
  /** Of a picture that is read from its file. */
  readonly stages: Timings;
  readonly picturesPerSecond: number;
  readonly runs: number;
}

const warmUps = 5;

const examples = `
Examples:
  ssdlite bench photo.jpg                     medians of 50 runs
  ssdlite bench photo.jpg --engine tfjs-wasm --runs 20 --json`;

/** Adds the command. */
export function addBench(program: Command, session: Session): void {
  const command = program
    .command('bench')
    .summary('measure how fast the detector is here')
    .description('Measures the detector on this machine: medians of every stage, and pictures per second.')
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
  const { runs, weights, json = false } = options;
  const input = picture === undefined ? madeUpPicture() : pathFrom(io, picture);
  await readImage(input, { signal: io.signal });
  const start = performance.now();
  const detector = await createDetector({
    ...engineOptions(options),
    ...(weights !== undefined && { weights: weightsPath(io, weights) }),
  });
  try {
    const startMs = performance.now() - start;
    const stages = await measureStages(detector, input, { runs, signal: io.signal });
    const picturesPerSecond = await measureStream(detector, input, { runs, signal: io.signal });
    const figures: BenchFigures = {
      machine: `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'processor'}, Node ${process.version}`,
      engine: detector.engine.name,
      startMs,
      stages,
      picturesPerSecond,
      runs,
    };
    await print(io.stdout, json ? `${JSON.stringify(figures, undefined, 2)}\n` : textOf(figures));
    return io.signal.aborted ? exitCodes.interrupted : exitCodes.ok;
  } finally {
    await detector.dispose();
  }
}

type BenchInput = Parameters<NodeDetector['detect']>[0];

interface RunOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
}

async function measureStages(
  detector: NodeDetector,
  input: BenchInput,
  { runs, signal }: RunOptions,
): Promise<Timings> {
  const all: Timings[] = [];
  for (let run = 0; run < runs + warmUps; run++) {
    await detector.detect(input, { signal, onTimings: (timings) => all.push(timings) });
  }
  const counted = all.slice(warmUps);
  const median = (stage: keyof Timings): number => {
    const sorted = counted.map((timings) => timings[stage]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  return {
    decode: median('decode'),
    preprocess: median('preprocess'),
    inference: median('inference'),
    postprocess: median('postprocess'),
    total: median('total'),
  };
}

async function measureStream(
  detector: NodeDetector,
  input: BenchInput,
  { runs, signal }: RunOptions,
): Promise<number> {
  const start = performance.now();
  const inputs = Array.from({ length: runs }, () => input);
  for await (const _ of detector.detectStream(inputs, { signal }));
  return runs / ((performance.now() - start) / 1000);
}

function textOf({ machine, engine, startMs, stages, picturesPerSecond, runs }: BenchFigures): string {
  const milliseconds = (value: number): string => `${value.toFixed(2)} ms`;
  return factList([
    ['machine', machine],
    ['engine', engine],
    ['start', `${milliseconds(startMs)} (weights and engine, once)`],
    ['decode', milliseconds(stages.decode)],
    ['preprocess', milliseconds(stages.preprocess)],
    ['inference', milliseconds(stages.inference)],
    ['postprocess', milliseconds(stages.postprocess)],
    ['total', `${milliseconds(stages.total)} a picture, medians of ${runs} runs`],
    ['stream', `${picturesPerSecond.toFixed(1)} pictures a second, reading while detecting`],
  ]);
}

/** 640 x 480 pixels of soft colours: the network takes as long for them as for any photo. */
function madeUpPicture(): { data: Uint8Array; width: number; height: number; channels: 3 } {
  const [width, height] = [640, 480];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 7) % 256);
  return { data, width, height, channels: 3 };
}
