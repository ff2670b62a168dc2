// The counts at the end of `npm test`: what does not load or crashes counts as failed.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../scripts/workspace.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite counts '));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('Passed, failed and skipped tests are counted', async () => {
  const counts = await run(`
    test('one', () => {});
    test('two', () => {});
    test('three', () => { throw new Error('no'); });
    test.skip('four', () => {});
    test.todo('five');`);
  expect(counts).toEqual({ passed: 2, failed: 1, skipped: 2 });
});

test('A file that does not load is one failure', async () => {
  expect(await run(`import './nowhere.ts'; test('one', () => {});`)).toEqual({
    passed: 0,
    failed: 1,
    skipped: 0,
  });
});

test('A suite whose hook fails is one failure, its tests are skipped', async () => {
  const counts = await run(`
    describe('suite', () => {
      beforeAll(() => { throw new Error('no'); });
      test('one', () => {});
    });`);
  expect(counts).toEqual({ passed: 0, failed: 1, skipped: 1 });
});

test('An error outside of all tests is a failure', async () => {
  const counts = await run(`test('one', () => { void Promise.reject(new Error('no')); });`);
  expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

/** Runs vitest on one file, in a folder of its own. */
async function run(source: string): Promise<unknown> {
  writeFileSync(join(folder, 'a.test.ts'), source);
  const file = join(folder, 'counts.json');
  const reporter = `--reporter=${join(root, 'scripts/test-counts.mjs')}`;
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  await new Promise((resolve) => {
    spawn(process.execPath, [vitest, 'run', '--globals', '--root', folder, reporter], {
      env: { ...process.env, SSDLITE_TEST_COUNTS: file },
      stdio: 'ignore',
    }).on('close', resolve);
  });
  return JSON.parse(readFileSync(file, 'utf8'));
}
