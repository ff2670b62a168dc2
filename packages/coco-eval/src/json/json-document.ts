// A JSON document that comes in pieces: an array of records, or an object of such arrays, read record by record so that memory holds
// only the record at hand.

import { CocoEvalError } from '../error.ts';
import { JsonScanner, needMore } from './json-scanner.ts';

/** Where a record is: in the document itself (key undefined), or in the array under a key of it. */
export interface RecordPlace {
  readonly key: string | undefined;
  readonly index: number;
}

/** What is done with a document. `record` and `other` read exactly one value, and may be asked for the same one again. */
export interface DocumentReader {
  /** An array begins: the document itself (key undefined), or the value of a top-level key. */
  begin(key: string | undefined): void;
  /** Reads an element of that array. */
  record(scanner: JsonScanner, place: RecordPlace): void;
  /** Reads a value that is not an array: that of a top-level key, or the document itself, which is neither array nor object. */
  other(scanner: JsonScanner, key: string | undefined): void;
  /** The document is an object. */
  object(): void;
}

/** More than any one record needs; what is longer is refused rather than held in memory. */
const longestValue = 2 ** 28;

const smallestBuffer = 2 ** 16;

const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

type State = 'start' | 'firstRecord' | 'nextRecord' | 'record' | 'firstKey' | 'nextKey' | 'key' | 'end';

/** Takes a document in pieces, or whole. */
export class JsonDocument {
  readonly #reader: DocumentReader;
  readonly #name: string;
  readonly #scanner = new JsonScanner();
  #state: State = 'start';
  #isObject = false;
  #key: string | undefined;
  #index = 0;
  /** A record was cut at this many bytes: only with twice as many is it worth another look. */
  #cutAt = 0;

  /** @param name what messages call the document: `results` */
  constructor(reader: DocumentReader, { name }: { readonly name: string }) {
    this.#reader = reader;
    this.#name = name;
    this.#scanner.isLast = false;
    this.#scanner.place = () => this.#place();
  }

  /** Reads a whole document. */
  readAll(bytes: Uint8Array): void {
    this.#scanner.bytes = bytes;
    this.#scanner.end = bytes.length;
    this.finish();
  }

  /** Reads the next piece as far as its records are whole. */
  push(piece: Uint8Array): void {
    const scanner = this.#scanner;
    const rest = scanner.end - scanner.at;
    const length = rest + piece.length;
    if (length > longestValue) {
      throw new CocoEvalError(
        'INVALID_JSON',
        `A value in ${this.#place()} is longer than ${longestValue} bytes.`,
        {
          value: length,
          next: 'Write smaller records.',
        },
      );
    }
    let { bytes } = scanner;
    if (bytes.length < length) {
      bytes = new Uint8Array(Math.max(smallestBuffer, 2 * length));
      bytes.set(scanner.bytes.subarray(scanner.at, scanner.end));
    } else bytes.copyWithin(0, scanner.at, scanner.end);
    bytes.set(piece, rest);
    scanner.bytes = bytes;
    scanner.offset += scanner.at;
    scanner.at = 0;
    scanner.end = length;
    if (length >= 2 * this.#cutAt) this.#advance();
  }

  /** Says that no more comes, and reads what is left. */
  finish(): void {
    this.#scanner.isLast = true;
    this.#advance();
  }

  #place(): string {
    if (this.#state === 'record') return `${this.#key ?? this.#name}[${this.#index}]`;
    return this.#key === undefined ? `the ${this.#name}` : `"${this.#key}" of the ${this.#name}`;
  }

  #advance(): void {
    const scanner = this.#scanner;
    let whole = scanner.at;
    try {
      while (this.#step()) whole = scanner.at;
    } catch (error) {
      if (error !== needMore) throw error;
      scanner.at = whole;
      this.#cutAt = scanner.end - whole;
    }
  }

  /** Reads one thing and only then goes on to the next state. False at the end. */
  #step(): boolean {
    const scanner = this.#scanner;
    switch (this.#state) {
      case 'start':
        this.#start();
        return true;
      case 'firstRecord':
        this.#state = scanner.take(closeArray) ? this.#behindArray() : 'record';
        return true;
      case 'record':
        this.#reader.record(scanner, { key: this.#key, index: this.#index });
        this.#index++;
        this.#state = 'nextRecord';
        return true;
      case 'nextRecord':
        this.#state = scanner.another(closeArray) ? 'record' : this.#behindArray();
        return true;
      case 'firstKey':
        this.#state = scanner.take(closeObject) ? 'end' : 'key';
        return true;
      case 'key':
        this.#member();
        return true;
      case 'nextKey':
        this.#state = scanner.another(closeObject) ? 'key' : 'end';
        return true;
      case 'end':
        if (!scanner.isAtEnd()) throw scanner.damaged('there should be nothing more');
        return false;
    }
  }

  #start(): void {
    const scanner = this.#scanner;
    if (scanner.take(openArray)) this.#begin(undefined);
    else if (scanner.take(openObject)) {
      this.#reader.object();
      this.#isObject = true;
      this.#state = 'firstKey';
    } else {
      this.#reader.other(scanner, undefined);
      this.#state = 'end';
    }
  }

  #member(): void {
    const scanner = this.#scanner;
    const key = scanner.readAnyKey();
    if (scanner.take(openArray)) this.#begin(key);
    else {
      this.#reader.other(scanner, key);
      this.#state = 'nextKey';
    }
  }

  #begin(key: string | undefined): void {
    this.#reader.begin(key);
    this.#key = key;
    this.#index = 0;
    this.#state = 'firstRecord';
  }

  #behindArray(): State {
    this.#key = undefined;
    return this.#isObject ? 'nextKey' : 'end';
  }
}

/** Pieces of text as bytes, without a copy of the whole. */
export function* encodeText(text: string): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const step = 2 ** 18;
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + step, text.length);
    // A character beyond the first plane is two in a string, and must not be cut.
    if (to < text.length && (text.charCodeAt(to) & 0xfc00) === 0xdc00) to++;
    yield encoder.encode(text.slice(from, to));
    from = to;
  }
}
