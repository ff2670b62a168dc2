// The process of `ssdlite`: its streams, its signals, its exit code.

import { constants } from 'node:os';
import { run } from './run.ts';

const stop = new AbortController();
let exitCode: number | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const code = 128 + constants.signals[signal];
    // A second one does not wait for what is under way.
    if (stop.signal.aborted) process.exit(code);
    exitCode = code;
    stop.abort();
  });
}

for (const stream of [process.stdout, process.stderr]) {
  // Whoever read this has gone, as in `ssdlite ... | head`: nobody is left to tell.
  stream.on('error', () => {
    exitCode ??= 128 + constants.signals.SIGPIPE;
    stop.abort();
  });
}

const ran = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  signal: stop.signal,
  cwd: process.cwd(),
  env: process.env,
});
// A decoder that was told to stop may work on unheard: whoever has stopped the command does not wait for it.
if (stop.signal.aborted) process.exit(exitCode ?? ran);
process.exitCode = ran;
