// `ssdlite compare`: the comparison of the MobileNetV2 paper, counted and measured here.

import type { Network } from '@ssdlite/layers';
import { type Command, Option } from 'commander';
import type { Engine } from 'ssdlite';
import { chooseEngine } from 'ssdlite/node';
import { madeUpInput, pairedTimes, type TimedProgram } from '../bench/paired-times.ts';
import { print } from '../command-io.ts';
import {
  type ComparedNetwork,
  type CountedNetwork,
  comparedNetworks,
  countNetwork,
  type PaperFigures,
} from '../compare/compared-networks.ts';
import { randomWeights } from '../compare/random-weights.ts';
import { exitCodes } from '../error-report.ts';
import { addNetworkOptions, type NetworkOptions } from '../options/network-options.ts';
import { count } from '../options/option-values.ts';
import { factList } from '../output/fact-list.ts';
import { type Machine, machine, machineSentence } from '../output/machine.ts';
import { Progress } from '../output/progress.ts';
import { fitColumns, tableLine, titleLine } from '../output/text-table.ts';
import type { Session } from '../session.ts';

interface CompareCommandOptions extends NetworkOptions {
  readonly runs: number;
  readonly classifierSize: number;
  readonly detectorSize: number;
  readonly json?: boolean;
}

/** A network as the command's JSON has it. */
interface ComparedFigures extends CountedNetwork {
  readonly name: string;
  readonly group: ComparedNetwork['group'];
  /** Of one picture, the median of all runs. */
  readonly milliseconds: number;
  readonly paper?: PaperFigures;
}

const examples = `
Parameters are counted without batch norm and multiply-adds for one picture, as the paper counts them; times are medians of runs in
turns, with random weights. The paper's times are of a Google Pixel 1. It counts plain SSD as extra maps and heads alone.

Examples:
  ssdlite compare
  ssdlite compare --engine tfjs-wasm --runs 5
  ssdlite compare --classifier-size 160 --json`;

/** Adds the command. */
export function addCompare(program: Command, session: Session): void {
  const command = program
    .command('compare')
    .summary('compare MobileNetV1, V2, SSDLite and SSD as their paper does')
    .description("Counts and measures the MobileNetV2 paper's comparison of networks on this machine.")
    .addOption(new Option('--runs <n>', 'how often each network runs').argParser(count).default(20))
    .addOption(
      new Option('--classifier-size <pixels>', 'side of the input of classifiers')
        .argParser(count)
        .default(224),
    )
    .addOption(
      new Option('--detector-size <pixels>', 'side of the input of detectors').argParser(count).default(320),
    );
  addNetworkOptions(command, { pictures: false })
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(session.action(compare));
}

async function compare(session: Session, options: CompareCommandOptions): Promise<number> {
  const { io } = session;
  const { runs, classifierSize, detectorSize, engine: wanted, threads, json = false } = options;
  const networks = comparedNetworks({ classifiers: classifierSize, detectors: detectorSize });
  const counted = networks.map(countNetwork);
  const { engine, choice } = await chooseEngine(wanted, { threads });
  const progress = new Progress(io.stderr, { total: networks.length * runs, quiet: false, unit: 'runs' });
  const timed: TimedProgram[] = [];
  try {
    for (const { network } of networks) timed.push(await compiled(engine, network));
    const times = await pairedTimes(timed, {
      runs,
      signal: io.signal,
      onRun: (done, total) =>
        progress.update(
          done - (total - networks.length * runs),
          networks[(done - 1) % networks.length]?.name ?? '',
        ),
    });
    progress.clear();
    const figures = networks.map(
      ({ name, group, paper }, index): ComparedFigures => ({
        name,
        group,
        ...(counted[index] as CountedNetwork),
        milliseconds: times[index] ?? Number.NaN,
        ...(paper && { paper }),
      }),
    );
    const run = { machine: machine(), engine: choice.name, runs, sizes: { classifierSize, detectorSize } };
    await print(
      io.stdout,
      json ? `${JSON.stringify({ ...run, networks: figures }, undefined, 2)}\n` : textOf(run, figures),
    );
    return exitCodes.ok;
  } finally {
    progress.clear();
    for (const { program } of timed) await program.dispose();
  }
}

async function compiled(engine: Engine, network: Network): Promise<TimedProgram> {
  const { height, width } = network.input;
  const size = { height, width };
  const program = await engine.compile(network, randomWeights(network));
  return { program, size, image: madeUpInput(size) };
}

interface Run {
  readonly machine: Machine;
  readonly engine: string;
  readonly runs: number;
  readonly sizes: { readonly classifierSize: number; readonly detectorSize: number };
}

function textOf(run: Run, figures: readonly ComparedFigures[]): string {
  const facts = factList([
    ['machine', machineSentence(run.machine)],
    ['engine', `${run.engine}, medians of ${run.runs} runs in turns`],
  ]);
  const groups = [
    ['classifiers', `Classifiers of 1000 classes, ${run.sizes.classifierSize} px`],
    ['detectors', `Detectors of 80 classes, ${run.sizes.detectorSize} px`],
  ] as const;
  const tables = groups.map(([group, title]) =>
    table(
      title,
      figures.filter((each) => each.group === group),
    ),
  );
  return [facts, ...tables].join('\n');
}

function table(title: string, figures: readonly ComparedFigures[]): string {
  const [first] = figures;
  const rows = figures.map(({ name, parameters, multiplyAdds, milliseconds, heads, paper }) => [
    name,
    millions(parameters, 2),
    millions(multiplyAdds, 0),
    ...(heads ? [`${millions(heads.parameters, 2)} / ${millions(heads.multiplyAdds, 0)}`] : []),
    milliseconds.toFixed(1),
    (milliseconds / (first?.milliseconds ?? Number.NaN)).toFixed(2),
    paper ? paperText(paper) : '',
  ]);
  const right = (heading: string) => ({ title: heading, align: 'right' as const });
  const columns = fitColumns(
    [
      title,
      right('parameters (M)'),
      right('multiply-adds (M)'),
      ...(first?.heads ? [right('of them extras and heads')] : []),
      right('CPU ms'),
      right('ratio'),
      'the paper',
    ],
    rows,
  );
  return `${[titleLine(columns), ...rows.map((row) => tableLine(columns, row))].join('\n')}\n`;
}

function paperText({ table, parameters, multiplyAdds, milliseconds, headsOnly }: PaperFigures): string {
  const figures = `${parameters} / ${multiplyAdds}`;
  const time = milliseconds === undefined ? '' : `, ${milliseconds} ms`;
  return `${figures}${time}${headsOnly ? ' (extras and heads)' : ''}, Table ${table}`;
}

function millions(value: number, digits: number): string {
  return (value / 1e6).toFixed(digits);
}
