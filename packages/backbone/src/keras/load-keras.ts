// Reads MobileNets that Keras saved: what the file says, checked against the network as we build it.

import { describe, SsdliteError, trainedWeights, type Weights } from '@ssdlite/layers';
import type { BackboneName } from '../backbone.ts';
import { type ClassifierConfig, classifierHead, featureNetwork } from '../classifier-network.ts';
import { assembleWeights, type FoundWeights, type MobileNetWeights } from '../classifier-weights.ts';
import type { Dialect } from '../dialect.ts';
import { inferAlpha } from '../infer-alpha.ts';
import { minusOneToOne } from '../normalization.ts';
import { followBackbone, layerCalled, paddedInput } from './follow-graph.ts';
import { KerasWeights, type LayerWeights } from './layer-weights.ts';
import { type KerasGraph, readModelGraph } from './model-graph.ts';
import { openKerasFile, type ReadShard } from './open-keras-file.ts';
import { readFront } from './read-front.ts';
import { readHead } from './read-head.ts';

export interface LoadKerasOptions {
  /** The whole file: `.h5`, `.weights.h5`, `.keras`, or the `model.json` of a TensorFlow.js layers model. */
  readonly bytes: Uint8Array;
  /** Gives the files that a `model.json` names, by the path it has for them. */
  readonly readShard?: ReadShard;
  /** Pixels. Default: the file's own; 224 x 224 if it has none. */
  readonly inputSize?: ClassifierConfig['inputSize'];
}

/** A layer that only this backbone has, and its first convolution. */
const marks = {
  'mobilenet-v1': { layer: 'conv_pw_13', first: 'conv1' },
  'mobilenet-v2': { layer: 'block_1_expand', first: 'Conv1' },
} as const;

const usualSize = { height: 224, width: 224 };

/**
 * Reads a MobileNetV1 or V2 of `keras.applications`, whatever its width, size and number of classes, saved by Keras 2, Keras 3 or
 * TensorFlow.js: a whole model or weights alone, with its head, one of your own (average pooling and one dense layer) or none, and
 * nested in another model or not. What is in the file is recognised by content.
 *
 * Files of weights alone tell neither the input size (`inputSize`, default 224 x 224), nor what is done to pixels (x / 127.5 - 1 then),
 * nor the head's pooling (the average then) and activation (softmax then, and sigmoid for a single unit). A head of a single unit gives two classes, "not" and "is".
 *
 * HDF5 files need the package `h5wasm`, `.keras` archives `fflate` too.
 *
 * @throws SsdliteError `WEIGHTS_DAMAGED` for a file that is cut short or contradicts itself; `WEIGHTS_MISMATCH` for another
 * architecture, tensors that are missing or of another shape, and NaN; `WEIGHTS_UNSUPPORTED` for a format, layer or head that is not
 * read; `OPTIONAL_DEPENDENCY_MISSING`; `INVALID_ARGUMENT` for a `model.json` without `readShard`
 * @example
 * const { config, weights, normalization } = requireHead(await loadKeras({ bytes: await readFile('flowers.keras') }));
 */
export async function loadKeras(options: LoadKerasOptions): Promise<MobileNetWeights> {
  const { model, layers } = await openKerasFile(options.bytes, options.readShard);
  const weights = new KerasWeights(layers);
  const found = model ? findInModel(readModelGraph(model), weights, options) : findByName(weights, options);
  const assembled = assembleWeights(found);
  const [left] = weights.left();
  if (!left) return assembled;
  throw new SsdliteError(
    'WEIGHTS_MISMATCH',
    `The file has weights of '${left.names[0]}' that the network has not.`,
    {
      value: weights.left().flatMap(({ names }) => names),
      next: 'Use a model made by keras.applications, with a head of pooling and one dense layer or without.',
    },
  );
}

type Size = Pick<LoadKerasOptions, 'inputSize'>;

/** With a configuration, every layer is followed from input to output. */
function findInModel(graph: KerasGraph, weights: KerasWeights, { inputSize }: Size): FoundWeights {
  const backbone = backboneAmong([...graph.layers.values()].map(({ name }) => name));
  const [, first] = layerCalled(graph, marks[backbone].first);
  const entry = paddedInput(graph, first).id;
  const normalization = readFront(graph, entry);
  const size = graph.inputSize ?? inputSize ?? usualSize;
  const channels = channelsOf(weights.layers);
  const { config, last, paths } = firstThatFits(dialectsOf(backbone, graph), (dialect) => {
    const config = { backbone, dialect, alpha: inferAlpha({ backbone, dialect }, channels) };
    return { config, ...followBackbone(graph, { config, image: { id: entry, ...size } }) };
  });
  const head = readHead(graph, last);
  const dense = head && takeDense(weights, { path: head.path, backbone });
  return {
    config: { ...config, inputSize: inputSize ?? size },
    head: dense && { classes: dense.classes, scores: head.scores },
    normalization,
    tensorOf: ({ name }) => {
      const [layer = '', tensor = ''] = name.split('/');
      return dense?.tensors.get(name) ?? weights.take(weights.find(paths.get(layer) ?? [layer]), tensor);
    },
  };
}

