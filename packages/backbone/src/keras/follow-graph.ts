// The interpreter of the vocabulary that follows a network through a Keras model: every layer must be there, and be called alike.

import {
  type Conv2dOptions,
  type DepthwiseConv2dOptions,
  type JsonValue,
  type Layers,
  padAxis,
  SsdliteError,
} from '@ssdlite/layers';
import { type BackboneConfig, buildBackbone, takeFeatures } from '../backbone.ts';
import { classifierHead } from '../classifier-network.ts';
import type { KerasGraph, KerasLayer } from './model-graph.ts';

/** A map in the model: the layer that makes it, and its size. */
export interface KerasMap {
  readonly id: string;
  readonly height: number;
  readonly width: number;
}

export interface FollowedGraph {
  /** Id of the layer whose output is the backbone's last map. */
  readonly last: string;
  /** Where the backbone's layers lie in the model, by their names. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

/**
 * Follows a backbone through a model.
 *
 * @param options.image what the backbone's first layer reads
 * @throws SsdliteError `WEIGHTS_MISMATCH` with the first layer that is missing or computes something else
 */
export function followBackbone(
  graph: KerasGraph,
  options: { readonly config: BackboneConfig; readonly image: KerasMap },
): FollowedGraph {
  const { config, image } = options;
  const { last: name } = classifierHead[config.backbone];
  const layers = new GraphLayers(graph);
  const last = takeFeatures(buildBackbone<KerasMap>(layers, image, config), [name])[name];
  return { last: last.id, paths: layers.paths };
}

/**
 * The layer of a name.
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` if there is none, `WEIGHTS_UNSUPPORTED` if there are several
 */
export function layerCalled(graph: KerasGraph, name: string): [id: string, layer: KerasLayer] {
  const [found, ...others] = [...graph.layers].filter(([, layer]) => layer.name === name);
  if (!found) throw mismatch(`it has no layer '${name}'`, name);
  if (others.length > 0) {
    throw new SsdliteError(
      'WEIGHTS_UNSUPPORTED',
      `The Keras model has ${others.length + 1} layers called '${name}'.`,
      {
        value: name,
        next: 'Save a model with one MobileNet in it.',
      },
    );
  }
  return found;
}

/** What a convolution reads, seen through a layer that does nothing but pad it. */
export function paddedInput(graph: KerasGraph, layer: KerasLayer): { id: string; pads: readonly number[] } {
  const id = layer.inputs[0] ?? '';
  const before = graph.layers.get(id);
  if (before?.kind !== 'ZeroPadding2D') return { id, pads: [0, 0, 0, 0] };
  const pads: readonly unknown[] = [before.config.get('padding').value].flat(3);
  const [first] = pads;
  return {
    id: before.inputs[0] ?? '',
    pads: pads.length === 4 ? pads.map(Number) : new Array(4).fill(Number(first)),
  };
}

class GraphLayers implements Layers<KerasMap> {
  readonly paths = new Map<string, readonly string[]>();
  readonly #graph: KerasGraph;

  constructor(graph: KerasGraph) {
    this.#graph = graph;
  }

  conv2d(name: string, x: KerasMap, options: Conv2dOptions): KerasMap {
    return this.#convolution(name, x, { ...options, kind: 'Conv2D' });
  }

  depthwiseConv2d(name: string, x: KerasMap, options: DepthwiseConv2dOptions): KerasMap {
    return this.#convolution(name, x, { ...options, kind: 'DepthwiseConv2D' });
  }

