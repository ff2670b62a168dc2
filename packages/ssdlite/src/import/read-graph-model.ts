// Reads TensorFlow.js graph models: model.json with its shards, and the older pair of a binary graph and a weights manifest.

import { JsonValue, readWeightShards, SsdliteError } from '@ssdlite/layers';
import type { AttributeValue, Graph, GraphNode, GraphTensor } from './graph.ts';
import { readFrozenGraph } from './read-frozen-graph.ts';

/** Gives the bytes of a shard by the path that the weights manifest has for it. */
export type ReadShard = (path: string) => Uint8Array | Promise<Uint8Array>;

/**
 * Reads a graph model in the layout of today: topology and weights manifest in one JSON file.
 *
 * @param options.modelJson what `model.json` holds, parsed
 * @throws SsdliteError `WEIGHTS_DAMAGED` if something in it is missing, wrong or cut short, `WEIGHTS_UNSUPPORTED` for a layers model
 */
export async function readGraphModel(options: {
  readonly modelJson: unknown;
  readonly readShard: ReadShard;
}): Promise<Graph> {
  const json = new JsonValue(options.modelJson, { document: 'The model.json' });
  const topology = json.get('modelTopology');
  if (
    json.get('format').value === 'layers-model' ||
    (topology.present && topology.get('model_config').present)
  ) {
    throw new SsdliteError(
      'WEIGHTS_UNSUPPORTED',
      'This is a TensorFlow.js layers model (Keras), not a graph model.',
      {
        next: 'Detectors are exported as graph models: tensorflowjs_converter --input_format=tf_saved_model.',
      },
    );
  }
  const tensors = await readWeightShards(json.get('weightsManifest'), options.readShard);
  const nodes = topology.get('node').items().map(readNode);
  return withConstants(new Map(nodes.map((node) => [node.name, node])), tensors);
}

/**
 * Reads a graph model in the layout of TensorFlow.js before 1.0: `tensorflowjs_model.pb` and `weights_manifest.json`.
 *
 * @param options.graph the bytes of the binary graph
 * @param options.weightsManifest what the other file holds, parsed
 * @throws SsdliteError `WEIGHTS_DAMAGED` if something in it is missing, wrong or cut short
 */
export async function readGraphModelPair(options: {
  readonly graph: Uint8Array;
  readonly weightsManifest: unknown;
  readonly readShard: ReadShard;
}): Promise<Graph> {
  const manifest = new JsonValue(options.weightsManifest, { document: 'The weights_manifest.json' });
  const tensors = await readWeightShards(manifest, options.readShard);
  return withConstants(readFrozenGraph(options.graph), tensors);
}

/** Puts the tensors of the shards into the constants that they were taken out of. */
function withConstants(nodes: Graph, tensors: ReadonlyMap<string, GraphTensor>): Graph {
  const known = [...tensors.keys()].find((name) => !nodes.has(name));
  if (known !== undefined) {
    throw new SsdliteError(
      'WEIGHTS_DAMAGED',
      `The weights manifest has a tensor '${known}' that is no node of the graph.`,
      {
        value: known,
        next: 'Use the graph and the manifest of one export.',
      },
    );
  }
  return new Map(
    [...nodes].map(([name, node]) => {
      const value = tensors.get(name);
      if (node.op === 'Const' && !value && !node.value && isFloat(node)) throw missingConstant(name);
      return [name, value ? { ...node, value } : node];
    }),
  );
}

function isFloat(node: GraphNode): boolean {
  const type = node.attributes.get('dtype');
  return type === 1 || type === 'DT_FLOAT';
}

function missingConstant(name: string): SsdliteError {
  return new SsdliteError('WEIGHTS_DAMAGED', `The weights manifest has no tensor '${name}'.`, {
    value: name,
    next: 'Use the graph and the manifest of one export.',
  });
}

function readNode(json: JsonValue): GraphNode {
  const inputs = json.get('input');
  const attributes = json.get('attr');
  return {
    name: json.get('name').string(),
    op: json.get('op').string(),
    inputs: inputs.present
      ? inputs
          .items()
          .map((input) => input.string())
          .filter((input) => !input.startsWith('^'))
      : [],
    attributes: attributes.present ? readAttributes(attributes) : new Map(),
    value: undefined,
  };
}

function readAttributes(json: JsonValue): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const name of json.keys()) {
    const attribute = json.get(name);
    const value = readAttribute(attribute);
    if (value !== undefined) attributes.set(name, value);
  }
  return attributes;
}

function readAttribute(json: JsonValue): AttributeValue | undefined {
  for (const key of ['s', 'i', 'f', 'b', 'type']) {
    const part = json.get(key);
    if (part.present) return readScalar(part, key);
  }
  const shape = json.get('shape');
  if (shape.present) {
    const sides = shape.get('dim');
    return sides.present ? sides.items().map((side) => Number(side.get('size').value ?? 0)) : [];
  }
  const list = json.get('list');
  if (!list.present) return undefined;
  for (const key of ['s', 'i', 'f', 'b', 'type']) {
    const items = list.get(key);
    if (items.present && items.items().length > 0) return items.items().map((item) => readScalar(item, key));
  }
  return [];
}

/** Numbers of 64 bits are texts in protobuf's JSON, and texts base64 (or, in early exports, lists of bytes). */
function readScalar(json: JsonValue, key: string): string | number | boolean {
  const { value } = json;
  if (key === 's') {
    const bytes = Array.isArray(value)
      ? Uint8Array.from(json.items(), (byte) => byte.integer(0))
      : Uint8Array.from(decodeBase64(json), (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  }
  if (key === 'b') return json.boolean();
  if (key === 'type' && typeof value === 'string') return value;
  const number = Number(value);
  if (Number.isNaN(number)) throw json.mustBe('a number');
  return number;
}

function decodeBase64(json: JsonValue): string {
  try {
    return atob(typeof json.value === 'string' ? json.value : '');
  } catch {
    throw json.mustBe('base64');
  }
}
