// The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes without gaps (huggingface/safetensors).

import { SsdliteError } from '../error.ts';
import { findRepeatedKey } from './find-repeated-key.ts';
import { sizeOf } from './weights.ts';

/** Bytes per element of every dtype that the format knows. Which of them become weights: see `decodeWeights`. */
const elementBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

/** Type of a stored tensor's elements, little-endian. */
export type Dtype = keyof typeof elementBytes;

/** A tensor as it lies in a file, row-major. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** A view into the file where it was parsed from one. */
  readonly bytes: Uint8Array;
}

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** `__metadata__`: texts by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

const lengthBytes = 8;
/** The limit of the reference implementation. */
const maxHeaderBytes = 100_000_000;
const metadataKey = '__metadata__';
/** Data starts at a multiple of this, and so does each tensor if they are written by falling element size. */
const alignment = 8;

/**
 * Reads a safetensors file. Nothing is copied: tensors are views into `bytes`.
 *
 * @throws SsdliteError `WEIGHTS_DAMAGED` for a file that is cut short, has bytes too many, gaps, overlaps, repeated names, or
 * sizes that contradict one another; `WEIGHTS_UNSUPPORTED` for an unknown dtype
 * @example
 * const { tensors } = parseSafetensors(await readFile('weights.safetensors'));
 * tensors.get('Conv1/kernel')?.shape; // [3, 3, 3, 32]
 */
export function parseSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes);
  const data = bytes.subarray(dataStart);
  const tensors = new Map<string, StoredTensor>();
  const ranges: { name: string; begin: number; end: number }[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === metadataKey) {
      metadata = readMetadata(entry);
      continue;
    }
    const { dtype, shape, begin, end } = readEntry(name, entry);
    if (end > data.length) {
      const missing = end - data.length;
      throw damaged(`Tensor '${name}' ends ${missing} bytes after the end of the file`, bytes.length);
    }
    tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
    ranges.push({ name, begin, end });
  }
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of ranges) {
    if (begin !== covered) {
      const what = begin > covered ? 'leaves a gap after' : 'overlaps';
      throw damaged(`Tensor '${name}' begins at byte ${begin} and ${what} the one before it`, begin);
    }
    covered = end;
  }
  if (covered !== data.length) {
    throw damaged(`The file has ${data.length - covered} bytes after its last tensor`, data.length - covered);
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: object; dataStart: number } {
  if (bytes.length < lengthBytes) throw damaged(`The file has only ${bytes.length} bytes`, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const claimed = view.getBigUint64(0, true);
  if (claimed > BigInt(Math.min(maxHeaderBytes, bytes.length - lengthBytes))) {
    throw damaged(`The file has ${bytes.length} bytes, but its header claims to have ${claimed}`, claimed);
  }
  const length = Number(claimed);
  const dataStart = lengthBytes + length;
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(lengthBytes, dataStart));
    header = JSON.parse(text);
  } catch (cause) {
    throw damaged('The header is no JSON text', undefined, cause);
  }
  if (!text.startsWith('{') || !isRecord(header)) throw damaged('The header is no JSON object', undefined);
  // Compact JSON that comes out as it went in has lost no name on the way; that is quicker than looking.
  const repeated = JSON.stringify(header) === text.trimEnd() ? undefined : findRepeatedKey(text);
  if (repeated !== undefined) throw damaged(`The header has '${repeated}' twice`, repeated);
  return { header, dataStart };
}

interface Entry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, entry: unknown): Entry {
  if (!isRecord(entry)) throw damaged(`Tensor '${name}' has no description`, entry);
  const { dtype, shape, data_offsets: offsets, ...rest } = entry;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw damaged(`Tensor '${name}' has a property '${unknown}'`, unknown);
  if (typeof dtype !== 'string') throw damaged(`Tensor '${name}' has no dtype`, dtype);
  if (!Object.hasOwn(elementBytes, dtype)) {
    throw new SsdliteError('WEIGHTS_UNSUPPORTED', `Tensor '${name}' has the dtype '${dtype}'.`, {
      value: dtype,
      next: 'Save the weights as F32, F16 or BF16.',
    });
  }
  // Bounded, so that bytes can be counted without rounding.
  if (!isSizes(shape) || !Number.isSafeInteger(sizeOf(shape) * 8)) {
    throw damaged(`Tensor '${name}' has the shape ${JSON.stringify(shape)}`, shape);
  }
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw damaged(`Tensor '${name}' has the offsets ${JSON.stringify(offsets)}`, offsets);
  }
  const [begin = 0, end = 0] = offsets;
  const known = dtype as Dtype;
  const expected = sizeOf(shape) * elementBytes[known];
  if (end - begin !== expected) {
    const claim = `shape [${shape.join(', ')}] of ${dtype} needs ${expected} bytes, its offsets give ${end - begin}`;
    throw damaged(`Tensor '${name}' contradicts itself: ${claim}`, end - begin);
  }
  return { dtype: known, shape, begin, end };
}

function readMetadata(entry: unknown): Record<string, string> {
  if (!isRecord(entry)) throw damaged(`'${metadataKey}' is no object`, entry);
  const texts: [string, string][] = [];
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string') throw damaged(`'${metadataKey}' has a '${key}' that is no text`, value);
    texts.push([key, value]);
  }
  return Object.fromEntries(texts);
}

/**
 * The bytes of a safetensors file. The same tensors give the same bytes, in whatever order they come.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` if a tensor's bytes do not fit its shape
 */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  // Falling element sizes keep every tensor aligned without gaps; within one size, by name.
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      elementBytes[b.dtype] - elementBytes[a.dtype] || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  );
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) {
    entries.push([metadataKey, Object.fromEntries(Object.entries(metadata).sort())]);
  }
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of sorted) {
    const expected = sizeOf(shape) * elementBytes[dtype];
    if (bytes.length !== expected || name === metadataKey) {
      const has = `[${shape.join(', ')}] of ${dtype} and ${bytes.length} bytes`;
      throw new SsdliteError('INVALID_ARGUMENT', `Tensor '${name}' has the shape ${has}.`, {
        value: bytes.length,
        next: `It needs ${expected} bytes, and a name other than '${metadataKey}'.`,
      });
    }
    entries.push([name, { dtype, shape, data_offsets: [offset, offset + bytes.length] }]);
    offset += bytes.length;
  }
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(header.length / alignment) * alignment;
  const file = new Uint8Array(lengthBytes + padded + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(header, lengthBytes);
  file.fill(0x20, lengthBytes + header.length, lengthBytes + padded);
  let at = lengthBytes + padded;
  for (const [, { bytes }] of sorted) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((side) => Number.isSafeInteger(side) && side >= 0);
}

function damaged(what: string, value: unknown, cause?: unknown): SsdliteError {
  return new SsdliteError('WEIGHTS_DAMAGED', `The safetensors file is damaged: ${what}.`, {
    value,
    next: 'Get the file again from where it came.',
    cause,
  });
}
