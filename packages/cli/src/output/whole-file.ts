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
  await writeWholeFiles([[path, content]]);
}

/**
 * Writes files that belong together: all are written before the first is put in its place.
 *
 * @throws SsdliteError `WRITE_FAILED`; what was there before is still there then
 */
export async function writeWholeFiles(
  contents: readonly (readonly [path: string, content: string | Uint8Array])[],
): Promise<void> {
  const files: WholeFile[] = [];
  try {
    for (const [path, content] of contents) {
      const file = await WholeFile.open(path);
      files.push(file);
      await file.write(content);
    }
  } catch (error) {
    for (const file of files) await file.discard();
    throw error;
  }
  for (const file of files) await file.commit();
}

/**
 * Makes a folder for output, with those above it.
 *
 * @throws SsdliteError `WRITE_FAILED`
 */
export async function makeOutputFolder(path: string): Promise<void> {
  try {
    await makeFolders(path);
    const probe = join(path, `.${process.pid}-${opened++}.part`);
    await (await open(probe, 'wx')).close();
    await rm(probe);
  } catch (cause) {
    throw folderError(cause, path);
  }
}

/** Not by `recursive: true`: where the system refuses in a strange way, as in /proc, that tries for ever. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const isThere = code === 'EEXIST' && (await stat(path)).isDirectory();
    if (isThere) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path || (await stat(parent).catch(() => undefined))) throw error;
    await makeFolders(parent);
    await mkdir(path);
  }
}

function writeError(cause: unknown, path: string): SsdliteError {
  const folder = dirname(path);
  return failure(cause, path, {
    ENOENT: [`there is no folder '${folder}'`, 'Make it first, or choose another.'],
    ENOTDIR: [`'${folder}' is not a folder`, 'Choose another place.'],
    EISDIR: ['it is a folder', 'Name a file.'],
  });
}

function folderError(cause: unknown, path: string): SsdliteError {
  return failure(cause, path, {
    ENOENT: ['no folder can be made there', 'Choose another place.'],
    ENOTDIR: ['a part of this path is a file', 'Choose another place.'],
    EEXIST: ['it is a file', 'Name a folder.'],
  });
}

type Reasons = Readonly<Record<string, readonly [why: string, next: string]>>;

const denied = [
  'permission is denied',
  'Choose another place, or get the permission to write there.',
] as const;

const reasonsOfAll: Reasons = {
  EACCES: denied,
  EPERM: denied,
  EROFS: ['the disk is read-only', 'Choose another place.'],
  ENOSPC: ['the disk is full', 'Make room and run this again.'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter one.'],
};

function failure(cause: unknown, path: string, reasons: Reasons): SsdliteError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = reasons[code] ?? reasonsOfAll[code];
  const [why, next] = reason ?? [code || String(cause), 'See the cause of this error.'];
  return new SsdliteError('WRITE_FAILED', `'${path}' cannot be written: ${why}.`, {
    value: path,
    next,
    cause,
  });
}
