// Finds the convolutions of a graph and folds into each the scales, offsets and activation that follow it, in whatever operations
// exporters and optimisers have written them.

import type { SsdliteError } from '@ssdlite/layers';
import type { Convolution, FeatureMap, MapSum } from './convolution.ts';
import { convolutionShape, type ExplicitPadding, paddingOf } from './convolution-node.ts';
import { type Constants, type ConstantTensor, evaluateConstants } from './evaluate-constants.ts';
import { type Graph, type GraphNode, nodeOf, producerOf } from './graph.ts';
import { affine, combine, type Linear, perChannel, type RawConvolution, sumOf } from './linear-value.ts';
import { sortNodes } from './sort-nodes.ts';
import { unsupported } from './unsupported.ts';

/** All convolutions of a graph in the order of computation, and the image that they begin with. */
export interface FoundConvolutions {
  readonly image: FeatureMap;
  readonly convolutions: readonly Convolution[];
  readonly constants: Constants;
}

/**
 * Finds the convolutions of a graph.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` with the node that has no counterpart here
 */
export function findConvolutions(graph: Graph): FoundConvolutions {
  const walk = new GraphWalk(graph);
  for (const node of sortNodes(graph)) walk.visit(node);
  return walk.finish();
}

type Value = FeatureMap | Linear | Padded;

interface Padded {
  /** Name of the tensor that zeros are put around. */
  readonly padded: string;
  readonly padding: ExplicitPadding;
}

