// The numbers of TensorFlow's constants, in the element types that networks and their post-processing have.

import { fromBfloat16, fromFloat16, sizeOf } from '@ssdlite/layers';
import { dataTypes, type GraphTensor } from './graph.ts';

/**
 * A tensor from little-endian bytes (`tensor_content`).
 *
 * @returns undefined for an element type that no network has
 * @throws Error if the bytes do not fit the shape
 */
export function tensorFromBytes(options: {
  readonly dataType: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}): GraphTensor | undefined {
  const { dataType, shape, bytes } = options;
  const read = readers[dataType];
  if (!read) return undefined;
  const expected = sizeOf(shape) * read.bytes;
  if (bytes.length !== expected) {
    throw new Error(
      `a constant of shape [${shape.join(', ')}] has ${bytes.length} bytes, expected ${expected}`,
    );
  }
  // A copy: typed arrays need their start aligned, and the file is not to be kept alive.
  return { shape, data: read.decode(new Uint8Array(bytes).buffer) };
}

interface ElementReader {
  readonly bytes: number;
  decode(buffer: ArrayBuffer): GraphTensor['data'];
}

const readers: Readonly<Record<number, ElementReader>> = {
  [dataTypes.float]: { bytes: 4, decode: (buffer) => new Float32Array(buffer) },
  [dataTypes.double]: { bytes: 8, decode: (buffer) => new Float64Array(buffer) },
  [dataTypes.half]: { bytes: 2, decode: (buffer) => fromFloat16(new Uint16Array(buffer)) },
  [dataTypes.bfloat16]: { bytes: 2, decode: (buffer) => fromBfloat16(new Uint16Array(buffer)) },
  [dataTypes.int32]: { bytes: 4, decode: (buffer) => new Int32Array(buffer) },
  [dataTypes.uint8]: { bytes: 1, decode: (buffer) => Int32Array.from(new Uint8Array(buffer)) },
  [dataTypes.int8]: { bytes: 1, decode: (buffer) => Int32Array.from(new Int8Array(buffer)) },
  [dataTypes.int16]: { bytes: 2, decode: (buffer) => Int32Array.from(new Int16Array(buffer)) },
  [dataTypes.uint16]: { bytes: 2, decode: (buffer) => Int32Array.from(new Uint16Array(buffer)) },
  [dataTypes.bool]: { bytes: 1, decode: (buffer) => Int32Array.from(new Uint8Array(buffer)) },
  [dataTypes.int64]: {
    bytes: 8,
    decode: (buffer) => Float64Array.from(new BigInt64Array(buffer), (value) => Number(value)),
  },
};

/**
 * A tensor from a list of numbers (`float_val`, `int_val`, ...): the last one stands for all that follow.
 *
 * @returns undefined for an element type that no network has, or if the numbers were taken out
 */
export function tensorFromValues(options: {
  readonly dataType: number;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}): GraphTensor | undefined {
  const { dataType, shape, values } = options;
  const size = sizeOf(shape);
  const last = values.at(-1);
  if (last === undefined && size > 0) return undefined;
  if (values.length > size)
    throw new Error(`a constant of shape [${shape.join(', ')}] has ${values.length} numbers`);
  const at = (index: number): number => values[index] ?? last ?? 0;
  if (dataType === dataTypes.half || dataType === dataTypes.bfloat16) {
    const halves = Uint16Array.from({ length: size }, (_, index) => at(index));
    return { shape, data: dataType === dataTypes.half ? fromFloat16(halves) : fromBfloat16(halves) };
  }
  if (dataType === dataTypes.float)
    return { shape, data: Float32Array.from({ length: size }, (_, i) => at(i)) };
  if (dataType === dataTypes.double || dataType === dataTypes.int64) {
    return { shape, data: Float64Array.from({ length: size }, (_, index) => at(index)) };
  }
  return readers[dataType] && { shape, data: Int32Array.from({ length: size }, (_, index) => at(index)) };
}
