// Where text results go: a file, whole or not at all, or standard output.

import { type CommandIo, pathFrom, print } from '../command-io.ts';
import { WholeFile } from './whole-file.ts';

export interface TextOutput {
  write(text: string): Promise<void>;
  /** Puts the file in its place. */
  commit(): Promise<void>;
  /** Leaves no file. */
  discard(): Promise<void>;
}

/**
 * @param place a path, or `-` for standard output
 * @throws SsdliteError `WRITE_FAILED`
 */
export async function openTextOutput(
  place: string,
  io: Pick<CommandIo, 'cwd' | 'stdout'>,
): Promise<TextOutput> {
  if (place !== '-') return WholeFile.open(pathFrom(io, place));
  const nothing = async (): Promise<void> => {};
  return { write: (text) => print(io.stdout, text), commit: nothing, discard: nothing };
}
