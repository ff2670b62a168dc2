// A lock between processes: a folder, because making one is atomic everywhere.
// @ts-check
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StepError } from './run.mjs';

const POLL_MS = 100;
const PATIENCE_MS = 20 * 60_000;
/** A lock without a process id is one being made, until it is this old. */
const UNSIGNED_MS = 5_000;

/**
 * Runs `action` while no other process holds the same lock. A lock whose process has died is taken over.
 * @template T
 * @param {string} folder the lock: a path where nothing else is
 * @param {() => Promise<T>} action
 * @param {{ onWait?: (pid: number | undefined) => void }} [options] `onWait` is called once if it has to wait
 * @returns {Promise<T>}
 */
export async function withLock(folder, action, { onWait } = {}) {
  mkdirSync(dirname(folder), { recursive: true });
  const start = Date.now();
  let told = false;
  while (!take(folder)) {
    const holder = holderOf(folder);
    if (holder === 'dead') {
      removeDead(folder);
      continue;
    }
    if (!told) onWait?.(holder.pid);
    told = true;
    if (Date.now() - start > PATIENCE_MS) {
      throw new StepError(
        `${folder} has been held by process ${holder.pid} for ${PATIENCE_MS / 60_000} minutes. If that is not at work, remove the folder and try again.`,
      );
    }
    await delay(POLL_MS);
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', release);
  try {
    return await action();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** @param {string} folder */
function take(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(folder, 'pid'), String(process.pid));
  return true;
}

/**
 * @param {string} folder
 * @returns {'dead' | { pid: number | undefined }}
 */
function holderOf(folder) {
  const pid = pidIn(folder);
  if (pid === undefined) {
    const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    return Date.now() - made > UNSIGNED_MS ? 'dead' : { pid };
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return 'dead';
  }
  return { pid };
}

/**
 * Moving it aside first lets one of several waiting processes win; a live lock moved by mistake is put back.
 * @param {string} folder
 */
function removeDead(folder) {
  const aside = `${folder}.${process.pid}`;
  try {
    renameSync(folder, aside);
    if (holderOf(aside) !== 'dead') return renameSync(aside, folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

/** @param {string} folder */
function pidIn(folder) {
  try {
    return Number.parseInt(readFileSync(join(folder, 'pid'), 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