class GraphWalk {
  readonly #graph: Graph;
  readonly #constants: Constants;
  readonly #values = new Map<string, Value>();
  readonly #consumers = new Map<string, number>();
  readonly #convolutions: Convolution[] = [];
  readonly #finished = new Set<RawConvolution>();
  #image: { readonly tensor: string; readonly map: FeatureMap } | undefined;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#constants = evaluateConstants(graph);
    for (const { inputs } of graph.values()) {
      for (const input of inputs) {
        const name = this.#nameOf(input);
        this.#consumers.set(name, (this.#consumers.get(name) ?? 0) + 1);
      }
    }
  }

  finish(): FoundConvolutions {
    // What no convolution reads are the ends of the network; the last node of each is the whole of it.
    const ends = new Map<RawConvolution, string>();
    for (const [name, value] of this.#values) {
      if (isLinear(value) && value.raw && !this.#finished.has(value.raw)) ends.set(value.raw, name);
    }
    for (const name of ends.values()) this.#complete(name);
    if (!this.#image) {
      throw unsupported('The graph has no convolution', undefined, 'Import the graph of a detector.');
    }
    return {
      image: this.#image.map,
      convolutions: this.#convolutions,
      constants: this.#constants,
    };
  }

  visit(node: GraphNode): void {
    const value = this.#compute(node);
    if (value) this.#values.set(node.name, value);
  }

  #compute(node: GraphNode): Value | undefined {
    const [first = '', second = ''] = node.inputs;
    switch (node.op) {
      case 'Conv2D':
      case '_FusedConv2D':
        return this.#fused(node, this.#convolution(node, 'Conv2D'));
      case 'DepthwiseConv2dNative':
      case 'FusedDepthwiseConv2dNative':
        return this.#fused(node, this.#convolution(node, 'DepthwiseConv2D'));
      case 'Pad':
      case 'PadV2':
        return this.#pad(node);
      case 'BiasAdd':
      case 'Add':
      case 'AddV2':
      case 'AddN':
        return this.#add(node);
      case 'Sub': {
        const vector = this.#constants(second);
        return (
          vector && this.#affine(node, first, { offset: { ...vector, data: vector.data.map((x) => -x) } })
        );
      }
      case 'Mul': {
        const [tensor, vector] = this.#constants(first)
          ? [second, this.#constants(first)]
          : [first, this.#constants(second)];
        return vector && this.#affine(node, tensor, { scale: vector });
      }
      case 'RealDiv': {
        const vector = this.#constants(second);
        return (
          vector && this.#affine(node, first, { scale: { ...vector, data: vector.data.map((x) => 1 / x) } })
        );
      }
      case 'FusedBatchNorm':
      case 'FusedBatchNormV2':
      case 'FusedBatchNormV3':
        return this.#batchNorm(node);
      case 'Relu6':
        return this.#relu6(node);
      default:
        return undefined;
    }
  }

  /** Name of the node that a tensor comes from, past those that only hand it on. */
  #nameOf(tensor: string): string {
    const met = new Set<GraphNode>();
    let name = tensor;
    for (let node = nodeOf(this.#graph, name); node && !met.has(node); node = nodeOf(this.#graph, name)) {
      met.add(node);
      const [input] = passing.has(node.op) ? node.inputs : [];
      if (input === undefined) return node.name;
      name = input;
    }
    return name;
  }

  #value(tensor: string): Value | undefined {
    return this.#values.get(this.#nameOf(tensor));
  }

  #convolution(node: GraphNode, kind: Convolution['kind']): Linear {
    const { name, inputs } = node;
    const [input = '', kernelInput = ''] = inputs;
    const kernel = this.#constants(kernelInput);
    if (!kernel) throw this.#noConstant(name, kernelInput, 'kernel');
    const shape = convolutionShape(node, kernel.shape, kind);
    const source = this.#input(input, name);
    const raw: RawConvolution = {
      name,
      kind,
      input: source.map,
      kernel,
      ...shape,
      padding: paddingOf(node, source.padding),
      sources: kernel.sources,
    };
    return { raw, maps: [], scale: undefined, offset: undefined, sources: [] };
  }

  /** The map that a convolution reads. The first to read something unknown reads the image. */
  #input(tensor: string, reader: string): { map: FeatureMap; padding?: ExplicitPadding } {
    const value = this.#value(tensor);
    if (value && 'padded' in value) return { ...this.#input(value.padded, reader), padding: value.padding };
    if (value) return { map: this.#complete(tensor) };
    this.#image ??= { tensor, map: { name: tensor, from: undefined, readers: [], sums: [] } };
    if (this.#image.tensor === tensor) return { map: this.#image.map };
    const node = producerOf(this.#graph, tensor);
    throw unsupported(
      `Convolution '${reader}' reads '${tensor}', an operation ${node?.op ?? 'of no kind'} that has no counterpart here`,
      node?.op,
    );
  }

  /** What a fused convolution does after itself. */
  #fused(node: GraphNode, value: Linear): Value {
    const fused = node.attributes.get('fused_ops');
    const steps = Array.isArray(fused) ? fused.map(String) : [];
    let vectors = node.inputs.slice(2);
    let result: Value = value;
    for (const step of steps) {
      if (step === 'BiasAdd' && isLinear(result)) {
        const [bias = ''] = vectors;
        result = affine(result, { offset: this.#vector(node, bias, 'bias') });
        vectors = vectors.slice(1);
      } else if (step === 'FusedBatchNorm' && isLinear(result)) {
        result = affine(result, this.#normalization(node, vectors));
        vectors = vectors.slice(4);
      } else if (step === 'Relu6' && isLinear(result)) {
        result = this.#finishConvolution(result, { name: node.name, activation: 'relu6' });
      } else {
        throw unsupported(`Convolution '${node.name}' is fused with ${step}`, step);
      }
    }
    return result;
  }

  #pad(node: GraphNode): Padded | undefined {
    const [input = '', padsInput = ''] = node.inputs;
    const amounts = [...(this.#constants(padsInput)?.data ?? [])];
    const [a, b, before = 0, after = 0, left, right, c, d] = amounts;
    const plain = amounts.length === 8 && !a && !b && !c && !d && before === left && after === right;
    return plain ? { padded: input, padding: { before, after } } : undefined;
  }

  #add(node: GraphNode): Value | undefined {
    const constants = node.inputs.map((input) => this.#constants(input));
    const tensors = node.inputs.filter((_, index) => !constants[index]);
    const operands = tensors.map((tensor) => this.#operand(tensor, tensors.length > 1));
    if (!operands.every((operand) => operand !== undefined) || operands.length === 0) return undefined;
    const rawCount = operands.filter(({ raw }) => raw).length;
    const complete = (operand: Linear, index: number): Linear =>
      operand.raw && rawCount > 1 ? sumOf(this.#complete(tensors[index] ?? '')) : operand;
    const sum = operands.map(complete).reduce((a, b) => ({
      raw: a.raw ?? b.raw,
      maps: [...a.maps, ...b.maps],
      scale: a.scale ?? b.scale,
      offset: combine(a.offset, b.offset, (x, y) => x + y, 0),
      sources: [...a.sources, ...b.sources],
    }));
    return constants.reduce<Linear>((value, offset) => (offset ? affine(value, { offset }) : value), sum);
  }

  /** A value as a sum. Where maps are added, one that others read too is complete as it is. */
  #operand(tensor: string, addsMaps: boolean): Linear | undefined {
    const value = this.#value(tensor);
    if (!value || 'padded' in value) return undefined;
    if (!isLinear(value)) return sumOf(value);
    const shared = (this.#consumers.get(this.#nameOf(tensor)) ?? 0) > 1;
    return shared && addsMaps ? sumOf(this.#complete(tensor)) : value;
  }

  #affine(
    node: GraphNode,
    tensor: string,
    step: { readonly scale?: ConstantTensor; readonly offset?: ConstantTensor },
  ): Linear | undefined {
    const value = this.#value(tensor);
    if (!value || 'padded' in value) return undefined;
    if (!isLinear(value)) throw unsupported(`'${node.name}' (${node.op}) changes a finished map`, node.op);
    if (step.scale && value.maps.length > 0)
      throw unsupported(`'${node.name}' scales a sum of maps`, node.op);
    return affine(value, step);
  }

  #batchNorm(node: GraphNode): Linear | undefined {
    const [input = '', ...vectors] = node.inputs;
    const value = this.#value(input);
    if (!value) return undefined;
    if (!isLinear(value) || value.maps.length > 0)
      throw unsupported(`'${node.name}' does not follow a convolution`, node.op);
    return affine(value, this.#normalization(node, vectors));
  }

  #normalization(
    node: GraphNode,
    vectors: readonly string[],
  ): { scale: ConstantTensor; offset: ConstantTensor } {
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map((what, index) =>
      this.#vector(node, vectors[index] ?? '', what),
    );
    const epsilon = node.attributes.get('epsilon');
    const known = gamma && beta && mean && variance;
    if (node.attributes.get('is_training') === true || typeof epsilon !== 'number' || !known) {
      throw unsupported(
        `Batch norm '${node.name}' is one for training`,
        node.op,
        'Export the graph for inference.',
      );
    }
    const scale = gamma.data.map((factor, c) => factor / Math.sqrt((variance.data[c] ?? 0) + epsilon));
    const offset = beta.data.map((shift, c) => shift - (mean.data[c] ?? 0) * (scale[c] ?? 0));
    return {
      scale: {
        shape: gamma.shape,
        data: scale,
        sources: [...gamma.sources, ...variance.sources],
        precision: 0,
      },
      offset: { shape: gamma.shape, data: offset, sources: [...beta.sources, ...mean.sources], precision: 0 },
    };
  }

  #vector(node: GraphNode, tensor: string, what: string): ConstantTensor {
    const vector = this.#constants(tensor);
    if (!vector) throw this.#noConstant(node.name, tensor, what);
    return vector;
  }

  #relu6(node: GraphNode): Value | undefined {
    const [input = ''] = node.inputs;
    const value = this.#value(input);
    if (!value) return undefined;
    if (!isLinear(value) || !value.raw || value.maps.length > 0) {
      throw unsupported(`'${node.name}' (Relu6) does not follow a convolution`, node.op);
    }
    return this.#finishConvolution(value, { name: node.name, activation: 'relu6' });
  }

  /** Turns a value into a map that convolutions can read. */
  #complete(tensor: string): FeatureMap {
    const name = this.#nameOf(tensor);
    const value = this.#values.get(name);
    if (!value || 'padded' in value) throw unsupported(`'${name}' is no feature map`, name);
    if (!isLinear(value)) return value;
    const map = this.#completeSum(name, value);
    this.#values.set(name, map);
    return map;
  }

  #completeSum(name: string, value: Linear): FeatureMap {
    const { raw, maps, offset } = value;
    const parts = raw
      ? [
          this.#finishConvolution(value, { name: maps.length > 0 ? raw.name : name, activation: 'linear' }),
          ...maps,
        ]
      : maps;
    const [first, second, ...more] = parts;
    if (!first || more.length > 0 || (!raw && offset)) {
      throw unsupported(`'${name}' is a sum of ${parts.length} maps${offset ? ' and a vector' : ''}`, name);
    }
    if (!second) return first;
    const output: FeatureMap = { name, from: undefined, readers: [], sums: [] };
    const sum: MapSum = { parts: [first, second], output };
    for (const part of sum.parts) part.sums.push(sum);
    output.from = sum;
    return output;
  }

  #finishConvolution(
    value: Linear,
    { name, activation }: { readonly name: string; readonly activation: Convolution['activation'] },
  ): FeatureMap {
    const { raw } = value;
    if (!raw) throw unsupported(`'${name}' does not follow a convolution`, name);
    if (this.#finished.has(raw))
      throw unsupported(`Convolution '${raw.name}' is read in two stages`, raw.name);
    this.#finished.add(raw);
    const output: FeatureMap = { name, from: undefined, readers: [], sums: [] };
    const convolution: Convolution = {
      ...raw,
      scale: perChannel(value.scale, raw),
      offset: perChannel(value.offset, raw),
      activation,
      output,
      sources: [...raw.sources, ...value.sources],
    };
    output.from = convolution;
    convolution.input.readers.push(convolution);
    this.#convolutions.push(convolution);
    return output;
  }

  #noConstant(name: string, tensor: string, what: string): SsdliteError {
    const op = this.#graph.get(this.#nameOf(tensor))?.op ?? 'nothing';
    const why = /^Variable|^VarHandle|^ReadVariable/.test(op)
      ? 'Freeze the graph: variables must become constants.'
      : 'Import a graph whose weights are constants, without quantisation nodes for training.';
    return unsupported(`The ${what} of '${name}' is no constant: '${tensor}' is ${op}`, op, why);
  }
}

/** Operations that hand their first input on as it is. */
const passing: ReadonlySet<string> = new Set(['Identity', 'StopGradient', 'CheckNumerics']);

function isLinear(value: Value): value is Linear {
  return 'raw' in value;
}
