// Bits as the data of a JPEG's scan: a zero is stuffed behind each byte 0xFF (ITU-T T.81, F.1.2.3).

export class BitWriter {
  #bytes = new Uint8Array(65_536);
  #length = 0;
  /** Bits that do not fill a byte yet. */
  #rest = 0;
  #count = 0;

  /** Begins anew, in the same array. */
  clear(): void {
    this.#length = 0;
    this.#rest = 0;
    this.#count = 0;
  }

  /** The lowest bits of a number, at most 16. */
  write(value: number, count: number): void {
    this.#makeRoom(8);
    this.#rest = (this.#rest << count) | (value & ((1 << count) - 1));
    this.#count += count;
    while (this.#count >= 8) {
      this.#count -= 8;
      this.#push((this.#rest >>> this.#count) & 0xff);
    }
    this.#rest &= (1 << this.#count) - 1;
  }

  /** Bits of other bytes, from one place to another. */
  copy(from: Uint8Array, { first, end }: { readonly first: number; readonly end: number }): void {
    this.#makeRoom(((end - first) >>> 2) + 8);
    const shift = first & 7;
    const count = this.#count;
    const bytes = this.#bytes;
    const whole = (end - first) >>> 3;
    const start = first >>> 3;
    let rest = this.#rest;
    let length = this.#length;
    for (let at = start; at < start + whole; at++) {
      const value = ((((from[at] as number) << 8) | (from[at + 1] as number)) >>> (8 - shift)) & 0xff;
      rest = (rest << 8) | value;
      const byte = (rest >>> count) & 0xff;
      bytes[length++] = byte;
      if (byte === 0xff) bytes[length++] = 0;
      rest &= 0xff;
    }
    this.#length = length;
    this.#rest = rest & ((1 << count) - 1);
    const left = (end - first) & 7;
    const two = ((from[start + whole] ?? 0) << 8) | (from[start + whole + 1] ?? 0);
    if (left > 0) this.write(two >>> (16 - shift - left), left);
  }

  /** Bytes as they are, which begin and end on whole ones. */
  append(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Fills the last byte up with ones. */
  align(): void {
    if (this.#count > 0) this.write(0xff, 8 - this.#count);
  }

  /** What has been written; whole bytes of it. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #push(byte: number): void {
    this.#bytes[this.#length++] = byte;
    if (byte === 0xff) this.#bytes[this.#length++] = 0;
  }

  #makeRoom(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array((this.#length + more) * 2);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
