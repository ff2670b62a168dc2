// A JSON array that is written item by item, so that memory does not grow with it: to a file, whole or not at all, or to standard output.

import { type CommandIo, pathFrom, print } from '../command-io.ts';
import { WholeFile } from './whole-file.ts';

/** Where text goes. */
interface Target {
  write(text: string): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

export class JsonList {
  readonly #target: Target;
  #items = 0;

  private constructor(target: Target) {
    this.#target = target;
  }

  /**
   * @param place a path, or `-` for standard output
   * @throws SsdliteError `WRITE_FAILED`
   */
  static async open(place: string, io: Pick<CommandIo, 'cwd' | 'stdout'>): Promise<JsonList> {
    if (place !== '-') return new JsonList(await WholeFile.open(pathFrom(io, place)));
    const nothing = async (): Promise<void> => {};
    const write = (text: string): Promise<void> => print(io.stdout, text);
    return new JsonList({ write, commit: nothing, discard: nothing });
  }

  /** Adds an item, on a line of its own that is ended at once: on a terminal, errors may come between. */
  async add(item: unknown): Promise<void> {
    await this.#target.write(`${this.#items++ === 0 ? '[\n' : ','}${JSON.stringify(item)}\n`);
  }

  /** Ends the list. */
  async commit(): Promise<void> {
    await this.#target.write(this.#items === 0 ? '[]\n' : ']\n');
    await this.#target.commit();
  }

  /** Ends it without a file. */
  discard(): Promise<void> {
    return this.#target.discard();
  }
}
