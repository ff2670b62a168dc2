// int8 weights with one float16 scale per 32 weights of an output channel, chosen for the least squared error.

import { fromFloat16, toFloat16 } from './float16.ts';
import { sizeOf, type WeightTensor } from './weights.ts';

/** Weights of one output channel that share a scale. */
export const blockLength = 32;

/** Largest int8 that is used: a symmetric range, so that a sign never changes the error. */
const maxLevel = 127;

/** A kernel as int8 numbers and scales: weight [row, channel] = values[row, channel] * scales[floor(row / 32), channel]. */
export interface QuantizedKernel {
  /** The kernel's shape, e.g. `[h, w, in, out]`: `rows` = h * w * in, row-major, the output channel last. */
  readonly shape: readonly number[];
  readonly values: Int8Array<ArrayBuffer>;
  /** `[ceil(rows / 32), out]`, float16 bits. */
  readonly scales: Uint16Array<ArrayBuffer>;
}

/** Shape of the scales of a kernel: `[blocks, out]`. */
export function scaleShape(kernelShape: readonly number[]): readonly [blocks: number, channels: number] {
  const channels = kernelShape.at(-1) ?? 1;
  return [Math.ceil(sizeOf(kernelShape) / channels / blockLength), channels];
}

/**
 * Quantises a kernel. The last block of a channel may be short.
 *
 * @returns undefined if float16 cannot hold a scale, that is if a weight is 8.3 million or more in size
 */
export function quantizeBlocks({ shape, data }: WeightTensor): QuantizedKernel | undefined {
  const [blocks, channels] = scaleShape(shape);
  const rows = sizeOf(shape) / channels;
  const values = new Int8Array(data.length);
  const scales = new Uint16Array(blocks * channels);
  const block = new Float64Array(blockLength);
  for (let b = 0; b < blocks; b++) {
    const firstRow = b * blockLength;
    const length = Math.min(blockLength, rows - firstRow);
    for (let channel = 0; channel < channels; channel++) {
      for (let i = 0; i < length; i++) block[i] = data[(firstRow + i) * channels + channel] as number;
      const { bits, scale } = bestScale(block.subarray(0, length));
      if (!Number.isFinite(scale)) return undefined;
      scales[b * channels + channel] = bits;
      for (let i = 0; i < length && scale > 0; i++) {
        values[(firstRow + i) * channels + channel] = level(block[i] as number, scale);
      }
    }
  }
  return { shape, values, scales };
}

/** Integers nearest to value / scale, within the range. */
function level(value: number, scale: number): number {
  return Math.max(-maxLevel, Math.min(maxLevel, Math.round(value / scale)));
}

/**
 * Scales around the one that maps the largest weight to 127: a little less clips it and serves the others better, a little more may
 * happen to fit all.
 */
function bestScale(block: Float64Array): { bits: number; scale: number } {
  const largest = block.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const candidates = toFloat16(
    Float32Array.from(
      { length: candidateCount },
      (_, index) => largest / (firstDivisor + index * divisorStep),
    ),
  );
  const scales = fromFloat16(candidates);
  let best = { bits: 0, scale: 0, error: Number.POSITIVE_INFINITY };
  for (const [index, scale] of scales.entries()) {
    const error = squaredError(block, scale);
    if (error < best.error) best = { bits: candidates[index] ?? 0, scale, error };
  }
  return best;
}

const firstDivisor = 119;
const divisorStep = 0.25;
const candidateCount = 80;

function squaredError(block: Float64Array, scale: number): number {
  let sum = 0;
  for (let i = 0; i < block.length; i++) {
    const value = block[i] as number;
    const error = scale > 0 ? value - level(value, scale) * scale : value;
    sum += error * error;
  }
  return sum;
}

/** The float32 weights of a quantised kernel. */
export function dequantizeBlocks({
  shape,
  values,
  scales,
}: Omit<QuantizedKernel, 'values' | 'scales'> & {
  readonly values: Int8Array;
  readonly scales: Uint16Array;
}): WeightTensor {
  const [, channels] = scaleShape(shape);
  const rows = sizeOf(shape) / channels;
  const factors = fromFloat16(scales);
  const data = new Float32Array(values.length);
  for (let row = 0, at = 0; row < rows; row++) {
    const block = Math.floor(row / blockLength) * channels;
    for (let channel = 0; channel < channels; channel++, at++) {
      data[at] = (values[at] as number) * (factors[block + channel] as number);
    }
  }
  return { shape, data };
}
