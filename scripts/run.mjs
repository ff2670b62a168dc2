// Runs other programs: quietly with their output kept, or in this program's place.
// @ts-check
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** @type {readonly NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A step that failed, in words meant for the user; any other error is a bug and keeps its stack. */
export class StepError extends Error {}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [shell]
 */

/**
 * Runs a program without input and keeps what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number; stdout: string; stderr: string; output: string }>} `output` is both, as printed;
 *   code 127 when the program is missing
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      output += text;
    });
    // What is started here ends with this program, so that a broken run leaves nothing at work behind it.
    const stop = endWith(child);
    child.on('error', (error) => {
      stop();
      if ('code' in error && error.code === 'ENOENT') {
        resolve({ code: 127, stdout, stderr, output: `${command}: not found` });
      } else reject(error);
    });
    child.on('close', (code, signal) => {
      stop();
      resolve({ code: exitCode({ code, signal }), stdout, stderr, output });
    });
  });
}

/**
 * Runs a program and throws a {@link StepError} with its output when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions & { failed: string }} options `failed`: what to tell the user then
 */
export async function mustRun(command, args, { failed, ...options }) {
  const result = await run(command, args, options);
  if (result.code !== 0) throw new StepError(`${result.output.trimEnd()}\n\n${failed}`);
  return result;
}

/**
 * Runs a program in this one's place: same terminal, signals handed on.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>} its exit code, 128 + n when signal n ended it
 */
export function passThrough(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      // A terminal sends Ctrl-C to the child as well; a second one would read as "stop at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of signals) process.on(signal, forward);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(exitCode({ code, signal }));
    });
  });
}

/**
 * Runs a script's main function when the script was started rather than imported: what went wrong goes to standard
 * error, the exit code to the caller.
 * @param {string} url the script's `import.meta.url`
 * @param {() => Promise<number | void>} main
 */
export async function asScript(url, main) {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== fileURLToPath(url)) return;
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof StepError ? error.message : error);
    process.exitCode = 1;
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} undoes it
 */
function endWith(child) {
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    child.kill(signal);
    // Later, so that all of several children hear of it.
    setImmediate(() => process.exit(exitCode({ code: null, signal })));
  };
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}

/** @param {{ code: number | null; signal: NodeJS.Signals | null }} end */
function exitCode({ code, signal }) {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
