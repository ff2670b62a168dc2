// The lock between processes that keeps two set-ups of one clone apart.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../scripts/lock.mjs';

const lockModule = new URL('../../scripts/lock.mjs', import.meta.url).href;
let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite lock '));
  lock = join(folder, 'below', 'a.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('It gives back what the action gives, and is gone afterwards', async () => {
  const held = await withLock(lock, async () => existsSync(lock));
  expect(held).toBe(true);
  expect(existsSync(lock)).toBe(false);
});

test('It is released when the action fails', async () => {
  await expect(
    withLock(lock, async () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(existsSync(lock)).toBe(false);
});

test('Processes hold it one after the other', async () => {
  const log = join(folder, 'log');
  const program = `
    import { appendFileSync } from 'node:fs';
    import { withLock } from ${JSON.stringify(lockModule)};
    const [lock, log] = process.argv.slice(1);
    for (let turn = 0; turn < 3; turn++) {
      await withLock(lock, async () => {
        appendFileSync(log, 'in ');
        await new Promise((resolve) => setImmediate(resolve));
        appendFileSync(log, 'out ');
      });
    }`;
  const codes = await Promise.all(
    [1, 2, 3].map(() => node(['--input-type=module', '-e', program, lock, log])),
  );
  expect(codes).toEqual([0, 0, 0]);
  expect(readFileSync(log, 'utf8')).toBe('in out '.repeat(9));
});

test('It is taken over from a process that has died, without waiting', async () => {
  const dead = await new Promise<number>((resolve) => {
    const child = spawn(process.execPath, ['-e', '']);
    child.on('close', () => resolve(child.pid ?? 0));
  });
  mkdirSync(lock, { recursive: true });
  writeFileSync(join(lock, 'pid'), String(dead));
  let waited = false;
  await withLock(lock, async () => {}, { onWait: () => (waited = true) });
  expect(waited).toBe(false);
});

function node(args: string[]): Promise<number | null> {
  return new Promise((resolve) => {
    spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }).on('close', resolve);
  });
}
