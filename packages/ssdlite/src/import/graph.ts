// A TensorFlow graph in memory, whichever of its file formats it came from.

/** An attribute of a node, as far as convolution networks have them: texts, numbers, and lists of both. */
export type AttributeValue = string | number | boolean | readonly (string | number | boolean)[];

/** A tensor of a graph. */
export interface GraphTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
  /** How far numbers may be from the original's where they were quantised. */
  readonly precision?: number;
}

export interface GraphNode {
  readonly name: string;
  /** TensorFlow's name of the operation, e.g. `Conv2D`. */
  readonly op: string;
  /** Tensors that flow in, `node` or `node:1`; control inputs are left out. */
  readonly inputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** The number(s) of a `Const` node, if they are numbers. */
  readonly value: GraphTensor | undefined;
}

/** Nodes by name. */
export type Graph = ReadonlyMap<string, GraphNode>;

/** The node whose first output a tensor name means, or undefined for another output. */
export function nodeOf(graph: Graph, tensor: string): GraphNode | undefined {
  return graph.get(tensor.endsWith(':0') ? tensor.slice(0, -2) : tensor);
}

/** The node that a tensor comes from, whichever output it is. */
export function producerOf(graph: Graph, tensor: string): GraphNode | undefined {
  const colon = tensor.lastIndexOf(':');
  return graph.get(tensor) ?? (colon > 0 ? graph.get(tensor.slice(0, colon)) : undefined);
}

/** TensorFlow's numbers for element types (types.proto), as far as constants have them. */
export const dataTypes = {
  float: 1,
  double: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  string: 7,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  half: 19,
} as const;
