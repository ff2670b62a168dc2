// The header of a JPEG, as far as whoever cuts it into strips needs it (ITU-T T.81, annex B).

/** A colour component of the frame, and what the scan says of it. */
export interface JpegComponent {
  readonly id: number;
  /** Blocks of it in a minimum coded unit (A.2.3). */
  readonly blocks: number;
  /** Numbers of its Huffman tables. */
  readonly dc: number;
  readonly ac: number;
}

export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly components: readonly JpegComponent[];
  /** Of a minimum coded unit, in pixels. */
  readonly unit: { readonly width: number; readonly height: number };
  /** Huffman tables by their number: the 16 counts of codes by length, then the symbols. */
  readonly dcTables: ReadonlyMap<number, Uint8Array>;
  readonly acTables: ReadonlyMap<number, Uint8Array>;
  /** Minimum coded units between two restarts; 0 for none. */
  readonly restartInterval: number;
  /** Segments that a strip repeats as they are: quantization tables, and what tells the colours. */
  readonly kept: readonly Uint8Array[];
  /** The segment of the frame header, which has the height at its byte 5. */
  readonly frame: Uint8Array;
  /** The segment of the scan header. */
  readonly scan: Uint8Array;
  /** Where the scan's data begins. */
  readonly end: number;
}

/**
 * The header of a baseline or extended sequential JPEG by Huffman's code, of 8 bits, in one scan. Undefined for any other: progressive,
 * arithmetic, lossless, CMYK, in several scans, without its height, or of a header that is not whole.
 *
 * @param bytes as far as the header reaches at least
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const kept: Uint8Array[] = [];
  const dcTables = new Map<number, Uint8Array>();
  const acTables = new Map<number, Uint8Array>();
  let frame: Uint8Array | undefined;
  let restartInterval = 0;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at++; // a fill byte
      continue;
    }
    const segment = bytes.subarray(at, at + 2 + wordAt(bytes, at + 2));
    if (segment.length < 2 + wordAt(bytes, at + 2) || segment.length < 4) return undefined;
    at += segment.length;
    if (marker === 0xdb || marker === 0xe0 || marker === 0xee) kept.push(segment);
    else if (marker === 0xc4) readTables(segment.subarray(4), { dcTables, acTables });
    else if (marker === 0xdd) restartInterval = wordAt(segment, 4);
    else if (marker === 0xc0 || marker === 0xc1) frame = segment;
    else if ((marker >= 0xc2 && marker <= 0xcf) || (marker >= 0xd0 && marker <= 0xd9)) return undefined;
    else if (marker === 0xda) {
      const parts = frame && componentsOf(frame, segment);
      if (!frame || !parts) return undefined;
      const { components, unit } = parts;
      if (components.some(({ dc, ac }) => !dcTables.has(dc) || !acTables.has(ac))) return undefined;
      const size = { height: wordAt(frame, 5), width: wordAt(frame, 7) };
      if (size.height === 0 || size.width === 0) return undefined;
      return {
        ...size,
        components,
        unit,
        dcTables,
        acTables,
        restartInterval,
        kept,
        frame,
        scan: segment,
        end: at,
      };
    }
  }
  return undefined;
}

export function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** A segment may define several (B.2.4.2). */
function readTables(
  bytes: Uint8Array,
  { dcTables, acTables }: { dcTables: Map<number, Uint8Array>; acTables: Map<number, Uint8Array> },
): void {
  for (let at = 0; at + 17 <= bytes.length; ) {
    const kindAndNumber = bytes[at] as number;
    const symbols = bytes.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
    const table = bytes.subarray(at + 1, at + 17 + symbols);
    (kindAndNumber >> 4 === 0 ? dcTables : acTables).set(kindAndNumber & 15, table);
    at += 17 + symbols;
  }
}

/** In the scan's order. Undefined unless it has all of the frame's components, of 8 bits, and codes whole blocks at once. */
function componentsOf(
  frame: Uint8Array,
  scan: Uint8Array,
): Pick<JpegHeader, 'components' | 'unit'> | undefined {
  const count = frame[9] as number;
  const depth = frame[4];
  if (depth !== 8 || (count !== 1 && count !== 3) || scan[4] !== count) return undefined;
  const samplings = new Map<number, { across: number; down: number }>();
  for (let place = 0; place < count; place++) {
    const at = 10 + place * 3;
    const sampling = frame[at + 1] ?? 0;
    samplings.set(frame[at] ?? -1, { across: sampling >> 4, down: sampling & 15 });
  }
  const most = (side: 'across' | 'down') => Math.max(...Array.from(samplings.values(), (one) => one[side]));
  const components: JpegComponent[] = [];
  for (let place = 0; place < count; place++) {
    const id = scan[5 + place * 2] ?? -1;
    const tables = scan[6 + place * 2] ?? 0;
    const sampling = samplings.get(id);
    if (!sampling || sampling.across < 1 || sampling.down < 1) return undefined;
    // A component alone is not interleaved: its unit is one block, however it is sampled (A.2.2).
    const blocks = count === 1 ? 1 : sampling.across * sampling.down;
    components.push({ id, blocks, dc: tables >> 4, ac: tables & 15 });
  }
  const unit =
    count === 1 ? { width: 8, height: 8 } : { width: 8 * most('across'), height: 8 * most('down') };
  return { components, unit };
}
