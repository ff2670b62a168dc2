// `npm test`: sets up the clone, runs the tests, and says in the last line how many passed and failed.
// @ts-check
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { asScript, passThrough, StepError } from './run.mjs';
import { setUp } from './setup.mjs';
import { root } from './workspace.mjs';

/** @typedef {import('./test-counts.mjs').Counts} Counts */

await asScript(import.meta.url, async () => {
  const { code, counts } = await runTests(process.argv.slice(2));
  // A run that fails without a failed test (no test found, a crash) is one failure.
  const failed = code !== 0 ? Math.max(counts.failed, 1) : counts.failed;
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  console.log(`${counts.passed} passed, ${failed} failed${skipped}`);
  return failed > 0 ? code || 1 : 0;
});

/**
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number; counts: Counts }>}
 */
async function runTests(args) {
  const none = { passed: 0, failed: 0, skipped: 0 };
  try {
    await setUp();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    console.error(error.message);
    return { code: 1, counts: none };
  }
  const folder = mkdtempSync(join(tmpdir(), 'ssdlite-test-'));
  const file = join(folder, 'counts.json');
  try {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts/test-counts.mjs')}`];
    const code = await passThrough(execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: root,
      env: { ...env, SSDLITE_TEST_COUNTS: file },
    });
    return { code, counts: readCounts(file) ?? none };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} file
 * @returns {Counts | undefined} nothing when the run ended before its reporter could write
 */
function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
