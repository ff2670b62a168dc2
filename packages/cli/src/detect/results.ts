// Where the results of a run go: a table, a JSON file, or nowhere.

import { resolve } from 'node:path';
import { SsdliteError } from '@ssdlite/layers';
import type { Label } from 'ssdlite';
import type { PictureSource } from '../inputs/picture-source.ts';
import { cocoImageIds } from '../output/coco-image-ids.ts';
import { JsonList } from '../output/json-list.ts';
import type { Turn } from '../picture-run.ts';
import type { Session } from '../session.ts';
import { cocoNote } from './coco-note.ts';
import type { Found, ResultSink } from './found.ts';
import { CocoResults, SsdliteResults } from './json-results.ts';
import { TableResults } from './table-results.ts';

export interface ResultOptions {
  readonly json?: string;
  readonly format: 'ssdlite' | 'coco';
  readonly timings?: boolean;
  readonly quiet?: boolean;
}

export interface ResultContext {
  readonly session: Session;
  readonly sources: readonly PictureSource[];
  readonly labels: readonly Label[];
}

/** Several sinks as one. */
export class Results {
  readonly #sinks: readonly ResultSink[];

  constructor(sinks: readonly ResultSink[]) {
    this.#sinks = sinks;
  }

  async add(found: Found, turn: Turn): Promise<void> {
    for (const sink of this.#sinks) await sink.add(found, turn);
  }

  async addError(error: unknown, turn: Turn): Promise<void> {
    for (const sink of this.#sinks) await sink.addError(error, turn);
  }

  /** Keeps the results if the work ends well, discards them if it throws. */
  async keep<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      for (const sink of this.#sinks) await sink.commit();
      return result;
    } catch (error) {
      for (const sink of this.#sinks) await sink.discard();
      throw error;
    }
  }
}

/** @throws SsdliteError `WRITE_FAILED`, `INVALID_ARGUMENT` if the JSON would replace a picture */
export async function openResults(options: ResultOptions, context: ResultContext): Promise<Results> {
  const { json, quiet = false } = options;
  const { session, sources, labels } = context;
  const names = labels.map(({ name }) => name);
  const table = quiet || json === '-' ? [] : [new TableResults(session, { sources, labels: names })];
  return new Results([...table, ...(json === undefined ? [] : [await openJson(json, { options, context })])]);
}

async function openJson(
  json: string,
  { options, context }: { readonly options: ResultOptions; readonly context: ResultContext },
): Promise<ResultSink> {
  const { session, sources } = context;
  const { io } = session;
  if (sources.some(({ path }) => path !== undefined && resolve(io.cwd, path) === resolve(io.cwd, json))) {
    throw new SsdliteError('INVALID_ARGUMENT', `--json ${json} would replace a picture that is to be read.`, {
      value: json,
      next: 'Name the file for the results, or - for standard output.',
    });
  }
  const list = await JsonList.open(json, io);
  if (options.format === 'ssdlite') return new SsdliteResults(list, { timings: options.timings ?? false });
  const note = cocoNote(sources);
  if (note !== undefined && !options.quiet) io.stderr.write(note);
  return new CocoResults(list, { imageIds: cocoImageIds(sources.map(({ fileName }) => fileName)).ids });
}
