// Output files that are there whole or not at all: written beside their place under another name, then renamed.

import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SsdliteError } from '@ssdlite/layers';

let opened = 0;

/** A file that is being written. End it with `commit` or `discard`. */
export class WholeFile {
  readonly #path: string;
  /** Undefined for devices and pipes, which are written as they are. */
  readonly #part: string | undefined;
  readonly #handle: FileHandle;

  private constructor(path: string, { part, handle }: { part: string | undefined; handle: FileHandle }) {
    this.#path = path;
    this.#part = part;
    this.#handle = handle;
  }

  /** @throws SsdliteError `WRITE_FAILED` if the file cannot be put there */
  static async open(path: string): Promise<WholeFile> {
    try {
      const target = await realpath(path).catch(() => path); // through a link, not in its place
      const there = await stat(target).catch(() => undefined);
      if (there?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
      if (there && !there.isFile()) {
        return new WholeFile(path, { part: undefined, handle: await open(target, 'w') });
      }
      const part = join(dirname(target), `.${basename(target)}.${process.pid}-${opened++}.part`);
      return new WholeFile(target, { part, handle: await open(part, 'wx') });
    } catch (cause) {
      throw writeError(cause, path);
    }
  }

  /** @throws SsdliteError `WRITE_FAILED`; discard it then */
  async write(content: string | Uint8Array): Promise<void> {
    try {
      await this.#handle.writeFile(content);
    } catch (cause) {
      throw writeError(cause, this.#path);
    }
  }

  /** Puts it in its place, where it replaces what was there. */
  async commit(): Promise<void> {
    try {
      await this.#handle.close();
      if (this.#part !== undefined) await rename(this.#part, this.#path);
    } catch (cause) {
      await this.discard();
      throw writeError(cause, this.#path);
    }
  }

  /** Leaves no trace of it. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    if (this.#part !== undefined) await rm(this.#part, { force: true }).catch(() => {});
  }
}

/**
 * Writes a file, whole or not at all.
 *
 * @throws SsdliteError `WRITE_FAILED`; what was there before is still there then
 */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const file = await WholeFile.open(path);
  try {
    await file.write(content);
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.commit();
}

/**
 * Makes a folder for output, with those above it.
 *
 * @throws SsdliteError `WRITE_FAILED`
 */
export async function makeOutputFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    const probe = join(path, `.${process.pid}-${opened++}.part`);
    await (await open(probe, 'wx')).close();
    await rm(probe);
  } catch (cause) {
    throw writeError(cause, join(path, 'any'), path);
  }
}

function writeError(cause: unknown, path: string, shown: string = path): SsdliteError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const [why, next] = reasons(path)[code ?? ''] ?? [code ?? String(cause), 'See the cause of this error.'];
  return new SsdliteError('WRITE_FAILED', `'${shown}' cannot be written: ${why}.`, {
    value: shown,
    next,
    cause,
  });
}

function reasons(path: string): Record<string, readonly [why: string, next: string]> {
  const folder = dirname(path);
  const denied = [
    'there is no permission to',
    'Choose another folder, or get the permission to write there.',
  ];
  const permission = [`${denied[0]} write in '${folder}'`, `${denied[1]}`] as const;
  return {
    ENOENT: [`there is no folder '${folder}'`, 'Make it first, or choose another.'],
    ENOTDIR: [`'${folder}' is not a folder`, 'Choose another place.'],
    EEXIST: [`'${folder}' is not a folder`, 'Choose another place.'],
    EISDIR: ['it is a folder', 'Name a file.'],
    EACCES: permission,
    EPERM: permission,
    EROFS: ['the disk is read-only', 'Choose another folder.'],
    ENOSPC: ['the disk is full', 'Make room and run this again.'],
    ENAMETOOLONG: ['the name is too long', 'Choose a shorter one.'],
  };
}
