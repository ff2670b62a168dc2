import { SsdliteError } from '@ssdlite/layers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ValueFormat,
  type WrittenModel,
  writeGraphDef,
  writeGraphModel,
} from './fixtures/write-graph.ts';
import type { AttributeValue, Graph, GraphNode, GraphTensor } from './graph.ts';
import { readFrozenGraph } from './read-frozen-graph.ts';
import { readGraphModel, readGraphModelPair } from './read-graph-model.ts';

function node(
  name: string,
  op: string,
  inputs: string[],
  attributes: Record<string, AttributeValue> = {},
  value?: GraphTensor,
): GraphNode {
  return { name, op, inputs, attributes: new Map(Object.entries(attributes)), value };
}

const floats = (shape: number[], ...data: number[]): GraphTensor => ({
  shape,
  data: Float32Array.from(data),
});

const nodes: GraphNode[] = [
  node('image', 'Placeholder', [], { dtype: 4, shape: [-1, -1, -1, 3] }),
  node('kernel', 'Const', [], { dtype: 1 }, floats([1, 1, 2, 2], 1, -2, 0.5, 0.5)),
  node('size', 'Const', [], { dtype: 3 }, { shape: [2], data: Int32Array.of(300, -1) }),
  node('scalar', 'Const', [], { dtype: 1 }, floats([], 0.25)),
  node('same', 'Identity', ['image:1']),
  node('conv', '_FusedConv2D', ['same', 'kernel'], {
    strides: [1, 2, 2, 1],
    padding: 'SAME',
    use_cudnn: true,
    fused_ops: ['BiasAdd', 'Relu6'],
  }),
];
const graph: Graph = new Map(nodes.map((each) => [each.name, each]));

const readShardOf =
  ({ shards }: WrittenModel) =>
  (path: string): Uint8Array =>
    shards.get(path) ?? new Uint8Array();

async function refusal(read: () => unknown): Promise<SsdliteError> {
  try {
    await read();
  } catch (error) {
    if (error instanceof SsdliteError) return error;
    throw error;
  }
  throw new Error('It was read.');
}

describe('a frozen graph', () => {
  test.each<ValueFormat>(['content', 'list', 'half'])('is read with its numbers as %s', (format) => {
    expect(readFrozenGraph(writeGraphDef(nodes, format))).toEqual(graph);
  });

  test('is read from a view into a larger buffer', () => {
    const bytes = writeGraphDef(nodes);
    const larger = Buffer.concat([Uint8Array.of(1, 2, 3), bytes]);
    expect(readFrozenGraph(larger.subarray(3))).toEqual(graph);
  });

  test('cut off within a node is refused, wherever that is', () => {
    const bytes = writeGraphDef(nodes);
    const whole = new Set(nodes.map((_, index) => writeGraphDef(nodes.slice(0, index)).length));
    for (let length = 0; length < bytes.length; length++) {
      if (length > 0 && whole.has(length)) continue;
      expect(() => readFrozenGraph(bytes.subarray(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'WEIGHTS_DAMAGED' }),
      );
    }
  });

  test('that is a SavedModel is named as one', async () => {
    // saved_model_schema_version = 1, then an empty meta graph.
    expect(await refusal(() => readFrozenGraph(Uint8Array.of(0x08, 1, 0x12, 0)))).toMatchObject({
      code: 'WEIGHTS_UNSUPPORTED',
      message: expect.stringMatching(/SavedModel.*Freeze it/),
    });
  });

  test('that is anything else is refused', async () => {
    for (const text of ['', 'hello', '{"modelTopology": {}}', '\x89PNG\r\n\x1a\n']) {
      expect((await refusal(() => readFrozenGraph(new TextEncoder().encode(text)))).code).toBe(
        'WEIGHTS_DAMAGED',
      );
    }
  });

  test('with any bytes is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readFrozenGraph(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SsdliteError);
        }
      }),
    );
  });
});

