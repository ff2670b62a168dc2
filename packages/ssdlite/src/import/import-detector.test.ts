import {
  checkWeights,
  decodeWeights,
  describe,
  foldBatchNorm,
  parseSafetensors,
  SsdliteError,
  type Weights,
} from '@ssdlite/layers';
import fc from 'fast-check';
import { expect, describe as group, test } from 'vitest';
import { type SsdConfig, ssdliteMobileNetV1, ssdliteMobileNetV2 } from '../network/ssd-config.ts';
import { ssdNetwork } from '../network/ssd-network.ts';
import { loadDetectorWeights } from '../weights/load-weights.ts';
import { type BatchNormStyle, type OdGraphOptions, odGraph, randomWeights } from './fixtures/od-graph.ts';
import { writeGraphDef, writeGraphModel } from './fixtures/write-graph.ts';
import type { Graph, GraphNode } from './graph.ts';
import { importDetector } from './import-detector.ts';
import { readFrozenGraph } from './read-frozen-graph.ts';
import { readGraphModel } from './read-graph-model.ts';

const square = (side: number): SsdConfig['inputSize'] => ({ height: side, width: side });

/** Narrow, for quick tests; 16 channels at least, as TF Object Detection makes it. */
const narrow: SsdConfig = {
  ...ssdliteMobileNetV2,
  alpha: 0.35,
  shrinkLast: true,
  minChannels: 16,
  logitColumns: 4,
};
const narrowV1: SsdConfig = { ...ssdliteMobileNetV1, alpha: 0.25, minChannels: 16, logitColumns: 3 };

function exported(config: SsdConfig, options: Partial<OdGraphOptions> = {}) {
  const description = describe(ssdNetwork(config));
  const weights = options.weights ?? randomWeights(description);
  const nodes = odGraph({ config, weights, batchNorm: 'fused', ...options });
  return { nodes, graph: graphOf(nodes), folded: foldBatchNorm(description, weights) };
}

function graphOf(nodes: readonly GraphNode[]): Graph {
  return new Map(nodes.map((node) => [node.name, node]));
}

function weightsIn(bytes: Uint8Array): Weights {
  return decodeWeights(parseSafetensors(bytes).tensors);
}

/** Equal but for the rounding of another order of multiplications. */
function expectClose(got: Weights, expected: Weights, tolerance = 1e-6): void {
  checkWeights(
    got,
    [...expected].map(([name, { shape }]) => ({ name, shape })),
  );
  for (const [name, { data }] of expected) {
    const other = got.get(name)?.data ?? new Float32Array();
    const largest = data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const worst = data.reduce((max, value, index) => Math.max(max, Math.abs(value - (other[index] ?? 0))), 0);
    if (!(worst <= tolerance * largest)) throw new Error(`${name} differs by ${worst} of ${largest}`);
  }
}

async function refusal(nodes: readonly GraphNode[], options = {}): Promise<SsdliteError> {
  const error = await importDetector(graphOf(nodes), options).catch((cause: unknown) => cause);
  if (error instanceof SsdliteError) return error;
  throw new Error(`It was imported, or failed otherwise: ${error}`);
}

const edit = (
  nodes: readonly GraphNode[],
  name: RegExp,
  change: (node: GraphNode) => GraphNode,
): GraphNode[] => {
  if (!nodes.some((node) => name.test(node.name))) throw new Error(`No node is called ${name}.`);
  return nodes.map((node) => (name.test(node.name) ? change(node) : node));
};

const withAttribute = (
  node: GraphNode,
  key: string,
  value: string | boolean | number | number[],
): GraphNode => ({
  ...node,
  attributes: new Map([...node.attributes, [key, value]]),
});

