// Files of a run: whole or not at all, and on the disk before anything relies on them.

import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SsdliteError } from '@ssdlite/layers';

/**
 * Writes a file beside its place and moves it there once the disk has it: whenever the process ends, the old file or the new one is there.
 *
 * @throws SsdliteError `WRITE_FAILED`; the old file is still there then
 */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    const handle = await open(part, 'w');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => {});
    throw writeFailed(path, cause);
  }
}

/** @throws SsdliteError `WRITE_FAILED` */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw writeFailed(path, cause);
  }
}

/** The error of a file that cannot be written. */
export function writeFailed(path: string, cause: unknown): SsdliteError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isFull = code === 'ENOSPC';
  return new SsdliteError(
    'WRITE_FAILED',
    `'${path}' cannot be written: ${isFull ? 'the disk is full' : code || String(cause)}.`,
    {
      value: path,
      next: isFull
        ? 'Make room; the run goes on from its last checkpoint with --resume.'
        : 'Choose another folder, or get the permission to write there.',
      cause,
    },
  );
}
