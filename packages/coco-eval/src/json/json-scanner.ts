// Reads JSON (RFC 8259) from bytes, value by value, exactly as JSON.parse understands it: a results file becomes columns without a
// million small objects in between.

import { CocoEvalError } from '../error.ts';
import { decimal, longDecimal } from './decimal.ts';

/** Thrown when the bytes end before the value does and more may come. Not an error: go back, add bytes, and read again. */
export const needMore: unique symbol = Symbol('more bytes are needed');

/** What `readValue` gives for a value nested deeper than it was asked to look. */
export const tooDeep: unique symbol = Symbol('nested too deeply');

const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const plus = 0x2b;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
const comma = 0x2c;
const colon = 0x3a;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

const literals: Readonly<Record<number, readonly [text: string, value: unknown]>> = {
  116: ['true', true],
  102: ['false', false],
  110: ['null', null],
};

/** A position in bytes and what can be read there. Methods that read leave `at` behind what they read. */
export class JsonScanner {
  bytes: Uint8Array = new Uint8Array();
  /** The next byte to read. */
  at = 0;
  /** Behind the last byte. */
  end = 0;
  /** Bytes of the document before `bytes`. */
  offset = 0;
  /** Whether no bytes come after these. */
  isLast = true;
  /** Where in the document this is, for messages: `results[17]`. */
  place: () => string = () => '';

  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #number = new Float64Array(1);
  #containers = new Uint8Array(64);

