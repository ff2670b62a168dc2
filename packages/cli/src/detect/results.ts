// Where the results of a run go: a table, files, or nowhere.

import { resolve } from 'node:path';
import { SsdliteError } from '@ssdlite/layers';
import type { Label } from 'ssdlite';
import type { PictureSource } from '../inputs/picture-source.ts';
import { cocoImageIds } from '../output/coco-image-ids.ts';
import { JsonList } from '../output/json-list.ts';
import { openTextOutput } from '../output/text-output.ts';
import type { Turn } from '../picture-run.ts';
import type { Session } from '../session.ts';
import { cocoNote } from './coco-note.ts';
import { CsvResults, MotResults } from './csv-results.ts';
import type { Found, ResultSink } from './found.ts';
import { CocoResults, SsdliteResults } from './json-results.ts';
import { TableResults } from './table-results.ts';

export interface ResultOptions {
  readonly json?: string;
  readonly format: 'ssdlite' | 'coco';
  readonly csv?: string;
  readonly mot?: string;
  /** Whether detections are tracks. */
  readonly track?: boolean;
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

/** Files of results, by the option that names them. */
type ResultFile = 'json' | 'csv' | 'mot';
const resultFiles: readonly ResultFile[] = ['json', 'csv', 'mot'];

/** Where results go, as the user named it; `-` is standard output. */
export function resultPlaces(options: ResultOptions): string[] {
  return resultFiles.map((file) => options[file]).filter((place) => place !== undefined);
}

/** @throws SsdliteError `WRITE_FAILED`, `INVALID_ARGUMENT` if a file would replace a picture or another file */
export async function openResults(options: ResultOptions, context: ResultContext): Promise<Results> {
  const { quiet = false, track = false } = options;
  const { session, sources, labels } = context;
  checkPlaces(options, context);
  const names = labels.map(({ name }) => name);
  const toTable = !quiet && !resultPlaces(options).includes('-');
  const sinks: ResultSink[] = toTable ? [new TableResults(session, { sources, labels: names, track })] : [];
  try {
    for (const file of resultFiles) {
      const place = options[file];
      if (place !== undefined) sinks.push(await openFile(file, { place, options, context }));
    }
  } catch (error) {
    for (const sink of sinks) await sink.discard();
    throw error;
  }
  return new Results(sinks);
}

function checkPlaces(options: ResultOptions, { session: { io }, sources }: ResultContext): void {
  const taken = new Map<string, ResultFile>();
  for (const file of resultFiles) {
    const place = options[file];
    if (place === undefined) continue;
    const path = place === '-' ? '-' : resolve(io.cwd, place);
    if (sources.some((source) => source.path !== undefined && resolve(io.cwd, source.path) === path)) {
      throw new SsdliteError(
        'INVALID_ARGUMENT',
        `--${file} ${place} would replace a picture that is to be read.`,
        { value: place, next: 'Name the file for the results, or - for standard output.' },
      );
    }
    const other = taken.get(path);
    if (other !== undefined) {
      throw new SsdliteError('INVALID_ARGUMENT', `--${other} and --${file} both go to ${place}.`, {
        value: place,
        next: 'Name a file for each.',
      });
    }
    taken.set(path, file);
  }
}

async function openFile(
  file: ResultFile,
  {
    place,
    options,
    context,
  }: { readonly place: string; readonly options: ResultOptions; readonly context: ResultContext },
): Promise<ResultSink> {
  const { session, sources } = context;
  const { io } = session;
  const { format, timings = false, track = false, quiet = false } = options;
  if (file === 'csv') return new CsvResults(await openTextOutput(place, io), { tracked: track });
  if (file === 'mot') return new MotResults(await openTextOutput(place, io));
  const list = await JsonList.open(place, io);
  if (format === 'ssdlite') return new SsdliteResults(list, { timings });
  const note = cocoNote(sources);
  if (note !== undefined && !quiet) io.stderr.write(note);
  return new CocoResults(list, { imageIds: cocoImageIds(sources.map(({ fileName }) => fileName)).ids });
}
