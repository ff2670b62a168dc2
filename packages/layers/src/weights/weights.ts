// Weights in memory: named float32 tensors, whatever file they came from.

/** A dense tensor in row-major order. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
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
