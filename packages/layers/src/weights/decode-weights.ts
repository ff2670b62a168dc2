// The tensors of a file as float32 weights.

import { SsdliteError } from '../error.ts';
import { blockTensor, scaleShape } from './block-quantization.ts';
import { scaleSuffix } from './encode-weights.ts';
import { firstNotFinite } from './first-not-finite.ts';
import { fromBfloat16, fromFloat16 } from './float16.ts';
import type { StoredTensor } from './safetensors.ts';
import { sizeOf, type Weights, type WeightTensor } from './weights.ts';

/**
 * Decodes stored tensors. Float32 tensors that lie aligned stay views into the file, int8 ones until their numbers are asked for.
 *
 * Reads F32, F16, BF16, and I8 kernels with their `.scale` (see `WeightEncoding`).
 *
 * Every number is finite: what is not is cheaper to find here than in the decoded weights.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` for another dtype, `WEIGHTS_DAMAGED` for int8 without scales or with scales of a wrong
 * shape, and for NaN or infinite numbers
 * @example
 * const weights = decodeWeights(parseSafetensors(bytes).tensors);
 */
export function decodeWeights(tensors: ReadonlyMap<string, StoredTensor>): Weights {
  const weights = new Map<string, WeightTensor>();
  for (const [name, tensor] of tensors) {
    if (isScale(name, tensors)) continue;
    weights.set(name, decodeTensor(name, tensor, tensors));
  }
  return weights;
}

function isScale(name: string, tensors: ReadonlyMap<string, StoredTensor>): boolean {
  return name.endsWith(scaleSuffix) && tensors.get(name.slice(0, -scaleSuffix.length))?.dtype === 'I8';
}

function decodeTensor(
  name: string,
  tensor: StoredTensor,
  tensors: ReadonlyMap<string, StoredTensor>,
): WeightTensor {
  const { dtype, shape } = tensor;
  switch (dtype) {
    case 'F32': {
      const { buffer, byteOffset } = aligned(tensor.bytes, 4);
      return { shape, data: checkFinite(name, new Float32Array(buffer, byteOffset, sizeOf(shape))) };
    }
    case 'F16':
      return { shape, data: checkFinite(name, fromFloat16(halvesOf(tensor))) };
    case 'BF16':
      return { shape, data: checkFinite(name, fromBfloat16(halvesOf(tensor))) };
    case 'I8':
      return decodeQuantized(name, tensor, tensors.get(name + scaleSuffix));
    default:
      throw new SsdliteError('WEIGHTS_UNSUPPORTED', `Tensor '${name}' has the dtype ${dtype}.`, {
        value: dtype,
        next: 'Save the weights as F32, F16 or BF16.',
      });
  }
}

function decodeQuantized(name: string, tensor: StoredTensor, scale: StoredTensor | undefined): WeightTensor {
  const { shape } = tensor;
  const expected = scaleShape(shape);
  if (sizeOf(shape) === 0 || scale?.dtype !== 'F16' || scale.shape.join() !== expected.join()) {
    const has = scale ? `${scale.dtype} [${scale.shape.join(', ')}]` : 'none';
    const wanted = `F16 [${expected.join(', ')}]`;
    throw damaged(
      `The int8 tensor '${name}' of shape [${shape.join(', ')}] needs the scales ${wanted} and has ${has}.`,
      scale?.shape,
    );
  }
  const { buffer, byteOffset, length } = tensor.bytes;
  const values = new Int8Array(buffer, byteOffset, length);
  // An int8 times a finite float16 is finite: the scales alone decide.
  const scales = checkFinite(name + scaleSuffix, fromFloat16(halvesOf(scale)));
  return blockTensor({ shape, values, scales });
}

function checkFinite(name: string, data: Float32Array): Float32Array {
  const at = firstNotFinite(data);
  if (at === undefined) return data;
  throw damaged(`Tensor '${name}' holds ${data[at]} at position ${at}.`, data[at]);
}

function damaged(what: string, value: unknown): SsdliteError {
  return new SsdliteError('WEIGHTS_DAMAGED', what, {
    value,
    next: 'Make the file again, or get it again from where it came.',
  });
}

function halvesOf(tensor: StoredTensor): Uint16Array {
  const { buffer, byteOffset, length } = aligned(tensor.bytes, 2);
  return new Uint16Array(buffer, byteOffset, length / 2);
}

/** Files from elsewhere need not align their tensors; typed arrays do. */
function aligned(bytes: Uint8Array, elementBytes: number): Uint8Array {
  return bytes.byteOffset % elementBytes === 0 ? bytes : new Uint8Array(bytes);
}
