// The options of all commands that run a network.

import { type Command, Option } from 'commander';
import { type CreateDetectorOptions, nodeEngines } from 'ssdlite/node';
import { type CommandIo, pathFrom } from '../command-io.ts';
import { count } from './option-values.ts';

/** As commander gives them. */
export interface NetworkOptions {
  readonly engine: NonNullable<CreateDetectorOptions['engine']>;
  readonly threads?: number;
  readonly maxPixels?: number;
}

/** Adds `--engine`, `--threads` and, for commands that read pictures, `--max-pixels`. */
export function addNetworkOptions(
  command: Command,
  { pictures = true }: { readonly pictures?: boolean } = {},
): Command {
  command
    .addOption(
      new Option('--engine <name>', 'what runs the network; auto is the fastest that loads')
        .choices(['auto', ...nodeEngines.map(({ name }) => name)])
        .default('auto'),
    )
    .addOption(
      new Option('--threads <n>', 'threads of one inference (onnxruntime-node only)').argParser(count),
    );
  if (!pictures) return command;
  return command.addOption(
    new Option('--max-pixels <n>', 'refuse pictures of more pixels (default: 268402689)').argParser(count),
  );
}

/** Where weights are: a path from the user's folder. */
export function weightsPath(io: Pick<CommandIo, 'cwd'>, weights: string): string {
  return /^file:/i.test(weights) ? weights : pathFrom(io, weights);
}

/** Those options as `createDetector` and `createClassifier` take them. */
export function engineOptions({
  engine,
  threads,
}: NetworkOptions): Pick<CreateDetectorOptions, 'engine' | 'threads'> {
  return { engine, ...(threads !== undefined && { threads }) };
}