group('an exported detector comes back', () => {
  test.each<[string, SsdConfig]>([
    ['SSDLite on MobileNetV2 at width 0.35', narrow],
    ['with its last convolution kept at 1280', { ...narrow, shrinkLast: false, minChannels: 8 }],
    ['at width 0.5 on a wide input', { ...narrow, alpha: 0.5, inputSize: { height: 160, width: 288 } }],
    [
      'at width 1.4 with one class',
      { ...narrow, alpha: 1.4, shrinkLast: false, minChannels: 8, logitColumns: 2 },
    ],
    ['SSD with heads of 1 x 1', { ...narrow, heads: 'plain', extras: 'plain', headKernelSize: 1 }],
    ['SSD with heads of 3 x 3', { ...narrow, heads: 'plain', extras: 'plain' }],
    ['SSDLite heads on plain extras', { ...narrow, extras: 'plain' }],
    ['SSDLite on MobileNetV1', narrowV1],
    [
      'SSD on MobileNetV1 at 0.75',
      { ...narrowV1, alpha: 0.75, minChannels: 8, heads: 'plain', extras: 'plain' },
    ],
    ['with two extra maps of other depths', { ...narrow, extraDepths: [200, 96], inputSize: square(192) }],
    [
      'with all six anchors on the lowest map',
      { ...narrow, anchors: { ...narrow.anchors, reduceLowest: false } },
    ],
    [
      'with anchors of its own',
      {
        ...narrow,
        anchors: { ...narrow.anchors, minScale: 0.15, maxScale: 0.9, aspectRatios: [1, 1.5, 0.7] },
      },
    ],
  ])('%s', async (_, config) => {
    const { graph, folded } = exported(config);
    const { manifest, bytes } = await importDetector(graph, { encoding: 'float32' });
    expect(manifest.architecture).toEqual(config);
    expect(manifest.notes).toEqual([]);
    expectClose(weightsIn(bytes), folded);
  });

  test.each<BatchNormStyle>(['fused', 'decomposed', 'folded', 'fused-ops'])(
    'with batch norm %s',
    async (batchNorm) => {
      for (const config of [narrow, { ...narrowV1, heads: 'plain', extras: 'plain' } as const]) {
        const { graph, folded } = exported(config, { batchNorm });
        const { manifest, bytes } = await importDetector(graph, { encoding: 'float32' });
        expect(manifest.architecture).toEqual(config);
        expectClose(weightsIn(bytes), folded);
      }
    },
  );

  test('with explicit padding, under the dialect that pads so', async () => {
    const { graph, folded } = exported(narrow, { explicitPadding: true });
    const { manifest, bytes } = await importDetector(graph, { encoding: 'float32' });
    expect(manifest.architecture).toEqual({ ...narrow, dialect: 'pytorch' });
    expectClose(weightsIn(bytes), folded);
  });

  test('with its nodes in any order', async () => {
    const { nodes, folded } = exported(narrow);
    const { bytes } = await importDetector(graphOf(nodes.toReversed()), { encoding: 'float32' });
    expectClose(weightsIn(bytes), folded);
  });

  test('without names that mean anything, as long as scores end in a sigmoid', async () => {
    const { nodes, folded } = exported(narrow);
    const names = new Map(nodes.map(({ name }, index) => [name, `n${index}`]));
    const renamed = nodes.map((node) => ({
      ...node,
      name: names.get(node.name) ?? '',
      inputs: node.inputs.map((input) => names.get(input) ?? input),
    }));
    const { bytes } = await importDetector(graphOf(renamed), { encoding: 'float32' });
    expectClose(weightsIn(bytes), folded);
  });

  test('cut off before its scores, by the names of its heads', async () => {
    const { graph, folded } = exported(narrow, { scores: 'none' });
    const { bytes } = await importDetector(graph, { encoding: 'float32' });
    expectClose(weightsIn(bytes), folded);
  });

  test('with anchors folded to corners', async () => {
    const own = { ...narrow.anchors, minScale: 0.1, aspectRatios: [1, 2, 0.5] };
    for (const anchors of [narrow.anchors, own]) {
      const config = { ...narrow, anchors, inputSize: { height: 200, width: 320 } };
      const { graph } = exported(config, { anchors: 'corners' });
      expect((await importDetector(graph)).manifest.architecture).toEqual(config);
    }
  });

  test.each(['uint8', 'uint16', 'float16'] as const)(
    'quantised to %s, its anchors too',
    async (quantization) => {
      const own = { ...narrow.anchors, minScale: 0.25, maxScale: 0.9 };
      for (const [anchors, held] of [
        [narrow.anchors, 'corners'],
        [narrow.anchors, 'generator'],
        [own, 'generator'],
      ] as const) {
        const { nodes } = exported({ ...narrow, anchors }, { anchors: held, batchNorm: 'fused-ops' });
        const { modelJson, shards } = writeGraphModel(nodes, { quantization });
        const readShard = (path: string): Uint8Array => shards.get(path) ?? new Uint8Array();
        const { manifest } = await importDetector(await readGraphModel({ modelJson, readShard }), {
          encoding: 'float16',
        });
        expect(manifest.architecture).toMatchObject({ ...narrow, anchors: expect.anything() });
        const { minScale, maxScale, reduceLowest } = manifest.architecture.anchors;
        expect(minScale).toBeCloseTo(anchors.minScale, 2);
        expect(maxScale).toBeCloseTo(anchors.maxScale, 2);
        expect(reduceLowest).toBe(true);
        if (anchors === narrow.anchors) expect(manifest.architecture.anchors).toEqual(anchors);
        else if (quantization === 'uint8') expect(manifest.notes[0]).toMatch(/anchors were quantised/);
      }
    },
  );

  test('without preprocessing and anchors, with notes about what is assumed', async () => {
    const { graph } = exported(narrow, { preprocessing: false, anchors: 'none' });
    const { manifest } = await importDetector(graph);
    expect(manifest.architecture).toEqual(narrow);
    expect(manifest.notes).toEqual([
      'The graph does not state its input size: it is taken to be 300 x 300.',
      'The graph begins after preprocessing: pixel values are taken to be -1 to 1.',
      'The graph does not hold its anchors: they are taken to be the usual ones.',
    ]);
  });
});

