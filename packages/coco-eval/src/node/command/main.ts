// The process of `coco-eval`: its streams, its signals, its exit code.

import { constants } from 'node:os';
import { run } from './run.ts';

/** The exit code of a process that a signal ended. */
const codeOf = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE'): number =>
  128 + constants.signals[signal];

for (const stream of [process.stdout, process.stderr]) {
  // Whoever read this has gone, as in `coco-eval ... | head`: nobody is left to tell.
  stream.on('error', () => process.exit(codeOf('SIGPIPE')));
}

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  cwd: process.cwd(),
  env: process.env,
  whileWriting,
});

/**
 * Signals end the process at once, in the middle of any computation. Only while files are written they are caught, and end it when
 * nothing half-written is left.
 */
async function whileWriting<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  let exitCode: number | undefined;
  const onSignal = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void => {
    exitCode = codeOf(signal);
    stop.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(stop.signal);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    if (exitCode !== undefined) process.exit(exitCode);
  }
}
