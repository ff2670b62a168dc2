// Huffman tables of a JPEG (ITU-T T.81, annex C): codes to what they say of the next block's bits, and back.

/** A table's 16 counts of codes by length, then its symbols. */
export type TableDefinition = Uint8Array;

interface Code {
  readonly symbol: number;
  readonly length: number;
  readonly bits: number;
}

/** Codes in rising order (C.2). */
function codesOf(table: TableDefinition): Code[] {
  const codes: Code[] = [];
  let bits = 0;
  for (let length = 1; length <= 16; length++, bits <<= 1) {
    for (let left = table[length - 1] as number; left > 0; left--)
      codes.push({ symbol: table[16 + codes.length] ?? 0, length, bits: bits++ });
  }
  return codes;
}

/** What each 16 bits begin with, by `entry` of the code; 0 where they begin with none. */
function lookup(table: TableDefinition, entry: (code: Code) => number): Uint16Array {
  const entries = new Uint16Array(65_536);
  for (const code of codesOf(table)) {
    const shift = 16 - code.length;
    entries.fill(entry(code), code.bits << shift, (code.bits + 1) << shift);
  }
  return entries;
}

/** By the next 16 bits: bits of the code * 256 + bits of the difference that follow it (F.1.2.1). */
export function dcLookup(table: TableDefinition): Uint16Array {
  return lookup(table, ({ symbol, length }) => length * 256 + (symbol & 15));
}

/** Steps that end a block. */
const endOfBlock = 64;

/** By the next 16 bits: bits of the code and of the number after it * 256 + coefficients that it stands for (F.1.2.2). */
export function acLookup(table: TableDefinition): Uint16Array {
  return lookup(table, ({ symbol, length }) => {
    const zeros = symbol >> 4;
    const size = symbol & 15;
    const steps = size > 0 ? zeros + 1 : zeros === 15 ? 16 : endOfBlock;
    return (length + size) * 256 + steps;
  });
}

/** Sizes of differences that 8-bit pictures can have (table F.1). */
const sizes = 12;

/**
 * A table of differences with codes for all sizes. Those that it has keep their codes: what it lacks comes behind the last one, where room
 * is left because no code may be all ones. Undefined for a table of another kind.
 */
export function completeDcTable(table: TableDefinition): TableDefinition | undefined {
  const codes = codesOf(table);
  const last = codes.at(-1);
  if (!last) return undefined;
  const counts = [...table.subarray(0, 16)];
  const symbols = codes.map(({ symbol }) => symbol);
  let { length } = last;
  let bits = last.bits + 1;
  for (let size = 0; size < sizes; size++) {
    if (symbols.includes(size)) continue;
    for (; bits >= 2 ** length - 1; length++) bits *= 2;
    if (length > 16) return undefined;
    counts[length - 1] = (counts[length - 1] ?? 0) + 1;
    symbols.push(size);
    bits++;
  }
  return Uint8Array.of(...counts, ...symbols);
}

/** The codes of a table by their symbol. */
export function codesBySymbol(table: TableDefinition): ReadonlyMap<number, Omit<Code, 'symbol'>> {
  return new Map(codesOf(table).map(({ symbol, ...code }) => [symbol, code]));
}