group('the imported files', () => {
  test('load, and say what was asked for', async () => {
    const { graph, folded } = exported(narrow);
    const imported = await importDetector(graph, {
      name: 'signs',
      labels: [
        { id: 3, name: 'yield' },
        { id: 1, name: 'stop' },
      ],
      encoding: 'float16',
      licence: 'MIT',
      source: { name: 'my-training' },
      notes: ['A note.'],
    });
    const { manifest, weights } = await loadDetectorWeights(imported);
    expect(manifest).toMatchObject({
      name: 'signs',
      labels: [
        { id: 1, name: 'stop' },
        { id: 3, name: 'yield' },
      ],
      weights: { file: 'signs.safetensors', encoding: 'float16' },
      licence: 'MIT',
      source: { name: 'my-training' },
      notes: ['A note.'],
    });
    expectClose(weights, folded, 2 ** -11);
  });

  test('are the hybrid by default, and the same bytes each time', async () => {
    const { graph } = exported(narrow);
    const first = await importDetector(graph);
    expect(first.manifest.weights.encoding).toBe('hybrid');
    expect(first.manifest.labels.map(({ name }) => name)).toEqual(['class 1', 'class 2', 'class 3']);
    expect(await importDetector(graph)).toEqual(first);
    const dtypes = [...parseSafetensors(first.bytes).tensors].flatMap(([name, { dtype }]) =>
      dtype === 'I8' ? [name] : [],
    );
    expect(dtypes).toContain('Conv_1/kernel');
    expect(dtypes.filter((name) => /depthwise|^Conv1|box_head/.test(name))).toEqual([]);
  });
});

