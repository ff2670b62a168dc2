// What an evaluation has found so far, on disk: a run that is stopped goes on where it was, instead of from the start.

import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { SsdliteError } from '@ssdlite/layers';
import type { PictureObjects } from './found-objects.ts';

/**
 * A file of one JSON value a line: what the run was asked, then picture after picture. A line that is cut off, as by a crash, does not
 * count. Runs that are asked different things have different files.
 */
export class Journal {
  readonly path: string;
  /** Pictures that an earlier run had done. */
  readonly before: readonly PictureObjects[];
  readonly #handle: FileHandle;

  private constructor(path: string, before: readonly PictureObjects[], handle: FileHandle) {
    this.path = path;
    this.before = before;
    this.#handle = handle;
  }

  /**
   * @param start of its path; what it is of follows
   * @param asked whatever decides what is found, as JSON
   * @throws SsdliteError `WRITE_FAILED`
   */
  static async open(start: string, asked: object): Promise<Journal> {
    const header = JSON.stringify(asked);
    const path = `${start}.${createHash('sha256').update(header).digest('hex').slice(0, 12)}.partial`;
    const [first, ...lines] = (await readFile(path, 'utf8').catch(() => '')).split('\n');
    // What follows the last line feed was cut off.
    const whole = first === header ? lines.slice(0, -1) : [];
    try {
      const handle = await open(path, 'w');
      await handle.writeFile([header, ...whole, ''].join('\n'));
      return new Journal(
        path,
        whole.map((line) => JSON.parse(line) as PictureObjects),
        handle,
      );
    } catch (cause) {
      throw new SsdliteError('WRITE_FAILED', `'${path}', which keeps what is done, cannot be written.`, {
        value: path,
        next: 'Choose another place with --json.',
        cause,
      });
    }
  }

  async add(picture: PictureObjects): Promise<void> {
    await this.#handle.writeFile(`${JSON.stringify(picture)}\n`);
  }

  /** Ends it; what is in it stays. */
  close(): Promise<void> {
    return this.#handle.close();
  }

  /** Takes it away, once it is no longer needed. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
