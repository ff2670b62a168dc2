// A JPEG cut into strips, each a JPEG of its own: a decoder then needs to see some rows at a time, where else it maps the whole file into memory.

import { BitWriter } from './bit-writer.ts';
import { codesBySymbol, completeDcTable } from './huffman-table.ts';
import type { JpegHeader } from './jpeg-header.ts';
import { bitsAt, ScanData } from './scan-data.ts';
import {
  differenceOf,
  endOfBlock,
  JpegDataError,
  type ScanPlace,
  type UnitBlock,
  type UnitRow,
  UnitScanner,
  unitBlocks,
} from './scan-units.ts';

/** Rows of a picture, in a JPEG of their own. */
export interface JpegStrip {
  /** Good until the next but one is asked for. */
  readonly bytes: Uint8Array;
  /** Rows above them, which are there so that colours are smoothed across the cut as they would be. */
  readonly skip: number;
  /** Rows that count. */
  readonly height: number;
}

/** Rows of pixels of a strip, about. */
const stripHeight = 64;

/**
 * Cuts a JPEG. Pixels stay what they are: codes are copied, but for the first block of each component, whose difference is to a block of
 * the strip before.
 *
 * @param source what follows the header in the file
 * @throws JpegDataError for data that does not follow its tables; Error for data that ends early
 */
export async function* jpegStrips(
  source: AsyncIterable<Uint8Array>,
  header: JpegHeader,
): AsyncGenerator<JpegStrip, void, void> {
  const { height, unit } = header;
  const data = new ScanData(source);
  try {
    const scanner = new UnitScanner(data, header);
    const maker = new StripMaker(data, header);
    const total = Math.ceil(height / unit.height);
    const perStrip = Math.max(1, Math.round(stripHeight / unit.height));
    let rows: UnitRow[] = [];
    let scanned = 0;
    for (let row = 0; row < total; row += perStrip) {
      // One more on either side.
      const first = Math.max(0, row - 1);
      const last = Math.min(total, row + perStrip + 1);
      rows = rows.slice(rows.length - (scanned - first));
      data.forget(Math.floor((rows[0]?.start.bit ?? 0) / 8));
      for (; scanned < last; scanned++) rows.push(await scanner.row());
      const top = first * unit.height;
      const bytes = maker.make(rows, Math.min(height, last * unit.height) - top);
      const skip = row * unit.height - top;
      yield { bytes, skip, height: Math.min(perStrip * unit.height, height - row * unit.height) };
    }
  } finally {
    await data.close();
  }
}

class StripMaker {
  readonly #data: ScanData;
  readonly #header: JpegHeader;
  readonly #blocks: readonly UnitBlock[];
  readonly #tables: Uint8Array[] = [];
  /** By component. */
  readonly #codes: readonly ReturnType<typeof codesBySymbol>[];
  /** In turn: an array a strip would wait for the garbage collector. */
  #writers: readonly [BitWriter, BitWriter] = [new BitWriter(), new BitWriter()];

  constructor(data: ScanData, header: JpegHeader) {
    this.#data = data;
    this.#header = header;
    this.#blocks = unitBlocks(header);
    const { components, dcTables, acTables } = header;
    const complete = new Map<number, Uint8Array>();
    for (const [number, table] of dcTables) {
      const all = completeDcTable(table);
      if (!all) throw new JpegDataError('a table has no room');
      complete.set(number, all);
      this.#tables.push(tableSegment(number, all));
    }
    for (const [number, table] of acTables) this.#tables.push(tableSegment(number | 0x10, table));
    this.#codes = components.map(({ dc }) => codesBySymbol(complete.get(dc) ?? new Uint8Array(16)));
  }

  make(rows: readonly UnitRow[], height: number): Uint8Array {
    const [first] = rows as readonly [UnitRow, ...UnitRow[]];
    const end = (rows.at(-1) as UnitRow).end;
    const [writer, other] = this.#writers;
    this.#writers = [other, writer];
    writer.clear();
    writer.append(Uint8Array.of(0xff, 0xd8));
    for (const segment of this.#header.kept) writer.append(segment);
    for (const segment of this.#tables) writer.append(segment);
    const frame = Uint8Array.from(this.#header.frame);
    frame.set([height >> 8, height & 255], 5);
    writer.append(frame);
    writer.append(this.#header.scan);
    const none = new Int32Array(this.#header.components.length);
    let at = this.#writeUnit(writer, first.start, { from: first.start.predictions, to: none });
    for (const { restarts } of rows) {
      for (const restart of restarts) {
        if (restart.start.bit <= first.start.bit) continue; // the strip's own beginning
        this.#copy(writer, { first: at, end: restart.end });
        at = this.#writeUnit(writer, restart.start, { from: none, to: restart.start.predictions });
      }
    }
    this.#copy(writer, { first: at, end });
    writer.align();
    writer.append(Uint8Array.of(0xff, 0xd9));
    return writer.bytes;
  }

  /**
   * Writes a unit whose predictions were others, and tells where it ends.
   *
   * @param predictions `from` in the data, `to` in the strip
   */
  #writeUnit(
    writer: BitWriter,
    { bit: first }: ScanPlace,
    { from, to }: { readonly from: Int32Array; readonly to: Int32Array },
  ): number {
    const offset = this.#data.start * 8;
    const { bytes } = this.#data;
    let bit = first - offset;
    const seen = new Set<number>();
    for (const { component, dc, ac } of this.#blocks) {
      const start = bit;
      const code = dc[bitsAt(bytes, bit)] as number;
      const size = code & 255;
      bit += code >>> 8;
      const difference = differenceOf(bitsAt(bytes, bit) >>> (16 - size), size);
      bit += size;
      const end = endOfBlock(bytes, { ac, bit });
      if (seen.has(component)) writer.copy(bytes, { first: start, end });
      else {
        const predicted = (from[component] as number) - (to[component] as number);
        this.#writeDifference(writer, difference + predicted, component);
        writer.copy(bytes, { first: bit, end });
      }
      seen.add(component);
      bit = end;
    }
    return bit + offset;
  }

  #writeDifference(writer: BitWriter, difference: number, component: number): void {
    const size = 32 - Math.clz32(Math.abs(difference));
    const code = this.#codes[component]?.get(size);
    if (!code) throw new JpegDataError('a difference is too large');
    writer.write(code.bits, code.length);
    if (size > 0) writer.write(difference < 0 ? difference - 1 : difference, size);
  }

  #copy(writer: BitWriter, { first, end }: { readonly first: number; readonly end: number }): void {
    const offset = this.#data.start * 8;
    writer.copy(this.#data.bytes, { first: first - offset, end: end - offset });
  }
}

/** A Huffman table as a segment of its own (B.2.4.2). */
function tableSegment(kindAndNumber: number, table: Uint8Array): Uint8Array {
  const length = 3 + table.length;
  return Uint8Array.of(0xff, 0xc4, length >> 8, length & 255, kindAndNumber, ...table);
}
