// What an evaluation has found so far, on disk: a run that is stopped goes on where it was, instead of from the start.

import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { SsdliteError } from '@ssdlite/layers';
import type { PictureObjects } from './found-objects.ts';

/**
 * A file of one JSON value a line: what the run was asked, then picture after picture. A line that is cut off, as by a crash, does not
 * count.
 */
export class Journal {
  readonly path: string;
  /** Pictures that an earlier run had done. */
  readonly before: readonly PictureObjects[];
  /** Whether there was a journal of a run that was asked something else; it is overwritten. */
  readonly replaced: boolean;
  readonly #handle: FileHandle;

  private constructor(
    path: string,
    { before, replaced, handle }: Pick<Journal, 'before' | 'replaced'> & { readonly handle: FileHandle },
  ) {
    this.path = path;
    this.before = before;
    this.replaced = replaced;
    this.#handle = handle;
  }

  /**
   * @param asked whatever decides what is found, as JSON: a journal of anything else does not count
   * @throws SsdliteError `WRITE_FAILED`
   */
  static async open(path: string, asked: object): Promise<Journal> {
    const header = JSON.stringify(asked);
    const [first, ...lines] = (await readFile(path, 'utf8').catch(() => '')).split('\n');
    const isOurs = first === header;
    // What follows the last line feed was cut off.
    const whole = isOurs ? lines.slice(0, -1) : [];
    try {
      const handle = await open(path, 'w');
      await handle.writeFile([header, ...whole, ''].join('\n'));
      return new Journal(path, {
        before: whole.map((line) => JSON.parse(line) as PictureObjects),
        replaced: !isOurs && first !== '',
        handle,
      });
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
