// Runs this clone's command lines, as they would run where the user stands.
// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cwd, env, execPath } from 'node:process';
import { passThrough, StepError } from './run.mjs';
import { root } from './workspace.mjs';

const bins = {
  ssdlite: 'packages/cli/bin/ssdlite.js',
  'coco-eval': 'packages/coco-eval/bin/coco-eval.js',
};

/**
 * @param {readonly string[]} args
 * @param {{ command?: keyof typeof bins; script?: string }} [options] script: the npm script that this serves
 * @returns {Promise<number>} exit code
 */
export function runCommandLine(args, { command = 'ssdlite', script = command } = {}) {
  return passThrough(execPath, [join(root, bins[command]), ...args], { cwd: standpoint(script) });
}

/**
 * The folder that relative paths are meant from. npm moves to the root of the clone before it runs a script and keeps
 * the user's folder in INIT_CWD; a program started by another npm script inherits that variable and must not heed it.
 * @param {string} script
 */
export function standpoint(script) {
  const behindNpm = env.npm_lifecycle_event === script && env.npm_package_json === join(root, 'package.json');
  const folder = behindNpm && env.INIT_CWD ? env.INIT_CWD : cwd();
  if (!existsSync(folder)) throw new StepError(`The folder ${folder} is gone.`);
  return folder;
}