  #convolution(
    name: string,
    x: KerasMap,
    options: DepthwiseConv2dOptions & { readonly kind: 'Conv2D' | 'DepthwiseConv2D' },
  ): KerasMap {
    const { kind, kernelSize, strides = 1, padding = 'same', batchNorm, activation } = options;
    const [id, layer] = this.#take(name, kind);
    const { config } = layer;
    expectSetting(
      layer,
      'data_format',
      ['channels_last'],
      config.get('data_format').value ?? 'channels_last',
    );
    expectSetting(layer, 'kernel_size', [kernelSize], config.get('kernel_size').value);
    expectSetting(layer, 'strides', [strides], config.get('strides').value);
    expectSetting(layer, 'dilation_rate', [1], config.get('dilation_rate').value ?? 1);
    expectSetting(layer, 'groups', [1], config.get('groups').value ?? 1);
    expectSetting(layer, 'depth_multiplier', [1], config.get('depth_multiplier').value ?? 1);
    expectSetting(layer, 'use_bias', [false], config.get('use_bias').value ?? true);
    expectSetting(layer, 'activation', ['linear'], activationOf(config));

    const { id: read, pads } = paddedInput(this.#graph, layer);
    if (read !== x.id) throw mismatch(`'${name}' reads '${read}' instead of '${x.id}'`, read);
    const [top = 0, bottom = 0, left = 0, right = 0] = pads;
    const own = config.get('padding').oneOf(['same', 'valid']);
    const along = (input: number, before: number, after: number): number => {
      const wanted = padAxis({ input, kernelSize, strides, padding });
      const inner = padAxis({ input: input + before + after, kernelSize, strides, padding: own });
      if (inner.output === wanted.output && before + inner.before === wanted.before) return wanted.output;
      throw mismatch(
        `'${name}' pads ${input} pixels by ${before + inner.before} and ${after + inner.after}, not by ${wanted.before} and ${wanted.after}`,
        input,
      );
    };
    const map = { id, height: along(x.height, top, bottom), width: along(x.width, left, right) };
    const normalized = batchNorm
      ? { ...map, id: this.#batchNorm(batchNorm.name, id, batchNorm.epsilon) }
      : map;
    return activation === 'relu6' ? { ...normalized, id: this.#relu6(normalized.id) } : normalized;
  }

  takeChannels(name: string): KerasMap {
    throw notInBackbone(name);
  }

  add(name: string, a: KerasMap, b: KerasMap): KerasMap {
    const [id, { inputs }] = this.#take(name, 'Add');
    const read = [...inputs].sort().join("' and '");
    const wanted = [a.id, b.id].sort().join("' and '");
    if (read !== wanted) throw mismatch(`'${name}' adds '${read}' instead of '${wanted}'`, read);
    return { ...b, id };
  }

  globalAveragePool(name: string): KerasMap {
    throw notInBackbone(name);
  }

  dense(name: string): KerasMap {
    throw notInBackbone(name);
  }

  softmax(name: string): KerasMap {
    throw notInBackbone(name);
  }

  sigmoid(name: string): KerasMap {
    throw notInBackbone(name);
  }

  stackRows(name: string): KerasMap {
    throw notInBackbone(name);
  }

  #batchNorm(name: string, reads: string, epsilon: number): string {
    const [id, layer] = this.#take(name, 'BatchNormalization');
    const { inputs, config } = layer;
    if (inputs[0] !== reads)
      throw mismatch(`'${name}' reads '${inputs[0]}' instead of '${reads}'`, inputs[0]);
    expectSetting(layer, 'axis', [-1, 3], config.get('axis').value ?? -1);
    expectSetting(layer, 'center', [true], config.get('center').value ?? true);
    expectSetting(layer, 'scale', [true], config.get('scale').value ?? true);
    const has = config.get('epsilon').present ? config.get('epsilon').number() : 1e-3;
    // Older files have it as float32.
    if (Math.abs(has - epsilon) > epsilon * 1e-6)
      throw wrongSetting(layer, 'epsilon', { is: has, expected: epsilon });
    return id;
  }

  /** Found as what reads the map: its name differs from block to block. */
  #relu6(id: string): string {
    const readers = [...this.#graph.layers].filter(([, { inputs }]) => inputs.includes(id));
    const activation = readers.find(([, layer]) => isRelu6(layer));
    if (activation) return activation[0];
    const has = readers.map(([, { name, kind }]) => `'${name}' (${kind})`).join(', ') || 'nothing';
    throw mismatch(`'${id}' is followed by ${has} instead of ReLU6`, has);
  }

  #take(name: string, kind: string): [id: string, layer: KerasLayer] {
    const found = layerCalled(this.#graph, name);
    const [, layer] = found;
    if (layer.kind !== kind)
      throw mismatch(`'${name}' is of the class ${layer.kind}, not ${kind}`, layer.kind);
    this.paths.set(name, layer.path);
    return found;
  }
}

/** The name of a layer's activation; Keras 3 may write a function as an object. */
export function activationOf(config: JsonValue): unknown {
  const { value } = config.get('activation');
  if (typeof value !== 'object' || value === null) return value ?? 'linear';
  const inner = 'config' in value ? value.config : undefined;
  return typeof inner === 'string' ? inner : 'class_name' in value ? value.class_name : value;
}

function isRelu6({ kind, config }: KerasLayer): boolean {
  if (kind === 'Activation') return activationOf(config) === 'relu6';
  const slope = config.get('negative_slope').value ?? 0;
  const threshold = config.get('threshold').value ?? 0;
  return (
    kind === 'ReLU' && config.get('max_value').value === 6 && Number(slope) === 0 && Number(threshold) === 0
  );
}

/** A setting, or every item of a setting that is a list, must be one of a few values. */
function expectSetting(layer: KerasLayer, name: string, allowed: readonly unknown[], value: unknown): void {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.length > 0 && items.every((item) => allowed.includes(item))) return;
  throw wrongSetting(layer, name, { is: value, expected: allowed[0] });
}

function wrongSetting(
  layer: KerasLayer,
  name: string,
  { is, expected }: { readonly is: unknown; readonly expected: unknown },
): SsdliteError {
  return mismatch(
    `'${layer.name}' has ${name} ${JSON.stringify(is)}, a MobileNet ${JSON.stringify(expected)}`,
    is,
  );
}

function notInBackbone(name: string): SsdliteError {
  return mismatch(`a backbone has no '${name}'`, name);
}

function mismatch(what: string, value: unknown): SsdliteError {
  return new SsdliteError(
    'WEIGHTS_MISMATCH',
    `The Keras model is not the MobileNet of keras.applications: ${what}.`,
    {
      value,
      next: 'Use a model made by keras.applications, with a head of your own or without.',
    },
  );
}
