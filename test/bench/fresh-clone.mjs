// How long a person waits after cloning: `npm start`, and `npm test` with --tests, in a clone of what is committed here.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { tests: { type: 'boolean', default: false } } });
const root = new URL('../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'ssdlite-clone-'));
const clone = join(folder, 'ssdlite');

/** Seconds of a command in the clone; its output is shown if it fails. */
const timed = (title, args) => {
  const start = performance.now();
  execFileSync('npm', args, { cwd: clone, stdio: ['ignore', 'ignore', 'inherit'] });
  console.log(`${title.padEnd(34)} ${((performance.now() - start) / 1000).toFixed(1)} s`);
};

try {
  execFileSync('git', ['clone', '--quiet', root, clone]);
  console.log(
    `${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.version}, packages from npm's cache`,
  );
  timed('npm start, a clone as it comes', ['start']);
  timed('npm start, once more', ['start']);
  if (values.tests) timed('npm test', ['test', '--silent']);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