group('what cannot be imported is named', () => {
  const { nodes } = exported(narrow);

  test.each<[string, GraphNode[], string, RegExp]>([
    [
      'an activation other than ReLU6',
      edit(nodes, /expanded_conv_3\/expand\/Relu6$/, (node) => ({ ...node, op: 'Relu' })),
      'WEIGHTS_UNSUPPORTED',
      /'\S*expanded_conv_3\/depthwise\/depthwise' reads '\S*expanded_conv_3\/expand\/Relu6', an operation Relu that/,
    ],
    [
      'a layer with another kernel size',
      edit(nodes, /expanded_conv_4\/depthwise\/depthwise_weights$/, (node) => ({
        ...node,
        value: { shape: [5, 5, 96, 1], data: new Float32Array(25 * 96) },
      })),
      'WEIGHTS_MISMATCH',
      /Layer 'block_4_depthwise' \(DepthwiseConv2D 3 x 3, stride 1, relu6\) is not in the graph: .*is read by '\S*expanded_conv_4\/depthwise\/depthwise' \(DepthwiseConv2D 5 x 5/,
    ],
    [
      'a missing residual connection',
      edit(nodes, /expanded_conv_2\/add$/, (node) => ({
        ...node,
        op: 'Identity',
        inputs: node.inputs.slice(0, 1),
      })),
      'WEIGHTS_MISMATCH',
      /Layer 'block_2_add' adds/,
    ],
    [
      'other channels',
      edit(nodes, /MobilenetV2\/Conv\/weights$/, (node) => ({
        ...node,
        value: { shape: [3, 3, 3, 24], data: new Float32Array(648) },
      })),
      'WEIGHTS_MISMATCH',
      /A vector after convolution 'FeatureExtractor\/MobilenetV2\/Conv\/Conv2D' has 16 numbers for 24 channels/,
    ],
    [
      'layout NCHW',
      edit(nodes, /MobilenetV2\/Conv\/Conv2D$/, (node) => withAttribute(node, 'data_format', 'NCHW')),
      'WEIGHTS_UNSUPPORTED',
      /'FeatureExtractor\/MobilenetV2\/Conv\/Conv2D' has the layout NCHW/,
    ],
    [
      'dilation',
      edit(nodes, /expanded_conv_14\/depthwise\/depthwise$/, (node) =>
        withAttribute(node, 'dilations', [1, 2, 2, 1]),
      ),
      'WEIGHTS_UNSUPPORTED',
      /expanded_conv_14\/depthwise\/depthwise' is dilated/,
    ],
    [
      'batch norm for training',
      edit(nodes, /MobilenetV2\/Conv\/BatchNorm\/Fused/, (node) => withAttribute(node, 'is_training', true)),
      'WEIGHTS_UNSUPPORTED',
      /'FeatureExtractor\/MobilenetV2\/Conv\/BatchNorm\/FusedBatchNormV3' is one for training/,
    ],
    [
      'variables that were not frozen',
      edit(nodes, /MobilenetV2\/Conv\/weights$/, ({ value: _, ...node }) => ({
        ...node,
        op: 'VariableV2',
        value: undefined,
      })),
      'WEIGHTS_UNSUPPORTED',
      /The kernel of 'FeatureExtractor\/MobilenetV2\/Conv\/Conv2D' is no constant: .* Freeze the graph/,
    ],
    [
      'a softmax',
      edit(nodes, /convert_scores$/, (node) => ({ ...node, op: 'Softmax' })),
      'WEIGHTS_UNSUPPORTED',
      /The scores of 'BoxPredictor_0\/ClassPredictor\/Conv2D' are a softmax/,
    ],
    [
      'pixels from 0 to 1',
      edit(nodes, /Preprocessor\/sub\/y$/, (node) => ({
        ...node,
        value: { shape: [], data: Float32Array.of(0) },
      })),
      'WEIGHTS_UNSUPPORTED',
      /The graph makes 0 to 2 of pixel values/,
    ],
    [
      'colours that are treated differently',
      edit(nodes, /Preprocessor\/sub\/y$/, (node) => ({
        ...node,
        value: { shape: [3], data: Float32Array.of(0.4, 0.5, 0.6) },
      })),
      'WEIGHTS_UNSUPPORTED',
      /treats colours differently \('Preprocessor\/sub'\)/,
    ],
    [
      'weights that belong to no layer',
      [
        ...nodes,
        {
          name: 'Mask/weights',
          op: 'Const',
          inputs: [],
          attributes: new Map(),
          value: { shape: [7, 20], data: new Float32Array(140) },
        },
      ],
      'WEIGHTS_UNSUPPORTED',
      /weights without a counterpart here: 'Mask\/weights' \[7, 20\]\./,
    ],
    [
      'anchors of another generator',
      edit(nodes, /MultipleGridAnchorGenerator\/2\/truediv\/x$/, (node) => ({
        ...node,
        value: { shape: [6], data: Float32Array.of(0.5, 0.5, 0.5, 0.4, 0.5, 0.6) },
      })),
      'WEIGHTS_UNSUPPORTED',
      /anchors \(3, 6, 6, 6, 6, 6 per cell\) are not those of TF Object Detection's ssd_anchor_generator/,
    ],
    [
      'a head whose channels do not fit',
      edit(nodes, /BoxPredictor_2\/ClassPredictor\/(weights|biases)$/, (node) => {
        const shape = (node.value?.shape ?? []).map((side) => (side === 24 ? 25 : side));
        return { ...node, value: { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) } };
      }),
      'WEIGHTS_UNSUPPORTED',
      /Box head 'BoxPredictor_2\/BoxEncodingPredictor\/Conv2D' has 24 channels and class head '\S*' 25/,
    ],
    ['a graph without convolutions', nodes.slice(0, 3), 'WEIGHTS_UNSUPPORTED', /no convolution/],
    [
      'a classifier',
      nodes.filter(({ name }) => !/BoxPredictor|rows|Postprocessor|Squeeze/.test(name)),
      'WEIGHTS_UNSUPPORTED',
      /is neither box nor class head/,
    ],
  ])('%s', async (_, edited, code, message) => {
    const error = await refusal(edited);
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });

  test('NaN among the weights', async () => {
    const edited = edit(nodes, /MobilenetV2\/Conv\/weights$/, (node) => {
      const data = Float32Array.from(node.value?.data ?? []);
      data[5] = Number.NaN;
      return { ...node, value: { shape: node.value?.shape ?? [], data } };
    });
    expect((await refusal(edited)).message).toMatch(/'Conv1\/kernel' holds NaN at position 5/);
  });

  test('an input size at which the held anchors are another number', async () => {
    const { nodes: held } = exported(narrow, { anchors: 'corners' });
    expect((await refusal(held, { inputSize: square(256) })).message).toMatch(
      /holds 1917 anchors \('Postprocessor\/ExpandDims'\), a network of 256 x 256 pixels has 1284.*Pass the input size/,
    );
  });

  test.each<[string, object, RegExp]>([
    [
      'labels beyond the columns',
      { labels: [{ id: 4, name: 'd' }] },
      /have 4 columns, .*but 'd' has the id 4/,
    ],
    [
      'a label twice',
      {
        labels: [
          { id: 1, name: 'a' },
          { id: 1, name: 'b' },
        ],
      },
      /'a' and 'b' both have the id 1/,
    ],
    ['no labels', { labels: [] }, /There are no labels/],
    ['a name with folders', { name: '../x' }, /The name is '..\/x'/],
    ['a tiny input', { inputSize: square(20) }, /The input size is 20 x 20/],
    ['an unknown encoding', { encoding: 'int4' }, /There is no encoding 'int4'/],
  ])('%s', async (_, options, message) => {
    expect(await refusal(nodes, options)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });
});

test('a frozen graph with bytes changed or cut off is imported or refused, and nothing else', async () => {
  const config: SsdConfig = { ...narrowV1, logitColumns: 2, extraDepths: [32], inputSize: square(96) };
  const bytes = writeGraphDef(exported(config).nodes);
  const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) });
  const length = fc.option(fc.nat(bytes.length), { nil: bytes.length, freq: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 20 }), length, async (changes, cut) => {
      const mutated = bytes.slice();
      for (const { at, to } of changes) mutated[at] = to;
      try {
        await importDetector(readFrozenGraph(mutated.subarray(0, cut)), { encoding: 'float32' });
      } catch (error) {
        expect(error).toBeInstanceOf(SsdliteError);
      }
    }),
    { numRuns: 60 },
  );
});
