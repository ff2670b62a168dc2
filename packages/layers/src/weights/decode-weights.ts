// The tensors of a file as float32 weights.

import { SsdliteError } from '../error.ts';
import { dequantizeBlocks, scaleShape } from './block-quantization.ts';
import { scaleSuffix } from './encode-weights.ts';
import { fromBfloat16, fromFloat16 } from './float16.ts';
import type { StoredTensor } from './safetensors.ts';
import { sizeOf, type Weights, type WeightTensor } from './weights.ts';

/**
 * Decodes stored tensors. Float32 tensors that lie aligned stay views into the file.
 *
 * Reads F32, F16, BF16, and I8 kernels with their `.scale` (see `WeightEncoding`).
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` for another dtype, `WEIGHTS_DAMAGED` for int8 without scales or with scales of a wrong
 * shape
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
      return { shape, data: new Float32Array(buffer, byteOffset, sizeOf(shape)) };
    }
    case 'F16':
      return { shape, data: fromFloat16(halvesOf(tensor)) };
    case 'BF16':
      return { shape, data: fromBfloat16(halvesOf(tensor)) };
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
    throw new SsdliteError(
      'WEIGHTS_DAMAGED',
      `The int8 tensor '${name}' of shape [${shape.join(', ')}] needs the scales ${wanted} and has ${has}.`,
      { value: scale?.shape, next: 'Make the file again, or get it again from where it came.' },
    );
  }
  const { buffer, byteOffset, length } = tensor.bytes;
  return dequantizeBlocks({
    shape,
    values: new Int8Array(buffer, byteOffset, length),
    scales: halvesOf(scale),
  });
}

function halvesOf(tensor: StoredTensor): Uint16Array {
  const { buffer, byteOffset, length } = aligned(tensor.bytes, 2);
  return new Uint16Array(buffer, byteOffset, length / 2);
}

/** Files from elsewhere need not align their tensors; typed arrays do. */
function aligned(bytes: Uint8Array, elementBytes: number): Uint8Array {
  return bytes.byteOffset % elementBytes === 0 ? bytes : bytes.slice();
}
