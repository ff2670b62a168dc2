// Reads parsed JSON with its path at hand, so that what is wrong can be named: `architecture.inputSize.width is "wide"`.

import { SsdliteError } from './error.ts';

/** A value somewhere in a JSON document. Every method that finds another type throws SsdliteError `WEIGHTS_DAMAGED`. */
export class JsonValue {
  readonly value: unknown;
  readonly #path: string;
  readonly #document: string;

  /** @param place what messages call the document, e.g. `The manifest`, and where in it the value is: '' for the whole */
  constructor(value: unknown, place: { readonly document: string; readonly path?: string }) {
    this.value = value;
    this.#document = place.document;
    this.#path = place.path ?? '';
  }

  /** Whether the document has this value. */
  get present(): boolean {
    return this.value !== undefined;
  }

  /** A property of an object. */
  get(name: string): JsonValue {
    const object = this.#object();
    return this.#child(
      Object.hasOwn(object, name) ? object[name] : undefined,
      this.#path === '' ? name : `${this.#path}.${name}`,
    );
  }

  /** Names of an object's properties. */
  keys(): string[] {
    return Object.keys(this.#object());
  }

  /** The items of an array. */
  items(): JsonValue[] {
    if (!Array.isArray(this.value)) throw this.mustBe('a list');
    return this.value.map((item, index) => this.#child(item, `${this.#path}[${index}]`));
  }

  string(): string {
    if (typeof this.value !== 'string' || this.value === '') throw this.mustBe('a text');
    return this.value;
  }

  /** A finite number. */
  number(): number {
    if (typeof this.value !== 'number' || !Number.isFinite(this.value)) throw this.mustBe('a number');
    return this.value;
  }

  /** A number over 0. */
  positive(): number {
    const value = this.number();
    if (value <= 0) throw this.mustBe('over 0');
    return value;
  }

  /** A whole number of at least `least`. */
  integer(least: number): number {
    const value = this.number();
    if (!Number.isSafeInteger(value) || value < least) {
      throw this.mustBe(`a whole number of at least ${least}`);
    }
    return value;
  }

  boolean(): boolean {
    if (typeof this.value !== 'boolean') throw this.mustBe('true or false');
    return this.value;
  }

  oneOf<T extends string>(choices: readonly T[]): T {
    const choice = choices.find((candidate) => candidate === this.value);
    if (choice === undefined) throw this.mustBe(`one of: ${choices.join(', ')}`);
    return choice;
  }

  /** Refuses properties that are not among these. */
  only(names: readonly string[]): this {
    const unknown = this.keys().find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw this.get(unknown).mustBe(`left out: known here are ${names.join(', ')}`);
    }
    return this;
  }

  /** The error that says what this value is, and what it ought to be. */
  mustBe(expected: string): SsdliteError {
    const what = this.#path === '' ? 'the whole' : `'${this.#path}'`;
    const is = this.present ? `is ${shorten(this.value)}` : 'is missing';
    return new SsdliteError('WEIGHTS_DAMAGED', `${this.#document} cannot be used: ${what} ${is}.`, {
      value: this.value,
      next: `It must be ${expected}.`,
    });
  }

  #object(): Record<string, unknown> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) {
      throw this.mustBe('an object');
    }
    return this.value as Record<string, unknown>;
  }

  #child(value: unknown, path: string): JsonValue {
    return new JsonValue(value, { document: this.#document, path });
  }
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
