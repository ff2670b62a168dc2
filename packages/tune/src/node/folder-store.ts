// What views saw, in a folder: a file per picture and view, so that a run that was stopped goes on where it was.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SsdliteError } from '@ssdlite/layers';
import { decodeSeen, encodeSeen } from '../encode-seen.ts';
import type { SeenStore } from '../seen-store.ts';

/** A store on disk. Files that are damaged or of another version are as if they were not there. */
export class FolderStore implements SeenStore {
  readonly #folder: string;
  #files = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws SsdliteError `WRITE_FAILED` if the folder cannot be made */
  static async open(folder: string): Promise<FolderStore> {
    try {
      await mkdir(folder, { recursive: true });
      return new FolderStore(folder);
    } catch (cause) {
      throw writeError(folder, cause);
    }
  }

  async get(key: string): Promise<ReturnType<typeof decodeSeen>> {
    try {
      return decodeSeen(await readFile(this.#pathOf(key)));
    } catch (error) {
      // Anything but its absence: the network sees it again, and the writing after that says what is wrong.
      if (error instanceof Error && 'code' in error) return undefined;
      throw error;
    }
  }

  /** @throws SsdliteError `WRITE_FAILED` */
  async set(key: string, seen: Parameters<typeof encodeSeen>[0]): Promise<void> {
    const path = this.#pathOf(key);
    const part = `${path}.${process.pid}-${this.#files++}.part`;
    try {
      await writeFile(part, encodeSeen(seen), { flag: 'wx' });
      await rename(part, path);
    } catch (cause) {
      await rm(part, { force: true }).catch(() => {});
      throw writeError(this.#folder, cause);
    }
  }

  #pathOf(key: string): string {
    return join(this.#folder, `${key}.seen`);
  }
}

function writeError(folder: string, cause: unknown): SsdliteError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new SsdliteError('WRITE_FAILED', `What was seen cannot be kept in '${folder}' (${code}).`, {
    value: folder,
    next: 'Check that the folder may be written and that the disk has room, or choose another.',
    cause,
  });
}
