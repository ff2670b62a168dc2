// A data set looked over: from an object, or from a stream of its JSON.

import { show } from '../data/raw-record.ts';
import { notADataset, notAList } from '../data/truth-object.ts';
import { type DocumentReader, JsonDocument, type RecordPlace } from '../json/json-document.ts';
import type { JsonScanner } from '../json/json-scanner.ts';
import { type DatasetInspection, DatasetInspector } from './dataset-inspector.ts';
import type { ProblemList } from './dataset-problems.ts';

const lists = ['images', 'annotations', 'categories'] as const;

type List = (typeof lists)[number];

/**
 * Counts what is in a data set in COCO's format and names what is wrong with it. Records are never refused: all that is broken is told.
 *
 * @param problems of reading, if there are any already
 * @throws CocoEvalError `INVALID_ANNOTATIONS` if it is no data set at all
 * @example
 * const { categories, problems } = inspectDataset(JSON.parse(text));
 * problems[0]; // { code: 'BOX_OUTSIDE', severity: 'error', count: 2, examples: ['annotations[7] (id 12): ...'], ... }
 */
export function inspectDataset(dataset: unknown, problems?: ProblemList): DatasetInspection {
  if (typeof dataset !== 'object' || dataset === null || Array.isArray(dataset)) {
    throw notADataset(show(dataset));
  }
  const inspector = new DatasetInspector(problems);
  for (const list of lists) {
    const records = (dataset as Readonly<Record<List, unknown>>)[list];
    if (!Array.isArray(records)) throw notAList(list, show(records));
    for (const [index, record] of records.entries()) take(inspector, list, { record, index });
  }
  return inspector.finish();
}

/**
 * The same from a stream of UTF-8 bytes, of any length.
 *
 * @throws CocoEvalError `INVALID_JSON`, `INVALID_ANNOTATIONS`
 */
export async function readInspection(pieces: AsyncIterable<Uint8Array>): Promise<DatasetInspection> {
  const reader = new InspectionReader();
  const document = new JsonDocument(reader, { name: 'annotations' });
  for await (const piece of pieces) document.push(piece);
  document.finish();
  return reader.finish();
}

function take(
  inspector: DatasetInspector,
  list: List,
  { record, index }: { readonly record: unknown; readonly index: number },
): void {
  if (list === 'images') inspector.image(record, index);
  else if (list === 'categories') inspector.category(record, index);
  else inspector.annotation(record, index);
}

/** An annotation's polygons are lists in a list in it. */
const depth = 6;

class InspectionReader implements DocumentReader {
  readonly #inspector = new DatasetInspector();
  readonly #begun = new Set<string>();

  object(): void {}

  begin(key: string | undefined): void {
    if (key === undefined) throw notADataset('a list');
    this.#begun.add(key);
  }

  record(scanner: JsonScanner, { key, index }: RecordPlace): void {
    const list = lists.find((name) => name === key);
    if (list === undefined) scanner.skipValue();
    else take(this.#inspector, list, { record: scanner.readValue(depth), index });
  }

  other(scanner: JsonScanner, key: string | undefined): void {
    const list = lists.find((name) => name === key);
    if (key !== undefined && list === undefined) {
      scanner.skipValue();
      return;
    }
    const value = scanner.readValue(0);
    throw list === undefined ? notADataset(show(value)) : notAList(list, show(value));
  }

  finish(): DatasetInspection {
    for (const list of lists) if (!this.#begun.has(list)) throw notAList(list, 'missing');
    return this.#inspector.finish();
  }
}
