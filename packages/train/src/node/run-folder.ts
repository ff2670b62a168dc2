// Where the files of a run are.

import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { JsonValue, SsdliteError } from '@ssdlite/layers';
import { mustContinue, type RunConfig } from '../run/run-config.ts';
import { makeFolder, writeDurably } from './write-durably.ts';

export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The run's name: its folder's, as far as files can have it. */
  get name(): string {
    return (
      basename(resolve(this.path))
        .replace(/[^\w.-]+/g, '-')
        .replace(/^[^\w]+/, '') || 'run'
    );
  }

  get config(): string {
    return join(this.path, 'config.json');
  }

  get log(): string {
    return join(this.path, 'log.jsonl');
  }

  get checkpoint(): string {
    return join(this.path, 'last.checkpoint');
  }

  /** Weights and manifest, for `createDetector`. */
  get best(): string {
    return join(this.path, 'best');
  }

  get events(): string {
    return join(this.path, 'tensorboard');
  }

  get samples(): string {
    return join(this.path, 'samples');
  }

  get report(): string {
    return join(this.path, 'report.html');
  }

  /**
   * Makes the folder of a new run, or checks that an old one can go on.
   *
   * @throws SsdliteError `RUN_MISMATCH` if there is a run and it is not to go on, or it began with other settings; `WRITE_FAILED`
   */
  async prepare(config: RunConfig, { resume }: { readonly resume: boolean }): Promise<void> {
    const saved = await this.#savedConfig();
    if (saved && !resume) {
      throw new SsdliteError('RUN_MISMATCH', `The folder '${this.path}' holds a run already.`, {
        value: this.path,
        next: 'Go on with it (--resume), or name another folder.',
      });
    }
    if (saved) mustContinue(saved, config);
    for (const folder of [this.path, this.best, this.events, this.samples]) await makeFolder(folder);
    await writeDurably(this.config, `${JSON.stringify(config, undefined, 2)}\n`);
  }

  async #savedConfig(): Promise<RunConfig | undefined> {
    const text = await readFile(this.config, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      const json = JSON.parse(text);
      new JsonValue(json, { document: `'${this.config}'` }).get('format').oneOf(['ssdlite-run/1']);
      return json as RunConfig;
    } catch (cause) {
      throw new SsdliteError('RUN_MISMATCH', `'${this.config}' is no configuration of a run.`, {
        value: this.config,
        next: 'Name another folder.',
        cause,
      });
    }
  }
}
