// The few messages of ONNX's protobuf format that our graphs need (onnx.proto3, IR version 8, opset 17), written with pbf.

import { PbfWriter } from 'pbf';

/** A node's attribute: an integer, a list of integers, or a text. */
export type OnnxAttribute = number | string | readonly number[];

export interface OnnxNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly shape: readonly number[];
  /** Float32, float16 bits or, for shapes and axes, int64. */
  readonly data: Float32Array | Uint16Array | BigInt64Array;
}

/** A graph's input or output: float32; a text stands for a dimension that is known at run time only. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const irVersion = 8;
const opset = 17;
const dataType = { float: 1, int64: 7, float16: 10 } as const;
const attributeType = { int: 2, string: 3, ints: 7 } as const;

/** The bytes of a `.onnx` file. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  // Weights are nearly all of it; room for them from the start saves copying them as the buffer grows.
  const weightBytes = graph.initializers.reduce((sum, { data }) => sum + data.byteLength, 0);
  const writer = new PbfWriter(new Uint8Array(weightBytes + 2 ** 18));
  writer.writeVarintField(1, irVersion);
  writer.writeStringField(2, 'ssdlite');
  writer.writeMessage(7, writeGraph, graph);
  writer.writeMessage(
    8,
    (version: number, pbf: PbfWriter) => {
      pbf.writeStringField(1, '');
      pbf.writeVarintField(2, version);
    },
    opset,
  );
  return writer.finish();
}

function writeGraph(graph: OnnxGraph, pbf: PbfWriter): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, graph.name);
  for (const initializer of graph.initializers) pbf.writeMessage(5, writeTensor, initializer);
  for (const input of graph.inputs) pbf.writeMessage(11, writeValueInfo, input);
  for (const output of graph.outputs) pbf.writeMessage(12, writeValueInfo, output);
}

function writeNode(node: OnnxNode, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, node.outputs[0] ?? '');
  pbf.writeStringField(4, node.opType);
  for (const attribute of Object.entries(node.attributes ?? {})) {
    pbf.writeMessage(5, writeAttribute, attribute);
  }
}

function writeAttribute([name, value]: [string, OnnxAttribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, attributeType.int);
  } else if (typeof value === 'string') {
    pbf.writeBytesField(4, new TextEncoder().encode(value));
    pbf.writeVarintField(20, attributeType.string);
  } else {
    for (const item of value) pbf.writeVarintField(8, item);
    pbf.writeVarintField(20, attributeType.ints);
  }
}

function writeTensor({ name, shape, data }: OnnxInitializer, pbf: PbfWriter): void {
  for (const side of shape) pbf.writeVarintField(1, side);
  pbf.writeVarintField(2, typeOf(data));
  pbf.writeStringField(8, name);
  pbf.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function typeOf(data: OnnxInitializer['data']): number {
  if (data instanceof BigInt64Array) return dataType.int64;
  return data instanceof Uint16Array ? dataType.float16 : dataType.float;
}

function writeValueInfo({ name, shape }: OnnxValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(
    2,
    (_: undefined, type: PbfWriter) => {
      type.writeMessage(1, writeTensorType, shape);
    },
    undefined,
  );
}

function writeTensorType(shape: OnnxValue['shape'], pbf: PbfWriter): void {
  pbf.writeVarintField(1, dataType.float);
  pbf.writeMessage(2, writeShape, shape);
}

function writeShape(shape: OnnxValue['shape'], pbf: PbfWriter): void {
  for (const side of shape) pbf.writeMessage(1, writeDimension, side);
}

function writeDimension(side: number | string, pbf: PbfWriter): void {
  if (typeof side === 'number') pbf.writeVarintField(1, side);
  else pbf.writeStringField(2, side);
}
