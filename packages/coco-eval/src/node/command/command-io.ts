// What the command reads and writes: everything it needs of its process, so that tests can run it without one.

import { resolve } from 'node:path';

/** Standard output or standard error. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

export interface CommandIo {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Where relative paths start. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs what writes files; the signal ends it. */
  readonly whileWriting: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/** A path to open. It stays as it was typed where that means the same, so that errors name it so. */
export function pathFrom({ cwd }: Pick<CommandIo, 'cwd'>, path: string): string {
  return cwd === process.cwd() ? path : resolve(cwd, path);
}

/** Writes text, and waits while the other side does not keep up. */
export async function print(stream: OutputStream, text: string): Promise<void> {
  if (stream.write(text)) return;
  await new Promise<void>((done) => stream.once('drain', done));
}
