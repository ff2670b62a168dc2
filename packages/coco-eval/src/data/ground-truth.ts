// Ground truth ready to be evaluated: COCO's annotations as columns, from objects, text, bytes or a stream.

import { type DocumentReader, encodeText, JsonDocument, type RecordPlace } from '../json/json-document.ts';
import type { JsonScanner } from '../json/json-scanner.ts';
import { type ByteSource, piecesOf } from './byte-source.ts';
import type { CocoCategory, CocoDataset, CocoImage } from './coco-types.ts';
import { toCategory, toImage } from './image-list.ts';
import type { GroundTruth, LoadOptions } from './loaded.ts';
import { RawRecord, show } from './raw-record.ts';
import { scanRecord } from './scan-record.ts';
import { TruthBuilder } from './truth-builder.ts';
import { lists, notADataset, notAList, truthsFromObject } from './truth-object.ts';
import { TruthShapes } from './truth-shapes.ts';

/**
 * Loads annotations in COCO's format.
 *
 * @param source the object, or its JSON as text or UTF-8 bytes
 * @throws CocoEvalError `INVALID_JSON`, `INVALID_ANNOTATIONS`
 */
export function loadGroundTruth(
  source: CocoDataset | string | Uint8Array,
  options: LoadOptions,
): GroundTruth {
  if (typeof source === 'string' || source instanceof Uint8Array) {
    const reader = new GroundTruthReader(options);
    const document = new JsonDocument(reader, { name: 'ground truth' });
    if (typeof source === 'string') {
      for (const piece of encodeText(source)) document.push(piece);
      document.finish();
    } else document.readAll(source);
    return reader.finish();
  }
  return truthsFromObject(source, builderFor(options));
}

/**
 * Loads annotations in COCO's format from a file, blob or stream of UTF-8 bytes, of any length: the text is never in memory as a
 * whole.
 *
 * @throws CocoEvalError `INVALID_JSON`, `INVALID_ANNOTATIONS`
 */
export async function readGroundTruth(source: ByteSource, options: LoadOptions): Promise<GroundTruth> {
  const reader = new GroundTruthReader(options);
  const document = new JsonDocument(reader, { name: 'ground truth' });
  for await (const piece of piecesOf(source)) document.push(piece);
  document.finish();
  return reader.finish();
}

/** An image or a category is a small object; what is nested deeper is not needed. */
const depth = 4;

class GroundTruthReader implements DocumentReader {
  readonly #options: LoadOptions;
  readonly #record = new RawRecord();
  readonly #begun = new Set<string>();
  #builder: TruthBuilder;
  #images: CocoImage[] = [];
  #categories: CocoCategory[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#builder = builderFor(options);
  }

  object(): void {}

  begin(key: string | undefined): void {
    if (key === undefined) throw notADataset('a list');
    this.#begun.add(key);
    // Of two equal keys the last counts, as in JSON.parse.
    if (key === 'annotations') this.#builder = builderFor(this.#options);
    if (key === 'images') this.#images = [];
    if (key === 'categories') this.#categories = [];
  }

  record(scanner: JsonScanner, { key, index }: RecordPlace): void {
    if (key === 'annotations') {
      const of = { list: key, index } as const;
      scanRecord(scanner, this.#record, { of, wanted: this.#builder.wanted });
      this.#builder.add(this.#record);
    } else if (key === 'images') this.#images.push(toImage(scanner.readValue(depth), index));
    else if (key === 'categories') this.#categories.push(toCategory(scanner.readValue(depth), index));
    else scanner.skipValue();
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

  finish(): GroundTruth {
    for (const list of lists) if (!this.#begun.has(list)) throw notAList(list, 'missing');
    return this.#builder.finish({ images: this.#images, categories: this.#categories });
  }
}

function builderFor(options: LoadOptions): TruthBuilder {
  return new TruthBuilder({ ...options, makeShapes: (type) => new TruthShapes(type) });
}
