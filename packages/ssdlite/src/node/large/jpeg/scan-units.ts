// Goes through the data of a JPEG's scan without decoding its pixels: where each row of minimum coded units begins, and what is predicted there.

import { acLookup, dcLookup } from './huffman-table.ts';
import type { JpegHeader } from './jpeg-header.ts';
import { bitsAt, type ScanData } from './scan-data.ts';

/** A place in the scan's data at which its predictions of DC are known. */
export interface ScanPlace {
  /** From the beginning of the scan's data. */
  readonly bit: number;
  /** What the next block's difference is to, by component (F.1.1.5.1). */
  readonly predictions: Int32Array;
}

/** Where predictions begin anew (F.2.1.3.1). */
export interface Restart {
  /** Where the data before it ends. */
  readonly end: number;
  /** Where it goes on, and what would be predicted there without the restart. */
  readonly start: ScanPlace;
}

/** A row of minimum coded units. */
export interface UnitRow {
  readonly start: ScanPlace;
  /** Bits before its end. */
  readonly end: number;
  /** Before its first unit, and within it. */
  readonly restarts: readonly Restart[];
}

/** The blocks of a unit, in their order. */
export interface UnitBlock {
  /** Place of the component among those of the scan. */
  readonly component: number;
  readonly dc: Uint16Array;
  readonly ac: Uint16Array;
}

/** Data that does not follow its tables. */
export class JpegDataError extends Error {}

/** The tables of each block of a unit. */
export function unitBlocks({ components, dcTables, acTables }: JpegHeader): UnitBlock[] {
  const none = new Uint8Array(16);
  return components.flatMap(({ blocks, dc, ac }, component) => {
    const one = {
      component,
      dc: dcLookup(dcTables.get(dc) ?? none),
      ac: acLookup(acTables.get(ac) ?? none),
    };
    return Array.from({ length: blocks }, () => one);
  });
}

/** A difference from its bits (F.2.2.1). */
export function differenceOf(bits: number, size: number): number {
  return size > 0 && bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
}

/** Most bytes of a block: 64 codes of 16 bits with 15 bits after each. */
const mostBlockBytes = 256;

export class UnitScanner {
  readonly #data: ScanData;
  readonly #blocks: readonly UnitBlock[];
  readonly #perRow: number;
  readonly #restartInterval: number;
  #bit = 0;
  #predictions: Int32Array;
  #untilRestart: number;

  constructor(data: ScanData, header: JpegHeader) {
    this.#data = data;
    this.#blocks = unitBlocks(header);
    this.#perRow = Math.ceil(header.width / header.unit.width);
    this.#restartInterval = header.restartInterval;
    this.#untilRestart = header.restartInterval;
    this.#predictions = new Int32Array(header.components.length);
  }

  /**
   * Goes through the next row.
   *
   * @throws JpegDataError for codes that the tables do not have; Error for data that end early
   */
  async row(): Promise<UnitRow> {
    const restarts: Restart[] = [];
    let start: ScanPlace | undefined;
    for (let done = 0; done < this.#perRow; ) {
      if (this.#restartInterval > 0 && this.#untilRestart === 0) {
        restarts.push(await this.#restart());
      }
      start ??= { bit: this.#bit, predictions: this.#predictions.slice() };
      const most = this.#perRow - done;
      const units = this.#restartInterval > 0 ? Math.min(most, this.#untilRestart) : most;
      const before = done;
      done += this.#units(units);
      if (this.#restartInterval > 0) this.#untilRestart -= done - before;
      if (done - before < units) await this.#data.fill();
    }
    return { start: start as ScanPlace, end: this.#bit, restarts };
  }

  /** Goes on behind the next restart, where all predictions are 0. */
  async #restart(): Promise<Restart> {
    const { restarts } = this.#data;
    while (restarts.length === 0 && !this.#data.ended) await this.#data.fill();
    const place = restarts.shift();
    if (place === undefined) throw new Error('premature end of JPEG data');
    if (place !== Math.ceil(this.#bit / 8)) throw new JpegDataError('a restart is not where it should be');
    const restart = { end: this.#bit, start: { bit: place * 8, predictions: this.#predictions } };
    this.#bit = place * 8;
    this.#predictions = new Int32Array(this.#predictions.length);
    this.#untilRestart = this.#restartInterval;
    return restart;
  }

  /** Goes through so many units at most, as far as the data has been read; tells how many. */
  #units(most: number): number {
    const { bytes, start, end, ended } = this.#data;
    const blocks = this.#blocks;
    const predictions = this.#predictions;
    const limit = (end - start) * 8;
    const safe = ended ? limit : limit - blocks.length * mostBlockBytes * 8;
    let bit = this.#bit - start * 8;
    let done = 0;
    while (done < most && bit < safe) {
      for (let block = 0; block < blocks.length; block++) {
        const { component, dc, ac } = blocks[block] as UnitBlock;
        const code = dc[bitsAt(bytes, bit)] as number;
        if (code === 0) throw new JpegDataError('a code is not in its table');
        const size = code & 255;
        bit += code >>> 8;
        if (size > 0) {
          const difference = differenceOf(bitsAt(bytes, bit) >>> (16 - size), size);
          predictions[component] = (predictions[component] as number) + difference;
          bit += size;
        }
        bit = endOfBlock(bytes, { ac, bit });
      }
      done++;
    }
    this.#bit = bit + start * 8;
    if (ended && (bit > limit || done < most)) throw new Error('premature end of JPEG data');
    return done;
  }
}

/** Where a block ends, from its first AC code on. */
export function endOfBlock(
  bytes: Uint8Array,
  { ac, bit: from }: { readonly ac: Uint16Array; readonly bit: number },
): number {
  let bit = from;
  for (let coefficient = 1; coefficient < 64; ) {
    const at = bit >>> 3;
    const three =
      ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    const code = ac[(three >>> (8 - (bit & 7))) & 0xffff] as number;
    if (code === 0) throw new JpegDataError('a code is not in its table');
    bit += code >>> 8;
    coefficient += code & 255;
  }
  return bit;
}
