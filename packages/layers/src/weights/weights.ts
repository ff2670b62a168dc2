// Weights in memory: named float32 tensors, whatever file they came from.

/** A dense tensor in row-major order. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** What `data` is decoded from when it is first asked for. An engine that decodes by itself takes this, and float32 numbers are never made. */
  readonly blocks?: KernelBlocks;
}

/** An int8 kernel: weight [row, channel] = values[row, channel] * scales[floor(row / 32), channel], rounded to float32. */
export interface KernelBlocks {
  /** `[h, w, in, out]`: `rows` = h * w * in, row-major, the output channel last. */
  readonly shape: readonly number[];
  readonly values: Int8Array;
  /** `[ceil(rows / 32), out]` */
  readonly scales: Float32Array;
}

/** Every tensor of a network by name, e.g. `Conv1/kernel`. Names and shapes: see `Layers`. */
export type Weights = ReadonlyMap<string, WeightTensor>;

/** The name and shape of a tensor that a network asks for. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
