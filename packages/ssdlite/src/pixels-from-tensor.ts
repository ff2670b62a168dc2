// A tensor as a picture: what `tf.browser.fromPixels` or `tf.node.decodeImage` return, and whatever looks like it.

import { SsdliteError } from '@ssdlite/layers';
import { type CheckPixelsOptions, checkPixels } from './check-pixels.ts';
import type { Pixels } from './pixels.ts';
import { isByteArray, typedArrayKind } from './typed-array-kind.ts';

/** Numbers in a tensor's memory. */
export type TensorValues = Uint8Array | Uint8ClampedArray | Int32Array | Float32Array | Float64Array;

/**
 * A picture in a tensor, such as a TensorFlow.js `Tensor3D`. Its values are 0 to 255 whatever its dtype: a float
 * tensor is rounded, and refused if it has been scaled to 0..1 or -1..1. It is read, never disposed.
 */
export interface TensorLike {
  /** [height, width, channels] or [1, height, width, channels]; 1, 3 or 4 channels. */
  readonly shape: readonly number[];
  /** The values, or a method that fetches them. */
  readonly data: TensorValues | (() => TensorValues | Promise<TensorValues>);
}

/**
 * Reads a tensor's values as 8-bit pixels. Bytes are passed through, other numbers are rounded into a new array.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for a shape that is no picture and for values outside 0..255 (NaN too),
 *   `IMAGE_TOO_LARGE` above `maxPixels`.
 */
export async function pixelsFromTensor(
  tensor: TensorLike,
  options: CheckPixelsOptions = {},
): Promise<Pixels> {
  const { shape } = tensor;
  const [height = 0, width = 0, channels = 0] = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  const isPicture = shape.length === 3 || (shape.length === 4 && shape[0] === 1);
  if (!isPicture || (channels !== 1 && channels !== 3 && channels !== 4)) {
    throw new SsdliteError('INVALID_ARGUMENT', `The tensor's shape is [${shape.join(', ')}].`, {
      value: shape,
      next: 'Pass one picture: [height, width, channels] with 1, 3 or 4 channels. Split a batch first.',
    });
  }
  const data = toBytes(await valuesOf(tensor));
  return checkPixels({ data, width, height, channels }, options);
}

async function valuesOf(tensor: TensorLike): Promise<unknown> {
  try {
    return typeof tensor.data === 'function' ? await tensor.data() : tensor.data;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SsdliteError('INVALID_ARGUMENT', `The tensor could not be read: ${why}`, {
      next: 'Pass a tensor that is not disposed.',
      cause,
    });
  }
}

function toBytes(values: unknown): Uint8Array | Uint8ClampedArray {
  if (isByteArray(values)) return values;
  if (!isNumberArray(values)) {
    throw new SsdliteError(
      'INVALID_ARGUMENT',
      `The tensor's data is ${typedArrayKind(values) ?? typeof values}.`,
      {
        value: values,
        next: 'Pass a tensor of int32 or float32 numbers from 0 to 255.',
      },
    );
  }
  const bytes = new Uint8Array(values.length);
  let hasFraction = false;
  let max = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const rounded = Math.round(value);
    // Written so that NaN, for which every comparison is false, is refused too.
    if (!(rounded >= 0 && rounded <= 255)) throw valueError(value, i);
    bytes[i] = rounded;
    if (value > max) max = value;
    if (value !== rounded) hasFraction = true;
  }
  if (hasFraction && max <= 1) {
    throw new SsdliteError('INVALID_ARGUMENT', `The tensor's values go from 0 to ${max}, not to 255.`, {
      value: max,
      next: 'Pass the picture before it is scaled, or multiply it by 255.',
    });
  }
  return bytes;
}

function isNumberArray(values: unknown): values is Int32Array | Float32Array | Float64Array {
  const kind = typedArrayKind(values);
  return kind === 'Int32Array' || kind === 'Float32Array' || kind === 'Float64Array';
}

function valueError(value: number, index: number): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `The tensor's value at index ${index} is ${value}.`, {
    value,
    next: 'Pass numbers from 0 to 255, whatever the dtype.',
  });
}
