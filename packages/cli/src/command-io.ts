// What a command reads and writes: everything it needs of its process, so that tests can run it without one.

import { resolve } from 'node:path';
import type { Readable } from 'node:stream';

/** Standard output or standard error. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

export interface CommandIo {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Ends the command: what is done is kept. Ctrl-C, for instance. */
  readonly signal: AbortSignal;
  /** Where relative paths start. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A path to open. It stays as it was typed where that means the same, so that errors name it so. */
export function pathFrom(io: Pick<CommandIo, 'cwd'>, path: string): string {
  return io.cwd === process.cwd() ? path : resolve(io.cwd, path);
}

/** Writes text, and waits while the other side does not keep up. */
export async function print(stream: OutputStream, text: string): Promise<void> {
  if (stream.write(text) || ('destroyed' in stream && stream.destroyed)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) stream.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stream.on(event, done);
  });
}
