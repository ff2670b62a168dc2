// A JSON array that is written item by item, so that memory does not grow with it: to a file, whole or not at all, or to standard output.

import type { CommandIo } from '../command-io.ts';
import { openTextOutput, type TextOutput } from './text-output.ts';

export class JsonList {
  readonly #target: TextOutput;
  #items = 0;

  private constructor(target: TextOutput) {
    this.#target = target;
  }

  /**
   * @param place a path, or `-` for standard output
   * @throws SsdliteError `WRITE_FAILED`
   */
  static async open(place: string, io: Pick<CommandIo, 'cwd' | 'stdout'>): Promise<JsonList> {
    return new JsonList(await openTextOutput(place, io));
  }

  /** Adds an item, on a line of its own that is ended at once: on a terminal, errors may come between. */
  async add(item: unknown): Promise<void> {
    await this.#target.write(`${this.#items++ === 0 ? '[\n' : ','}${JSON.stringify(item)}\n`);
  }

  /** Adds several, in one write: there are millions of detections. */
  async addAll(items: readonly unknown[]): Promise<void> {
    if (items.length === 0) return;
    const lines = items.map((item) => JSON.stringify(item)).join('\n,');
    const start = this.#items === 0 ? '[\n' : ',';
    this.#items += items.length;
    await this.#target.write(`${start}${lines}\n`);
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