  /** The next byte that is not space, unread. */
  peek(): number {
    const { bytes, end } = this;
    let { at } = this;
    let byte = bytes[at] as number;
    while (at < end && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09))
      byte = bytes[++at] as number;
    this.at = at;
    return at < end ? byte : this.#endsEarly();
  }

  /** Whether only space is left. */
  isAtEnd(): boolean {
    if (!this.isLast) throw needMore;
    const { bytes, end } = this;
    while (this.at < end && isSpace(bytes[this.at] as number)) this.at++;
    return this.at === end;
  }

  /** Reads this byte if it is the next. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  expect(byte: number): void {
    if (!this.take(byte)) throw this.damaged(`there should be '${String.fromCharCode(byte)}'`);
  }

  isNumber(byte: number): boolean {
    return byte === minus || (byte >= zero && byte <= nine);
  }

  /** The nearest double, as JSON.parse gives it. */
  readNumber(): number {
    this.readNumberInto(this.#number, 0);
    return this.#number[0] as number;
  }

  /** Reads a number to a place, without making an object of it as a returned double would be. */
  readNumberInto(numbers: Float64Array, place: number): void {
    const start = this.at;
    const { bytes, end } = this;
    let at = start;
    let byte = bytes[at] as number;
    const negative = byte === minus;
    if (negative) byte = bytes[++at] as number;
    if (!(at < end && byte >= zero && byte <= nine)) throw this.#badNumber(at);
    // Exact as long as it is below 2^53, and never below again once it is above.
    let digits = byte - zero;
    byte = bytes[++at] as number;
    if (digits > 0) {
      while (at < end && byte >= zero && byte <= nine) {
        digits = digits * 10 + (byte - zero);
        byte = bytes[++at] as number;
      }
    }
    let exponent = 0;
    if (at < end && byte === dot) {
      const first = ++at;
      byte = bytes[at] as number;
      while (at < end && byte >= zero && byte <= nine) {
        digits = digits * 10 + (byte - zero);
        byte = bytes[++at] as number;
      }
      if (at === first) throw this.#badNumber(at);
      exponent = first - at;
    }
    if (at < end && (byte === 0x65 || byte === 0x45)) {
      byte = bytes[++at] as number;
      const below = byte === minus;
      if (at < end && (below || byte === plus)) byte = bytes[++at] as number;
      const first = at;
      let power = 0;
      while (at < end && byte >= zero && byte <= nine) {
        power = Math.min(power * 10 + (byte - zero), 1e6);
        byte = bytes[++at] as number;
      }
      if (at === first) throw this.#badNumber(at);
      exponent += below ? -power : power;
    }
    // A number goes on with the bytes that come.
    if (at === end && !this.isLast) throw needMore;
    this.at = at;
    let value = decimal(digits, exponent);
    if (Number.isNaN(value)) value = longDecimal(bytes, { start, end: at, exponent });
    numbers[place] = Number.isNaN(value) ? Number(this.#text(start, at)) : negative ? -value : value;
  }

  readString(): string {
    const start = this.at;
    const plain = this.#skipString();
    if (plain) return this.#text(start + 1, this.at - 1);
    return JSON.parse(this.#text(start, this.at)) as string;
  }

  /**
   * Reads a key and its colon: its place in `keys`, or -1 if it is another.
   *
   * @param guess which one it probably is: that one is found fastest
   */
  readKey(keys: readonly Uint8Array[], guess = -1): number {
    if (this.#takeKey(keys[guess])) return guess;
    if (this.peek() !== quote) throw this.damaged('there should be a key in quotes');
    const start = this.at + 1;
    const plain = this.#skipString();
    const stop = this.at - 1;
    this.expect(colon);
    if (!plain) {
      const key = JSON.parse(this.#text(start - 1, stop + 1)) as string;
      return keys.findIndex((known) => this.#decoder.decode(known) === key);
    }
    const { bytes } = this;
    const length = stop - start;
    for (let k = 0; k < keys.length; k++) {
      const known = keys[k] as Uint8Array;
      if (known.length !== length) continue;
      let i = 0;
      while (i < length && known[i] === bytes[start + i]) i++;
      if (i === length) return k;
    }
    return -1;
  }

  /** Reads a key and its colon. */
  readAnyKey(): string {
    if (this.peek() !== quote) throw this.damaged('there should be a key in quotes');
    const key = this.readString();
    this.expect(colon);
    return key;
  }

  /** Reads any value as JSON.parse does, but what is nested deeper than `depth` is `tooDeep`. */
  readValue(depth = 100): unknown {
    const byte = this.peek();
    if (byte === quote) return this.readString();
    if (this.isNumber(byte)) return this.readNumber();
    if (byte !== openArray && byte !== openObject) return this.#readLiteral(byte);
    if (depth === 0) {
      this.skipValue();
      return tooDeep;
    }
    this.at++;
    if (byte === openArray) {
      const list: unknown[] = [];
      if (this.take(closeArray)) return list;
      do list.push(this.readValue(depth - 1));
      while (this.another(closeArray));
      return list;
    }
    const object: Record<string, unknown> = {};
    if (this.take(closeObject)) return object;
    do {
      const key = this.readAnyKey();
      const value = this.readValue(depth - 1);
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      } else object[key] = value;
    } while (this.another(closeObject));
    return object;
  }

  /** Reads any value and forgets it, however deep it is nested. */
  skipValue(): void {
    let depth = 0;
    for (;;) {
      const byte = this.peek();
      if (byte === openArray || byte === openObject) {
        this.at++;
        const isObject = byte === openObject;
        if (!this.take(isObject ? closeObject : closeArray)) {
          if (depth === this.#containers.length) this.#containers = enlarged(this.#containers);
          this.#containers[depth++] = byte;
          if (isObject) this.#skipKey();
          continue;
        }
      } else if (byte === quote) this.#skipString();
      else if (this.isNumber(byte)) this.readNumber();
      else this.#readLiteral(byte);
      for (;;) {
        if (depth === 0) return;
        const inObject = this.#containers[depth - 1] === openObject;
        if (this.another(inObject ? closeObject : closeArray)) {
          if (inObject) this.#skipKey();
          break;
        }
        depth--;
      }
    }
  }

  /** Reads the fields of an object: `read` is called behind each key, with its place in `keys` or -1, and reads the value. */
  readFields(keys: readonly Uint8Array[], read: (key: number) => void): void {
    this.expect(openObject);
    if (this.take(closeObject)) return;
    do read(this.readKey(keys));
    while (this.another(closeObject));
  }

  /** What to throw if the next byte cannot be there. */
  damaged(what: string, at = this.at): CocoEvalError {
    const byte = this.bytes[at] as number;
    const found =
      byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `the byte 0x${byte.toString(16)}`;
    return this.#error(
      `The JSON is damaged at byte ${this.offset + at}: ${what}, not ${found}`,
      this.offset + at,
    );
  }

  /** Reads a comma (true: another follows) or the closing bracket. */
  another(close: number): boolean {
    const byte = this.peek();
    if (byte !== comma && byte !== close) {
      throw this.damaged(`there should be ',' or '${String.fromCharCode(close)}'`);
    }
    this.at++;
    return byte === comma;
  }

  /** Reads `"key":` if just that comes next. */
  #takeKey(key: Uint8Array | undefined): boolean {
    if (!key || this.peek() !== quote) return false;
    const { bytes, at } = this;
    const behind = at + 1 + key.length;
    if (behind + 1 >= this.end || bytes[behind] !== quote || bytes[behind + 1] !== colon) return false;
    for (let i = 0; i < key.length; i++) if (bytes[at + 1 + i] !== key[i]) return false;
    this.at = behind + 2;
    return true;
  }

  #skipKey(): void {
    if (this.peek() !== quote) throw this.damaged('there should be a key in quotes');
    this.#skipString();
    this.expect(colon);
  }

  /** Returns whether the text has no escapes. */
  #skipString(): boolean {
    const { bytes, end } = this;
    let plain = true;
    for (let at = this.at + 1; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === quote) {
        this.at = at + 1;
        return plain;
      }
      if (byte < 0x20) throw this.damaged('text cannot hold control characters unless escaped', at);
      if (byte === backslash) {
        plain = false;
        at = this.#skipEscape(at);
      }
    }
    this.#endsEarly();
  }

  /** Returns the last byte of the escape whose backslash is at `at`. */
  #skipEscape(at: number): number {
    const { bytes, end } = this;
    if (at + 1 >= end) this.#endsEarly();
    const byte = bytes[at + 1] as number;
    if (byte !== 0x75) {
      if (!'"\\/bfnrt'.includes(String.fromCharCode(byte)))
        throw this.damaged('this cannot be escaped', at + 1);
      return at + 1;
    }
    for (let digit = at + 2; digit < at + 6; digit++) {
      if (digit >= end) this.#endsEarly();
      if (!/[0-9a-fA-F]/.test(String.fromCharCode(bytes[digit] as number))) {
        throw this.damaged('\\u needs four hexadecimal digits', digit);
      }
    }
    return at + 5;
  }

  #readLiteral(byte: number): unknown {
    const literal = literals[byte];
    if (!literal) throw this.damaged('there should be a value');
    const [text, value] = literal;
    for (let i = 1; i < text.length; i++) {
      if (this.at + i >= this.end) this.#endsEarly();
      if (this.bytes[this.at + i] !== text.charCodeAt(i))
        throw this.damaged(`there should be ${text}`, this.at + i);
    }
    this.at += text.length;
    return value;
  }

  #badNumber(at: number): unknown {
    if (at >= this.end) this.#endsEarly();
    return this.damaged('there should be a digit', at);
  }

  #text(from: number, to: number): string {
    const bytes = this.bytes.subarray(from, to);
    return this.#decoder.decode(bytes);
  }

  #endsEarly(): never {
    if (!this.isLast) throw needMore;
    const length = this.offset + this.end;
    throw this.#error(`The JSON ends early, at byte ${length}`, length);
  }

  #error(what: string, value: number): CocoEvalError {
    const place = this.place();
    return new CocoEvalError('INVALID_JSON', place === '' ? `${what}.` : `${what}, in ${place}.`, {
      value,
      next: 'Write the file again.',
    });
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function enlarged(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}

/** Keys as `readKey` wants them. */
export function keysOf(names: readonly string[]): readonly Uint8Array[] {
  const encoder = new TextEncoder();
  return names.map((name) => encoder.encode(name));
}
