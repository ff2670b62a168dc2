// Reads a frozen TensorFlow graph: GraphDef of graph.proto, with the numbers of its constants inside (frozen_inference_graph.pb).

import { SsdliteError } from '@ssdlite/layers';
import { type AttributeValue, dataTypes, type Graph, type GraphNode, type GraphTensor } from './graph.ts';
import { forEachField, type ProtobufField, readBytes, readText, wireType } from './protobuf-fields.ts';
import { tensorFromBytes, tensorFromValues } from './tensor-proto.ts';

/**
 * Reads the nodes of a GraphDef. Constants whose numbers were taken out (old TensorFlow.js graphs) have no value.
 *
 * @throws SsdliteError `WEIGHTS_DAMAGED` if it is cut short or no GraphDef, `WEIGHTS_UNSUPPORTED` for a SavedModel
 * @example
 * const graph = readFrozenGraph(await readFile('frozen_inference_graph.pb'));
 */
export function readFrozenGraph(bytes: Uint8Array): Graph {
  const nodes = new Map<string, GraphNode>();
  let isSavedModel = false;
  try {
    forEachField(bytes, (field) => {
      // A SavedModel begins with its schema version where a GraphDef has a node.
      if (field.number === 1 && field.type === wireType.varint) isSavedModel = true;
      if (isSavedModel || field.number !== 1) return;
      const node = readNode(readBytes(field));
      nodes.set(node.name, node);
    });
  } catch (cause) {
    if (!isSavedModel) throw damaged('is no GraphDef, or cut short or altered', cause);
  }
  if (isSavedModel) {
    throw new SsdliteError(
      'WEIGHTS_UNSUPPORTED',
      'The file is a SavedModel, whose weights lie in other files.',
      {
        next: 'Freeze it to one graph (frozen_inference_graph.pb), or convert it to a TensorFlow.js graph model.',
      },
    );
  }
  if (nodes.size === 0) throw damaged('holds no graph', undefined);
  return nodes;
}

function readNode(message: Uint8Array): GraphNode {
  let name = '';
  let op = '';
  let value: GraphTensor | undefined;
  const inputs: string[] = [];
  const attributes = new Map<string, AttributeValue>();
  forEachField(message, (field) => {
    if (field.number === 1) name = readText(field);
    else if (field.number === 2) op = readText(field);
    else if (field.number === 3) inputs.push(readText(field));
    else if (field.number === 5) {
      const entry = readAttribute(readBytes(field));
      if (entry.value !== undefined) attributes.set(entry.name, entry.value);
      if (entry.name === 'value') value = entry.tensor;
    }
  });
  return { name, op, inputs: inputs.filter((input) => !input.startsWith('^')), attributes, value };
}

interface Attribute {
  name: string;
  value: AttributeValue | undefined;
  tensor: GraphTensor | undefined;
}

/** An entry of `map<string, AttrValue>`. */
function readAttribute(message: Uint8Array): Attribute {
  const attribute: Attribute = { name: '', value: undefined, tensor: undefined };
  forEachField(message, (field) => {
    if (field.number === 1) attribute.name = readText(field);
    else if (field.number === 2) {
      forEachField(readBytes(field), (part) => {
        if (part.number === 1) attribute.value = readList(readBytes(part));
        else if (part.number === 7) attribute.value = readShape(readBytes(part));
        else if (part.number === 8) attribute.tensor = readTensor(readBytes(part));
        else attribute.value = readScalar(part) ?? attribute.value;
      });
    }
  });
  return attribute;
}

/** s, i, f, b and type of an AttrValue; the list's items have the same numbers. */
function readScalar(field: ProtobufField): string | number | boolean | undefined {
  const { number, type, reader } = field;
  if (number === 2) return readText(field);
  if (number === 3 && type === wireType.varint) return reader.readVarint(true);
  if (number === 4 && type === wireType.fixed32) return reader.readFloat();
  if (number === 5 && type === wireType.varint) return reader.readBoolean();
  if (number === 6 && type === wireType.varint) return reader.readVarint();
  return undefined;
}

function readList(message: Uint8Array): AttributeValue {
  const items: (string | number | boolean)[] = [];
  forEachField(message, (field) => {
    if (field.type === wireType.bytes && field.number === 3) {
      for (const item of field.reader.readPackedVarint([], true)) items.push(item);
      return;
    }
    const item = readScalar(field);
    if (item !== undefined) items.push(item);
  });
  return items;
}

/** Sides of a TensorShapeProto; -1 for one that is open. */
function readShape(message: Uint8Array): number[] {
  const shape: number[] = [];
  forEachField(message, (field) => {
    if (field.number !== 2) return;
    let size = 0;
    forEachField(readBytes(field), (part) => {
      if (part.number === 1 && part.type === wireType.varint) size = part.reader.readVarint(true);
    });
    shape.push(size);
  });
  return shape;
}

/** The numbers of a TensorProto, or undefined where they are of no use here (texts) or not there. */
function readTensor(message: Uint8Array): GraphTensor | undefined {
  let dataType = 0;
  let shape: number[] = [];
  let content: Uint8Array | undefined;
  const values: number[] = [];
  forEachField(message, (field) => {
    const { number, type, reader } = field;
    if (number === 1) dataType = reader.readVarint();
    else if (number === 2) shape = readShape(readBytes(field));
    else if (number === 4) content = readBytes(field);
    else if (number === 5)
      reader.type === wireType.bytes ? reader.readPackedFloat(values) : values.push(reader.readFloat());
    else if (number === 6)
      type === wireType.bytes ? reader.readPackedDouble(values) : values.push(reader.readDouble());
    else if (number === 7 || number === 10 || number === 11 || number === 13) {
      // int_val, int64_val, bool_val and half_val are all varints.
      type === wireType.bytes ? reader.readPackedVarint(values, true) : values.push(reader.readVarint(true));
    }
  });
  if (dataType === dataTypes.string) return undefined;
  return content && content.length > 0
    ? tensorFromBytes({ dataType, shape, bytes: content })
    : tensorFromValues({ dataType, shape, values });
}

function damaged(what: string, cause: unknown): SsdliteError {
  return new SsdliteError('WEIGHTS_DAMAGED', `The TensorFlow graph ${what}.`, {
    next: 'Export or download it again.',
    cause,
  });
}
