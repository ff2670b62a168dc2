// Computes the parts of a graph that depend on constants alone, such as gamma / sqrt(variance + epsilon) of a batch norm, in float64.

import { sizeOf } from '@ssdlite/layers';
import { type Graph, type GraphNode, nodeOf } from './graph.ts';

/** A tensor whose numbers are known without running the network. */
export interface ConstantTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** Names of the `Const` nodes that it was computed from. */
  readonly sources: readonly string[];
  /** How far the numbers of those may be from the original's; 0 unless they were quantised. */
  readonly precision: number;
}

/** Gives the numbers behind a tensor's name, or undefined if they depend on the image. */
export type Constants = (tensor: string) => ConstantTensor | undefined;

/** Looks up constants of a graph; each is computed once. */
export function evaluateConstants(graph: Graph): Constants {
  const known = new Map<GraphNode, ConstantTensor | undefined>();
  const evaluate: Constants = (tensor) => {
    const node = nodeOf(graph, tensor);
    if (!node) return undefined;
    if (!known.has(node)) {
      // Stands against loops of the graph until the value is there.
      known.set(node, undefined);
      known.set(node, compute(node, evaluate));
    }
    return known.get(node);
  };
  return evaluate;
}

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  AddV2: (a, b) => a + b,
  AddN: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
  Maximum: Math.max,
  Minimum: Math.min,
};

const unary: Readonly<Record<string, (x: number) => number>> = {
  Rsqrt: (x) => 1 / Math.sqrt(x),
  Sqrt: Math.sqrt,
  Square: (x) => x * x,
  Neg: (x) => -x,
  Reciprocal: (x) => 1 / x,
  Inv: (x) => 1 / x,
};

function compute(node: GraphNode, evaluate: Constants): ConstantTensor | undefined {
  const { op, inputs, value } = node;
  if (op === 'Const') {
    if (!value) return undefined;
    const { shape, data, precision = 0 } = value;
    return { shape, data: Float64Array.from(data), sources: [node.name], precision };
  }
  const operation = binary[op];
  const operator = unary[op];
  const kept =
    op === 'Identity' || op === 'StopGradient' || op === 'Snapshot' || op === 'Reshape' || op === 'Cast';
  if (!operation && !operator && !kept) return undefined;
  const [first, ...rest] = inputs.map(evaluate);
  if (!first || rest.some((input) => input === undefined)) return undefined;
  const others = rest.filter((input) => input !== undefined);
  if (operation) {
    return others.reduce<ConstantTensor | undefined>(
      (sum, other) => sum && broadcast(sum, other, operation),
      first,
    );
  }
  if (operator) return { ...first, data: first.data.map(operator) };
  if (op === 'Reshape') return reshape(first, others[0]);
  return first;
}

function reshape(tensor: ConstantTensor, target: ConstantTensor | undefined): ConstantTensor | undefined {
  if (!target) return undefined;
  const wanted = [...target.data];
  const known = sizeOf(wanted.filter((side) => side >= 0));
  const shape = wanted.map((side) => (side >= 0 ? side : tensor.data.length / known));
  return sizeOf(shape) === tensor.data.length ? { ...tensor, shape } : undefined;
}

/** More than any layer's kernel has. */
const largestSize = 2 ** 26;

/** Element by element, with axes of 1 stretched as in NumPy. */
function broadcast(
  a: ConstantTensor,
  b: ConstantTensor,
  operation: (a: number, b: number) => number,
): ConstantTensor | undefined {
  const rank = Math.max(a.shape.length, b.shape.length);
  const sideOf = ({ shape }: ConstantTensor, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const [sideA, sideB] = [sideOf(a, axis), sideOf(b, axis)];
    if (sideA !== sideB && sideA !== 1 && sideB !== 1) return undefined;
    shape.push(sideA === 1 ? sideB : sideA);
  }
  if (sizeOf(shape) > largestSize) return undefined;
  const data = new Float64Array(sizeOf(shape));
  const indexA = stretchedIndex(a, shape);
  const indexB = stretchedIndex(b, shape);
  for (let i = 0; i < data.length; i++) data[i] = operation(a.data[indexA(i)] ?? 0, b.data[indexB(i)] ?? 0);
  const precision = Math.max(a.precision, b.precision);
  return { shape, data, sources: [...a.sources, ...b.sources], precision };
}

/** From a position in the result to the position in a tensor that is stretched to its shape. */
function stretchedIndex(tensor: ConstantTensor, shape: readonly number[]): (position: number) => number {
  const { length } = tensor.data;
  if (length === sizeOf(shape)) return (position) => position;
  if (length === 1) return () => 0;
  const [last] = tensor.shape.slice(-1);
  if (length === last) return (position) => position % length;
  return (position) => {
    let rest = position;
    let index = 0;
    let step = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const side = shape[axis] ?? 1;
      const own = tensor.shape[axis - shape.length + tensor.shape.length] ?? 1;
      if (own > 1) index += (rest % side) * step;
      step *= own;
      rest = Math.floor(rest / side);
    }
    return index;
  };
}