/** Without one, layers are found by the names that Keras gives them; what else has weights is the head. */
function findByName(weights: KerasWeights, { inputSize = usualSize }: Size): FoundWeights {
  const backbone = backboneAmong(weights.layers.flatMap(({ names }) => names));
  const [dialect] = dialectsOf(backbone, { inputSize });
  const alpha = inferAlpha({ backbone, dialect }, channelsOf(weights.layers));
  const config = { backbone, dialect, alpha, inputSize };
  const taps = [classifierHead[backbone].last];
  const specs = trainedWeights(describe(featureNetwork({ ...config, taps })));
  const own = new Set(specs.map(({ name }) => name.split('/')[0] ?? ''));
  const [head, ...others] = weights.layers.filter(({ names }) => !names.some((name) => own.has(name)));
  if (others.length > 0) {
    const names = [head, ...others].map((layer) => `'${layer?.names[0]}'`);
    throw new SsdliteError(
      'WEIGHTS_UNSUPPORTED',
      `The file has a head of several layers: ${names.join(', ')}.`,
      {
        value: names,
        next: 'Heads are read that are global average pooling and one dense layer.',
      },
    );
  }
  const dense = head && takeDense(weights, { path: [...head.containers, head.names[0] ?? ''], backbone });
  return {
    config,
    head: dense && { classes: dense.classes, scores: 'softmax' },
    normalization: minusOneToOne,
    tensorOf: ({ name }) => {
      const [layer = '', tensor = ''] = name.split('/');
      return dense?.tensors.get(name) ?? weights.take(weights.find([layer]), tensor);
    },
  };
}

/** The dense layer's kernel and bias, under our names. MobileNetV1's own is a 1 x 1 convolution. */
function takeDense(
  weights: KerasWeights,
  { path, backbone }: { readonly path: readonly string[]; readonly backbone: BackboneName },
): { readonly classes: number; readonly tensors: Weights } {
  const layer = weights.find(path);
  const kernel = weights.take(layer, 'kernel');
  const classes = kernel?.shape.at(-1) ?? 0;
  if (!kernel || classes < 1 || !(kernel.shape.length === 2 || kernel.shape.length === 4)) {
    const has = kernel ? `has a kernel of the shape [${kernel.shape.join(', ')}]` : 'has no kernel';
    throw new SsdliteError('WEIGHTS_MISMATCH', `The head's layer '${path.at(-1)}' ${has}.`, {
      value: kernel?.shape,
      next: 'Heads are read that are global average pooling and one dense layer.',
    });
  }
  const { dense } = classifierHead[backbone];
  const bias = weights.take(layer, 'bias') ?? { shape: [classes], data: new Float32Array(classes) };
  const window = kernel.shape.slice(0, -2);
  return {
    classes,
    tensors: new Map([
      [
        `${dense}/kernel`,
        window.every((side) => side === 1) ? { ...kernel, shape: kernel.shape.slice(-2) } : kernel,
      ],
      [`${dense}/bias`, bias],
    ]),
  };
}

function backboneAmong(layers: readonly string[]): BackboneName {
  const names = new Set(layers);
  for (const backbone of Object.keys(marks) as BackboneName[]) {
    if (names.has(marks[backbone].layer)) return backbone;
  }
  const some = layers.slice(0, 5).map((name) => `'${name}'`);
  throw new SsdliteError(
    'WEIGHTS_MISMATCH',
    `The file holds no MobileNetV1 or V2 of keras.applications: its layers are ${some.join(', ') || 'none'}${layers.length > 5 ? ', ...' : ''}.`,
    { value: layers, next: 'Use MobileNet or MobileNetV2 of keras.applications.' },
  );
}

/**
 * The likeliest first. They differ on odd sizes only: there, MobileNetV2 pads for the size for which it was built, and as MobileNetV1
 * does if it was built for any.
 */
function dialectsOf(
  backbone: BackboneName,
  { inputSize }: Pick<KerasGraph, 'inputSize'>,
): readonly [Dialect, ...Dialect[]] {
  return backbone === 'mobilenet-v2' && inputSize
    ? ['keras', 'keras-bottom-right']
    : ['keras-bottom-right', 'keras'];
}

/** What the first dialect gives that fits; the error of the first if none does. */
function firstThatFits<Result>(
  candidates: readonly Dialect[],
  attempt: (dialect: Dialect) => Result,
): Result {
  let first: unknown;
  for (const dialect of candidates) {
    try {
      return attempt(dialect);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

function channelsOf(layers: readonly LayerWeights[]): Map<string, number> {
  return new Map(
    layers.flatMap(({ names, tensors }) => {
      const kernel = tensors.find(({ tensor }) => tensor.shape.length === 4)?.tensor;
      return kernel ? names.map((name): [string, number] => [name, kernel.shape[3] ?? 0]) : [];
    }),
  );
}
