import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SsdliteError } from '../error.ts';
import { parseSafetensors, type StoredTensor, writeSafetensors } from './safetensors.ts';

/** A file with this header text and these bytes. */
function file(header: string, data: Uint8Array | number = 0, length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: number[], offsets: [number, number]): string =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

function refusal(bytes: Uint8Array): SsdliteError {
  try {
    parseSafetensors(bytes);
  } catch (error) {
    if (error instanceof SsdliteError) return error;
    throw error;
  }
  throw new Error('It was read.');
}

describe('parseSafetensors', () => {
  test('reads a file made by hand, without copying', () => {
    const bytes = file(
      `{"__metadata__":{"format":"pt"},"a":${entry('F32', [1, 2], [0, 8])},"b":${entry('I8', [3], [8, 11])}}  `,
      Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64, 1, 255, 3),
    );
    const { tensors, metadata } = parseSafetensors(bytes);
    expect(metadata).toEqual({ format: 'pt' });
    expect([...tensors.keys()]).toEqual(['a', 'b']);
    expect(tensors.get('a')).toMatchObject({ dtype: 'F32', shape: [1, 2] });
    expect(tensors.get('b')?.bytes).toEqual(Uint8Array.of(1, 255, 3));
    expect(tensors.get('b')?.bytes.buffer).toBe(bytes.buffer);
  });

  test('takes tensors in any order of the header, scalars, and empty ones', () => {
    const bytes = file(
      `{ "b": ${entry('F16', [], [4, 6])}, "empty": ${entry('F32', [0, 4], [4, 4])}, "a": ${entry('F32', [1], [0, 4])} }`,
      6,
    );
    expect([...parseSafetensors(bytes).tensors.keys()]).toEqual(['b', 'empty', 'a']);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /only 0 bytes/],
    ['a file shorter than a header length', new Uint8Array(7), /only 7 bytes/],
    ['a huge header length', file('{}', 4, 2n ** 63n), /header claims to have 9223372036854775808/],
    ['a header longer than the file', file('{}', 0, 3n), /has 10 bytes, but its header claims to have 3/],
    ['a header that is no JSON', file('{"a":'), /no JSON text/],
    ['a header with broken UTF-8', file('{}', Uint8Array.of(0xff), 3n), /no JSON text/],
    ['a header that begins with a space', file(' {}'), /no JSON object/],
    ['a list as header', file('[]'), /no JSON object/],
    ['a tensor without description', file('{"a":1}'), /'a' has no description/],
    ['a tensor without dtype', file('{"a":{"shape":[],"data_offsets":[0,4]}}', 4), /'a' has no dtype/],
    ['a negative side', file(`{"a":${entry('F32', [-1], [0, 4])}}`, 4), /'a' has the shape \[-1\]/],
    ['a fractional side', file(`{"a":${entry('F32', [0.5], [0, 2])}}`, 2), /'a' has the shape \[0.5\]/],
    [
      'an overflowing shape',
      file(`{"a":${entry('F32', [2 ** 40, 2 ** 40], [0, 4])}}`, 4),
      /'a' has the shape \[1099511627776,1099511627776\]/,
    ],
    [
      'offsets that contradict the shape',
      file(`{"a":${entry('F32', [2], [0, 4])}}`, 4),
      /'a' contradicts itself: shape \[2\] of F32 needs 8 bytes, its offsets give 4/,
    ],
    ['offsets backwards', file(`{"a":${entry('F32', [1], [4, 0])}}`, 4), /'a' contradicts itself/],
    [
      'one offset',
      file('{"a":{"dtype":"F32","shape":[],"data_offsets":[0]}}', 4),
      /'a' has the offsets \[0\]/,
    ],
    ['a file cut short', file(`{"a":${entry('F32', [2], [0, 8])}}`, 5), /'a' ends 3 bytes after the end/],
    ['trailing bytes', file(`{"a":${entry('F32', [1], [0, 4])}}`, 6), /has 2 bytes after its last tensor/],
    ['a gap', file(`{"a":${entry('U8', [1], [1, 2])}}`, 2), /'a' begins at byte 1 and leaves a gap/],
    [
      'an overlap',
      file(`{"a":${entry('U8', [2], [0, 2])},"b":${entry('U8', [2], [1, 3])}}`, 3),
      /'b' begins at byte 1 and overlaps/,
    ],
    [
      'a repeated name',
      file(`{"a":${entry('U8', [1], [0, 1])},"a":${entry('U8', [1], [0, 1])}}`, 1),
      /has 'a' twice/,
    ],
    [
      'an unknown property',
      file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}'),
      /a property 'x'/,
    ],
    ['metadata that is no text', file('{"__metadata__":{"a":1}}'), /'a' that is no text/],
  ])('refuses %s', (_, bytes, message) => {
    expect(refusal(bytes)).toMatchObject({
      code: 'WEIGHTS_DAMAGED',
      message: expect.stringMatching(message),
    });
  });

  test('names an unknown dtype', () => {
    expect(refusal(file(`{"a":${entry('F4', [2], [0, 1])}}`, 1))).toMatchObject({
      code: 'WEIGHTS_UNSUPPORTED',
      message: "Tensor 'a' has the dtype 'F4'. Save the weights as F32, F16 or BF16.",
    });
  });
});

