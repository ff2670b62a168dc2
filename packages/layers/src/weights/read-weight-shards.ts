// Reads the weights of TensorFlow.js models: a manifest of groups, each with its shards one after the other; quantised ones too.

import { SsdliteError } from '../error.ts';
import type { JsonValue } from '../json-value.ts';
import { fromFloat16 } from './float16.ts';
import { sizeOf } from './weights.ts';

/** A tensor of a TensorFlow.js model. */
export interface ShardTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
  /** How far numbers may be from the original's where they were quantised. */
  readonly precision?: number;
}

/**
 * All numeric tensors of a weights manifest by name, quantised ones as q * scale + min.
 *
 * @throws SsdliteError `WEIGHTS_DAMAGED` if shards are shorter or longer than what the manifest says, `WEIGHTS_UNSUPPORTED` for a dtype
 * that is not read
 */
export async function readWeightShards(
  manifest: JsonValue,
  readShard: (path: string) => Uint8Array | Promise<Uint8Array>,
): Promise<Map<string, ShardTensor>> {
  const tensors = new Map<string, ShardTensor>();
  for (const group of manifest.items()) {
    const paths = group
      .get('paths')
      .items()
      .map((path) => path.string());
    const bytes = concatenate(await Promise.all(paths.map(readShard)));
    const where = `The shards ${paths[0] ?? ''}${paths.length > 1 ? ` to ${paths.at(-1)}` : ''}`;
    let at = 0;
    for (const weight of group.get('weights').items()) {
      const entry = readEntry(weight);
      const length =
        entry.dtype === 'string'
          ? stringBytes(bytes, at, sizeOf(entry.shape))
          : sizeOf(entry.shape) * entry.elementBytes;
      if (at + length > bytes.length) {
        throw damaged(
          `${where} end ${at + length - bytes.length} bytes before tensor '${entry.name}' does`,
          bytes.length,
        );
      }
      if (tensors.has(entry.name))
        throw damaged(`The weights manifest has '${entry.name}' twice`, entry.name);
      if (entry.dtype !== 'string') tensors.set(entry.name, decode(entry, bytes.slice(at, at + length)));
      at += length;
    }
    if (at !== bytes.length)
      throw damaged(`${where} have ${bytes.length - at} bytes too many`, bytes.length - at);
  }
  return tensors;
}

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How the numbers are stored. */
  readonly stored: string;
  readonly elementBytes: number;
  readonly scale: number;
  readonly min: number;
}

const elementBytes: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  float16: 2,
  uint16: 2,
  uint8: 1,
  bool: 1,
  string: 0,
};

function readEntry(json: JsonValue): Entry {
  const name = json.get('name').string();
  const dtype = json.get('dtype').string();
  const quantization = json.get('quantization');
  const stored = quantization.present ? quantization.get('dtype').string() : dtype;
  const bytes = Object.hasOwn(elementBytes, stored) ? elementBytes[stored] : undefined;
  if (bytes === undefined) {
    throw new SsdliteError('WEIGHTS_UNSUPPORTED', `Tensor '${name}' has the dtype '${stored}'.`, {
      value: stored,
      next: `Convert the model again; read are ${Object.keys(elementBytes).join(', ')}.`,
    });
  }
  const scaled = quantization.present && stored !== 'float16';
  return {
    name,
    shape: json
      .get('shape')
      .items()
      .map((side) => side.integer(0)),
    dtype,
    stored,
    elementBytes: bytes,
    scale: scaled ? quantization.get('scale').number() : 1,
    min: scaled ? quantization.get('min').number() : 0,
  };
}

function decode(
  { name, shape, dtype, stored, scale, min }: Entry,
  bytes: Uint8Array<ArrayBuffer>,
): ShardTensor {
  const { buffer } = bytes;
  const levels =
    stored === 'float32'
      ? new Float32Array(buffer)
      : stored === 'float16'
        ? fromFloat16(new Uint16Array(buffer))
        : stored === 'int32'
          ? new Int32Array(buffer)
          : stored === 'uint16'
            ? new Uint16Array(buffer)
            : bytes;
  if (stored === 'float16' && levels instanceof Float32Array) {
    const largest = levels.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    return { shape, data: levels, precision: largest * 2 ** -11 };
  }
  if (levels instanceof Float32Array || levels instanceof Int32Array) return { shape, data: levels };
  const real = (level: number): number => level * scale + min;
  // TensorFlow.js rounds quantised integers.
  if (dtype !== 'float32')
    return { shape, data: Int32Array.from(levels, (level) => Math.round(real(level))) };
  const data = Float32Array.from(levels, real);
  if (data.some((value) => !Number.isFinite(value)))
    throw damaged(`Tensor '${name}' has an impossible scale`, scale);
  return { shape, data, precision: Math.abs(scale) / 2 };
}

/** Texts are stored as a length of four bytes and their characters each. */
function stringBytes(bytes: Uint8Array, start: number, count: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) return Number.POSITIVE_INFINITY;
    at += 4 + view.getUint32(at, true);
  }
  return at - start;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function damaged(what: string, value: unknown): SsdliteError {
  return new SsdliteError('WEIGHTS_DAMAGED', `${what}.`, { value, next: 'Get the whole model again.' });
}