describe('a TensorFlow.js graph model', () => {
  test.each([1000, 24, 7])('is read from shards of %i bytes', async (shardBytes) => {
    const model = writeGraphModel(nodes, { shardBytes });
    const read = await readGraphModel({ modelJson: model.modelJson, readShard: readShardOf(model) });
    expect(new Map([...read].map(([name, each]) => [name, each.value]))).toEqual(
      new Map([...graph].map(([name, each]) => [name, each.value])),
    );
    expect(read.get('conv')).toEqual(graph.get('conv'));
    expect(read.get('image')?.attributes.get('shape')).toEqual([-1, -1, -1, 3]);
  });

  test('is read as a pair of a binary graph and a weights manifest', async () => {
    const model = writeGraphModel(nodes);
    const read = await readGraphModelPair({
      graph: writeGraphDef(nodes, 'none'),
      weightsManifest: model.modelJson.weightsManifest,
      readShard: readShardOf(model),
    });
    expect(read).toEqual(graph);
  });

  test.each([
    ['uint8', 3 / 255 / 2],
    ['uint16', 3 / 65535 / 2],
    ['float16', 2 ** -12],
  ] as const)('quantised to %s is read within half a step', async (quantization, tolerance) => {
    const model = writeGraphModel(nodes, { quantization });
    const read = await readGraphModel({ modelJson: model.modelJson, readShard: readShardOf(model) });
    for (const [index, value] of [1, -2, 0.5, 0.5].entries()) {
      expect(Math.abs((read.get('kernel')?.value?.data[index] ?? 9) - value)).toBeLessThanOrEqual(
        tolerance * 1.001,
      );
    }
    expect(read.get('scalar')?.value).toMatchObject(floats([], 0.25));
  });

  test('takes texts as lists of bytes, as early converters wrote them', async () => {
    const model = writeGraphModel(nodes);
    const text = JSON.stringify(model.modelJson).replace(
      `{"s":"${btoa('SAME')}"}`,
      `{"s":[${[...'SAME'].map((c) => c.charCodeAt(0))}]}`,
    );
    const read = await readGraphModel({ modelJson: JSON.parse(text), readShard: readShardOf(model) });
    expect(read.get('conv')?.attributes.get('padding')).toBe('SAME');
  });

  const model = writeGraphModel(nodes, { shardBytes: 24 });
  const { modelTopology, weightsManifest } = model.modelJson;

  test.each<[string, unknown, RegExp, string?]>([
    ['no object', [], /'weightsManifest'|the whole is \[\]/],
    ['no weights', { modelTopology }, /'weightsManifest' is missing/],
    ['no graph', { weightsManifest }, /'modelTopology' is missing/],
    [
      'a tensor that is no node',
      { modelTopology: { node: modelTopology.node.slice(2) }, weightsManifest },
      /a tensor 'kernel' that is no node/,
    ],
    ['a constant without numbers', { modelTopology, weightsManifest: [] }, /has no tensor 'kernel'/],
    [
      'a layers model',
      { format: 'layers-model', modelTopology: { model_config: {} }, weightsManifest },
      /layers model \(Keras\)/,
      'WEIGHTS_UNSUPPORTED',
    ],
    [
      'a node without op',
      { modelTopology: { node: [{ name: 'a' }] }, weightsManifest: [] },
      /'modelTopology.node\[0\].op' is missing/,
    ],
  ])('with %s is refused', async (_, modelJson, message, code = 'WEIGHTS_DAMAGED') => {
    const error = await refusal(() => readGraphModel({ modelJson, readShard: readShardOf(model) }));
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });

  test('with a shard that is short, long or missing is refused', async () => {
    for (const change of [1, -1, -24]) {
      const readShard = (path: string): Uint8Array => {
        const shard = readShardOf(model)(path);
        return path.includes('shard1') ? new Uint8Array(shard.length + change) : shard;
      };
      expect((await refusal(() => readGraphModel({ modelJson: model.modelJson, readShard }))).code).toBe(
        'WEIGHTS_DAMAGED',
      );
    }
  });
});
