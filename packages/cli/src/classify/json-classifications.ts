// Classifications as JSON: `{ file, classes }` or `{ file, error }` for every picture.

import type { Classification } from 'ssdlite';
import { codeOf } from '../error-report.ts';
import type { JsonList } from '../output/json-list.ts';

export class JsonClassifications {
  readonly #list: JsonList;

  constructor(list: JsonList) {
    this.#list = list;
  }

  add(file: string, classes: readonly Classification[]): Promise<void> {
    return this.#list.add({ file, classes });
  }

  addError(file: string, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    return this.#list.add({ file, error: { code: codeOf(error), message } });
  }

  commit(): Promise<void> {
    return this.#list.commit();
  }
}