const someTensors = fc.uniqueArray(
  fc
    .record({
      name: fc.string({ unit: 'binary', maxLength: 6 }),
      dtype: fc.constantFrom('F32', 'F16', 'BF16', 'I8', 'I64'),
      shape: fc.array(fc.nat(3), { maxLength: 3 }),
    })
    .filter(({ name }) => name !== '__metadata__'),
  { selector: ({ name }) => name, maxLength: 5 },
);

function build(specs: { name: string; dtype: string; shape: number[] }[]): Map<string, StoredTensor> {
  const sizes: Record<string, number> = { F32: 4, F16: 2, BF16: 2, I8: 1, I64: 8 };
  return new Map(
    specs.map(({ name, dtype, shape }, index) => {
      const bytes = new Uint8Array(shape.reduce((a, b) => a * b, sizes[dtype] ?? 0)).fill(index + 1);
      return [name, { dtype: dtype as StoredTensor['dtype'], shape, bytes }];
    }),
  );
}

describe('writeSafetensors', () => {
  test('writes what parseSafetensors reads', () => {
    fc.assert(
      fc.property(someTensors, fc.dictionary(fc.string(), fc.string()), (specs, metadata) => {
        const tensors = build(specs);
        const back = parseSafetensors(writeSafetensors({ tensors, metadata }));
        expect(new Map([...back.tensors].sort())).toEqual(new Map([...tensors].sort()));
        expect({ ...back.metadata }).toEqual({ ...metadata });
      }),
    );
  });

  test('aligns every tensor to its element size and the data to 8 bytes', () => {
    const tensors = build([
      { name: 'byte', dtype: 'I8', shape: [3] },
      { name: 'half', dtype: 'F16', shape: [3] },
      { name: 'single', dtype: 'F32', shape: [3] },
    ]);
    const back = parseSafetensors(writeSafetensors({ tensors, metadata: {} })).tensors;
    expect([...back.keys()]).toEqual(['single', 'half', 'byte']);
    expect([...back.values()].map(({ bytes }) => bytes.byteOffset % 8)).toEqual([0, 4, 2]);
  });

  test('does not depend on the order of the tensors', () => {
    const specs = ['b', 'a', 'c'].map((name) => ({ name, dtype: 'F16', shape: [name.length] }));
    const tensors = build(specs);
    const reversed = new Map([...tensors].reverse());
    expect(writeSafetensors({ tensors: reversed, metadata: { z: '1', a: '2' } })).toEqual(
      writeSafetensors({ tensors, metadata: { a: '2', z: '1' } }),
    );
  });

  test('refuses bytes that do not fit the shape', () => {
    const tensors = new Map([['a', { dtype: 'F32' as const, shape: [2], bytes: new Uint8Array(4) }]]);
    expect(() => writeSafetensors({ tensors, metadata: {} })).toThrow(
      /'a' has the shape \[2\] of F32 and 4 bytes/,
    );
  });
});

test('a tensor may lie far into a large file', () => {
  const bytes = new Uint8Array(70_000_000);
  const tensors = new Map([
    ['a', { dtype: 'F32' as const, shape: [17_500_000], bytes }],
    ['b', { dtype: 'F32' as const, shape: [2], bytes: bytes.subarray(0, 8) }],
  ]);
  expect(parseSafetensors(writeSafetensors({ tensors, metadata: {} })).tensors.get('b')?.shape).toEqual([2]);
});

test('a file with any bytes changed is read or refused, and nothing else', () => {
  const bytes = writeSafetensors({
    tensors: build([
      { name: 'a/kernel', dtype: 'F32', shape: [2, 1] },
      { name: 'a/bias', dtype: 'F16', shape: [3] },
    ]),
    metadata: { format: 'ssdlite-weights/1' },
  });
  const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), fc.nat(bytes.length), (changes, length) => {
      const mutated = bytes.slice();
      for (const { at, to } of changes) mutated[at] = to;
      try {
        parseSafetensors(mutated.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(SsdliteError);
      }
    }),
    { numRuns: 2000 },
  );
});
