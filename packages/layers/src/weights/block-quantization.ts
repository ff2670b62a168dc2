// int8 weights with one float16 scale per 32 weights of an output channel, chosen for the least squared error.

import { fromFloat16, toFloat16 } from './float16.ts';
import { type KernelBlocks, sizeOf, type WeightTensor } from './weights.ts';

/** Weights of one output channel that share a scale. */
export const blockLength = 32;

/** Largest int8 that is used: a symmetric range, so that a sign never changes the error. */
const maxLevel = 127;

/**
 * Levels of the largest weight of a block, between which every float16 scale is tried: a larger scale may happen to fit all weights
 * better, a smaller one clips the largest and serves the others.
 */
const tried = { from: 118, to: 136 } as const;

/** A kernel as int8 numbers and scales: weight [row, channel] = values[row, channel] * scales[floor(row / 32), channel]. */
export interface QuantizedKernel {
  /** The kernel's shape, e.g. `[h, w, in, out]`: `rows` = h * w * in, row-major, the output channel last. */
  readonly shape: readonly number[];
  readonly values: Int8Array;
  /** `[ceil(rows / 32), out]`, float16 bits. */
  readonly scales: Uint16Array;
}

/** Shape of the scales of a kernel: `[blocks, out]`. */
export function scaleShape(kernelShape: readonly number[]): readonly [blocks: number, channels: number] {
  const channels = kernelShape.at(-1) ?? 1;
  return [Math.ceil(sizeOf(kernelShape) / channels / blockLength), channels];
}

/**
 * Quantises a kernel. The last block of a channel may be short.
 *
 * @returns undefined if float16 cannot hold a scale, that is if a weight is some 8 million or more in size
 */
export function quantizeBlocks({ shape, data }: WeightTensor): QuantizedKernel | undefined {
  const [blocks, channels] = scaleShape(shape);
  const rows = sizeOf(shape) / channels;
  const values = new Int8Array(data.length);
  const scales = new Uint16Array(blocks * channels);
  const block = new Float64Array(blockLength);
  for (let index = 0; index < scales.length; index++) {
    const channel = index % channels;
    const firstRow = Math.floor(index / channels) * blockLength;
    const length = Math.min(blockLength, rows - firstRow);
    block.fill(0);
    for (let i = 0; i < length; i++) block[i] = data[(firstRow + i) * channels + channel] as number;
    const bits = bestScale(block);
    const scale = float16Values()[bits] as number;
    if (!Number.isFinite(scale)) return undefined;
    scales[index] = bits;
    if (scale === 0) continue;
    const inverse = 1 / scale;
    for (let i = 0; i < length; i++) {
      values[(firstRow + i) * channels + channel] = level((block[i] as number) * inverse);
    }
  }
  return { shape, values, scales };
}

/** The bits of the float16 scale with the least squared error. */
function bestScale(block: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < block.length; i++) largest = Math.max(largest, Math.abs(block[i] as number));
  const scales = float16Values();
  const plain = halfBits(largest / maxLevel);
  const from = halfBits(largest / tried.to);
  const to = halfBits(largest / tried.from);
  // The plain choice first: its error is a limit at which most others stop early.
  let best = plain;
  let least = squaredError(block, scales[plain] as number, Number.POSITIVE_INFINITY);
  // Positive float16 numbers are ordered as their bits are.
  for (let bits = from; bits <= to; bits++) {
    const error = squaredError(block, scales[bits] as number, least);
    if (error < least) {
      least = error;
      best = bits;
    }
  }
  return best;
}

/** Stops once the sum exceeds `limit`. */
function squaredError(block: Float64Array, scale: number, limit: number): number {
  const inverse = scale > 0 ? 1 / scale : 0;
  let sum = 0;
  for (let i = 0; i < block.length && sum < limit; i++) {
    const value = block[i] as number;
    const error = value - level(value * inverse) * scale;
    sum += error * error;
  }
  return sum;
}

/** 1.5 * 2^52: adding it leaves no room for fractions, so that the sum is rounded (ties to even); faster than Math.round. */
const rounder = 6_755_399_441_055_744;

/** The nearest level within the range. */
function level(ratio: number): number {
  const inRange = Math.min(Math.max(ratio, -maxLevel), maxLevel);
  return inRange + rounder - rounder;
}

function halfBits(value: number): number {
  return toFloat16(Float32Array.of(value))[0] as number;
}

let positiveFloat16: Float32Array | undefined;

/** Every float16 number that is not negative, by its bits. */
function float16Values(): Float32Array {
  positiveFloat16 ??= fromFloat16(Uint16Array.from({ length: 0x7c01 }, (_, bits) => bits));
  return positiveFloat16;
}

/** The weights of a quantised kernel, decoded once somebody asks for their numbers. */
export function blockTensor(blocks: KernelBlocks): WeightTensor {
  let data: Float32Array | undefined;
  return {
    shape: blocks.shape,
    blocks,
    get data() {
      data ??= dequantizeBlocks(blocks);
      return data;
    },
  };
}

/** The float32 weights of a quantised kernel. */
export function dequantizeBlocks({ shape, values, scales }: KernelBlocks): Float32Array {
  const [, channels] = scaleShape(shape);
  const data = new Float32Array(values.length);
  // One block of rows at a time: short loops over plain arrays are what compilers optimise first.
  const blockSize = blockLength * channels;
  for (let block = 0; block * blockSize < data.length; block++) {
    scaleBlock(
      data.subarray(block * blockSize, (block + 1) * blockSize),
      values.subarray(block * blockSize, (block + 1) * blockSize),
      scales.subarray(block * channels, (block + 1) * channels),
    );
  }
  return data;
}

function scaleBlock(block: Float32Array, levels: Int8Array, scales: Float32Array): void {
  const { length } = scales;
  for (let at = 0; at < block.length; at += length) {
    for (let c = 0; c < length; c++)
      block[at + c] = Math.fround((levels[at + c] as number) * (scales[c] as number));
  }
}
