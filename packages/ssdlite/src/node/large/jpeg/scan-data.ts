// The data of a JPEG's scan as one run of bits, of which memory holds what is needed: without stuffed zeros, its restarts noted (ITU-T T.81, B.1.1).

/** More than is looked at beyond the last byte. */
const slack = 4;

/** What is taken at once of a source that may give all in one piece. */
const longestPiece = 2 ** 18;

export class ScanData {
  /** From byte `start` of the scan's data on; zeros behind the last. */
  bytes = new Uint8Array(1 << 20);
  /** Bytes of the data that came before `bytes`. */
  start = 0;
  /** Whether all of the scan has been read. */
  ended = false;
  /** Bytes of the data before each restart that has been read, but not been taken. */
  readonly restarts: number[] = [];
  readonly #source: AsyncIterator<Uint8Array>;
  #length = 0;
  /** What the source gave last, and how much of it has been taken. */
  #piece: Uint8Array = new Uint8Array();
  #at = 0;
  /** Whether the last byte read was 0xFF, whose meaning the next one tells. */
  #marker = false;

  /** @param source what follows the scan's header in the file */
  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Bytes that have been read, from the beginning of the scan. */
  get end(): number {
    return this.start + this.#length;
  }

  /** Reads on. */
  async fill(): Promise<void> {
    if (this.#at < this.#piece.length) {
      const to = this.#at + longestPiece;
      this.#add(this.#piece.subarray(this.#at, to));
      this.#at = to;
      return;
    }
    const { value, done } = await this.#source.next();
    if (done) this.ended = true;
    else {
      this.#piece = value;
      this.#at = 0;
    }
  }

  /** Lets go of what lies before a byte. */
  forget(before: number): void {
    const away = before - this.start;
    // Moving the rest each time would take longer than it saves.
    if (away < this.#length / 2) return;
    this.bytes.copyWithin(0, away, this.#length);
    this.bytes.fill(0, this.#length - away, this.#length);
    this.#length -= away;
    this.start = before;
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #add(chunk: Uint8Array): void {
    this.#makeRoom(chunk.length + 1);
    for (let at = 0; at < chunk.length && !this.ended; ) {
      if (this.#marker) {
        this.#marker = false;
        const code = chunk[at] as number;
        if (code === 0) this.bytes[this.#length++] = 0xff;
        else if (code >= 0xd0 && code <= 0xd7) this.restarts.push(this.end);
        else if (code === 0xff) this.#marker = true;
        else this.ended = true; // the end of the picture, or whatever follows the scan
        at++;
        continue;
      }
      const found = chunk.indexOf(0xff, at);
      const to = found < 0 ? chunk.length : found;
      this.bytes.set(chunk.subarray(at, to), this.#length);
      this.#length += to - at;
      this.#marker = found >= 0;
      at = to + 1;
    }
  }

  #makeRoom(more: number): void {
    if (this.#length + more + slack <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.#length + more + slack));
    larger.set(this.bytes.subarray(0, this.#length));
    this.bytes = larger;
  }
}

/** The 16 bits from a place on. */
export function bitsAt(bytes: Uint8Array, bit: number): number {
  const at = bit >>> 3;
  const three = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  return (three >>> (8 - (bit & 7))) & 0xffff;
}
