// Columns that grow as records come.

/** Numbers, of which nobody knows how many there will be. */
export class GrowingFloats {
  #values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) this.#grow(this.length + 1);
    this.#values[this.length++] = value;
  }

  pushAll(values: ArrayLike<number>): void {
    if (this.length + values.length > this.#values.length) this.#grow(this.length + values.length);
    this.#values.set(values, this.length);
    this.length += values.length;
  }

  /** All of them, without a copy. */
  values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }

  #grow(least: number): void {
    const larger = new Float64Array(Math.max(least, 2 * this.#values.length));
    larger.set(this.#values);
    this.#values = larger;
  }
}
