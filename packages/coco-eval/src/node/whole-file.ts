// An output file that is there whole or not at all: written beside its place under another name, then renamed.

import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CocoEvalError } from '../error.ts';

let written = 0;

export interface WriteFileOptions {
  /** Ends the writing; nothing is left of it then. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a file, whole or not at all: what was there before is there until the new one is complete. Devices and pipes are written as
 * they are.
 *
 * @param content text or bytes, at once or in pieces
 * @throws CocoEvalError `WRITE_FAILED`, `ABORTED`
 */
export async function writeWholeFile(
  path: string,
  content: string | Uint8Array | Iterable<string | Uint8Array>,
  { signal }: WriteFileOptions = {},
): Promise<void> {
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  let part: string | undefined;
  try {
    const target = await realpath(path).catch(() => path); // through a link, not in its place
    const there = await stat(target).catch(() => undefined);
    if (there?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    if (!there || there.isFile()) {
      part = partOf(target);
    }
    await writeAll(await open(part ?? target, part === undefined ? 'w' : 'wx'), pieces, signal);
    if (part !== undefined) await rename(part, target);
  } catch (cause) {
    if (part !== undefined) await rm(part, { force: true }).catch(() => {});
    throw signal?.aborted ? aborted(path) : failure(path, cause);
  }
}

/**
 * Finds out whether a file can be put there, before the work that it is for.
 *
 * @throws CocoEvalError `WRITE_FAILED`
 */
export async function checkWritable(path: string): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path);
    const there = await stat(target).catch(() => undefined);
    if (there?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    if (there && !there.isFile()) return;
    const part = partOf(target);
    await (await open(part, 'wx')).close();
    await rm(part);
  } catch (cause) {
    throw failure(path, cause);
  }
}

function partOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.${process.pid}-${written++}.part`);
}

async function writeAll(
  handle: FileHandle,
  pieces: Iterable<string | Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for (const piece of pieces) {
      signal?.throwIfAborted();
      await handle.writeFile(piece);
    }
    signal?.throwIfAborted();
  } finally {
    await handle.close();
  }
}

function aborted(path: string): CocoEvalError {
  return new CocoEvalError('ABORTED', `'${path}' was not written: the call was aborted.`, {
    value: path,
    next: 'Call again.',
  });
}

function failure(path: string, cause: unknown): CocoEvalError {
  if (cause instanceof CocoEvalError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const [why, next] = reasons[code] ?? [code || String(cause), 'See the cause of this error.'];
  return new CocoEvalError('WRITE_FAILED', `'${path}' cannot be written: ${why}.`, {
    value: path,
    next,
    cause,
  });
}

const denied = [
  'permission is denied',
  'Choose another place, or get the permission to write there.',
] as const;

const reasons: Readonly<Record<string, readonly [why: string, next: string]>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: ['the disk is read-only', 'Choose another place.'],
  ENOENT: ['its folder is not there', 'Make it first, or choose another.'],
  ENOTDIR: ['a part of the path is no folder', 'Choose another place.'],
  EISDIR: ['it is a folder', 'Name a file.'],
  ENOSPC: ['the disk is full', 'Make room and run this again.'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter one.'],
};
