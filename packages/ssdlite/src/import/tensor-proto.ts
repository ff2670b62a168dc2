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
  if (values.length > size || size > largestSize) {
    throw new Error(`a constant of shape [${shape.join(', ')}] has ${values.length} numbers`);
  }
  const filled = <T extends NumberArray>(data: T): T => {
    data.fill(last ?? 0);
    data.set(values);
    return data;
  };
  switch (dataType) {
    case dataTypes.half:
      return { shape, data: fromFloat16(filled(new Uint16Array(size))) };
    case dataTypes.bfloat16:
      return { shape, data: fromBfloat16(filled(new Uint16Array(size))) };
    case dataTypes.float:
      return { shape, data: filled(new Float32Array(size)) };
    case dataTypes.double:
    case dataTypes.int64:
      return { shape, data: filled(new Float64Array(size)) };
    default:
      return readers[dataType] && { shape, data: filled(new Int32Array(size)) };
  }
}

type NumberArray = Uint16Array | Float32Array | Float64Array | Int32Array;

/** Far more than any layer's kernel: a shape that claims more is damaged. */
const largestSize = 2 ** 26;
