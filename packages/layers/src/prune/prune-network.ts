// Takes out of a network what cannot change its outputs: channels that are constant for every picture, and those that nothing reads.

import { describe } from '../describe.ts';
import type { Network } from '../layers.ts';
import { type Step, toSteps } from '../steps.ts';
import { weightOf } from '../weights/kernel-layout.ts';
import { sizeOf, type Weights, type WeightTensor } from '../weights/weights.ts';
import { type ChannelRanges, channelRanges } from './channel-ranges.ts';
import { type PrunedLayers, prunedNetwork } from './pruned-network.ts';

export interface PruneOptions {
  /**
   * By how much what is taken out may change any number that a layer computes from it, at most and for any picture. 0 takes out only
   * what is exactly constant. Default 1e-6.
   */
  readonly tolerance?: number;
  /**
   * A layer that reads a map with others selects its own channels (which costs a copy) where that leaves out at least this share.
   * Default 0.25.
   */
  readonly leastShare?: number;
  /**
   * As many channels stay that their number is a multiple of this, dead ones among them if need be: engines work on blocks of channels,
   * and are slower for 305 than for 320. Default 16; 1 removes all that are dead.
   */
  readonly multiple?: number;
}

/** A network without its dead channels. */
export interface PruneResult<Output extends string> {
  readonly pruned: PrunedLayers;
  /** `prunedNetwork(network, pruned)`. */
  readonly network: Network<Output>;
  /** Its weights, folded. What removed channels contributed is in the biases. */
  readonly weights: Weights;
  /** For one picture. */
  readonly multiplyAdds: { readonly before: number; readonly after: number };
}

/** Numbers of channels, ascending. */
type Channels = readonly number[];

/**
 * Removes dead channels. A channel is dead if its value is the same for every picture in -1 to 1 (see `channelRanges`), or if no weight
 * of any layer reads it. What a constant one contributed moves into the bias of the 1 x 1 convolutions that read it.
 *
 * Channels of maps that are added to others, and of outputs, all stay.
 *
 * @param weights with batch norm folded
 * @example
 * const { network, weights, multiplyAdds } = pruneNetwork(ssdNetwork(config), trained);
 */
export function pruneNetwork<Output extends string>(
  network: Network<Output>,
  weights: Weights,
  { tolerance = 1e-6, leastShare = 0.25, multiple = 16 }: PruneOptions = {},
): PruneResult<Output> {
  const { steps, outputs } = toSteps(network);
  const ranges = channelRanges(network, weights);
  const wanted = wantedChannels({ steps, outputs: Object.values(outputs), ranges, weights, tolerance });
  const kept = new Map<number, Channels>([[0, all(network.input.channels)]]);
  const pruned: Record<string, { filters?: number; reads?: Channels }> = {};
  const left = new Map<string, WeightTensor>();
  for (const [index, step] of steps.entries()) {
    const output = index + 1;
    const { kind } = step.operation;
    if (kind !== 'conv2d' && kind !== 'depthwiseConv2d') {
      const count = ranges[output]?.low.length;
      if (count !== undefined) kept.set(output, all(count));
      if (kind === 'dense') {
        for (const name of [`${step.name}/kernel`, `${step.name}/bias`])
          left.set(name, weightOf(weights, name));
      }
      continue;
    }
    const offered = kept.get(step.inputs[0] ?? 0) ?? [];
    const asked = roundUp(wanted.reads.get(index) ?? offered, offered, multiple);
    const spared = offered.length - asked.length;
    const selects = spared > 0 && spared >= leastShare * offered.length;
    const reads = selects ? asked : offered;
    const full = ranges[output]?.low.length ?? 0;
    const made =
      kind === 'depthwiseConv2d' ? reads : roundUp(wanted.values.get(output) ?? [0], all(full), multiple);
    kept.set(output, made);
    const change = {
      ...(kind === 'conv2d' && made.length < full && { filters: made.length }),
      ...(selects && { reads: reads.map((channel) => offered.indexOf(channel)) }),
    };
    if (Object.keys(change).length > 0) pruned[step.name] = change;
    const range = ranges[step.inputs[0] ?? 0] as ChannelRanges;
    for (const [name, tensor] of slice(step, { weights, reads, made, range })) left.set(name, tensor);
  }
  const narrowed = prunedNetwork(network, pruned);
  return {
    pruned,
    network: narrowed,
    weights: left,
    multiplyAdds: { before: describe(network).multiplyAdds, after: describe(narrowed).multiplyAdds },
  };
}

interface Wanted {
  /** By number of the value: the channels that anything reads. */
  readonly values: ReadonlyMap<number, Channels>;
  /** By index of a convolution: the channels of its input that it needs. */
  readonly reads: ReadonlyMap<number, Channels>;
}

/** From the outputs back to the image: what each layer needs of its input. */
function wantedChannels(options: {
  readonly steps: readonly Step[];
  readonly outputs: readonly number[];
  readonly ranges: readonly (ChannelRanges | undefined)[];
  readonly weights: Weights;
  readonly tolerance: number;
}): Wanted {
  const { steps, outputs, ranges, weights, tolerance } = options;
  const values = new Map<number, Channels>();
  const reads = new Map<number, Channels>();
  const want = (value: number, channels: Channels): void => {
    const before = values.get(value) ?? [];
    values.set(
      value,
      [...new Set([...before, ...channels])].sort((a, b) => a - b),
    );
  };
  const wantAll = (value: number): void => want(value, all(ranges[value]?.low.length ?? 0));
  for (const value of outputs) wantAll(value);
  for (const [index, step] of [...steps.entries()].reverse()) {
    const [input = 0] = step.inputs;
    const range = ranges[input];
    const { operation } = step;
    if (!range || (operation.kind !== 'conv2d' && operation.kind !== 'depthwiseConv2d')) {
      for (const value of step.inputs) wantAll(value);
      continue;
    }
    const made = values.get(index + 1) ?? [];
    const needed =
      operation.kind === 'depthwiseConv2d'
        ? made
        : neededBy(weightOf(weights, `${step.name}/kernel`), {
            range,
            made,
            tolerance,
            folds: operation.options.kernelSize === 1 && weights.has(`${step.name}/bias`),
          });
    reads.set(index, needed);
    want(input, needed);
  }
  return { values, reads };
}

/** The channels of its input that a convolution cannot do without: all but those that change least, as far as the tolerance goes; at least one. */
function neededBy(
  { shape, data }: WeightTensor,
  options: {
    readonly range: ChannelRanges;
    readonly made: Channels;
    readonly tolerance: number;
    /** Whether a constant can move into the bias: not where the border of the map reads zeros in its place. */
    readonly folds: boolean;
  },
): Channels {
  const { range, made, tolerance, folds } = options;
  const [, , inputs = 1, outputs = 1] = shape;
  const errors = all(inputs).map((channel) => {
    const low = range.low[channel] as number;
    const high = range.high[channel] as number;
    const deviation = folds ? (high - low) / 2 : Math.max(Math.abs(low), Math.abs(high));
    let largest = 0;
    for (const output of made) {
      let weight = 0;
      for (let at = channel * outputs + output; at < data.length; at += inputs * outputs) {
        weight += Math.abs(data[at] as number);
      }
      largest = Math.max(largest, weight);
    }
    return { channel, error: deviation * largest };
  });
  errors.sort((a, b) => a.error - b.error);
  let spent = 0;
  const dead = errors.findIndex(({ error }) => {
    spent += error;
    return spent > tolerance;
  });
  // A layer of no channels cannot be built.
  return errors
    .slice(dead < 0 ? -1 : dead)
    .map(({ channel }) => channel)
    .sort((a, b) => a - b);
}

/** The tensors of a convolution that are left of it. */
function slice(
  { name, operation }: Step,
  options: {
    readonly weights: Weights;
    readonly reads: Channels;
    readonly made: Channels;
    readonly range: ChannelRanges;
  },
): [string, WeightTensor][] {
  const { weights, reads, made, range } = options;
  const kernel = weightOf(weights, `${name}/kernel`);
  const depthwise = operation.kind === 'depthwiseConv2d';
  const [height = 1, width = 1, inputs = 1, outputs = 1] = kernel.shape;
  const columns = depthwise ? [0] : made;
  const shape = [height, width, reads.length, columns.length];
  const data = new Float32Array(sizeOf(shape));
  let to = 0;
  for (let tap = 0; tap < height * width; tap++) {
    for (const read of reads) {
      for (const column of columns)
        data[to++] = kernel.data[(tap * inputs + read) * outputs + column] as number;
    }
  }
  const tensors: [string, WeightTensor][] = [[`${name}/kernel`, { shape, data }]];
  const bias = weights.get(`${name}/bias`);
  if (!bias) return tensors;
  const sums = Float64Array.from(bias.data);
  if (!depthwise && height * width === 1) {
    const heard = new Set(reads);
    for (let read = 0; read < inputs; read++) {
      const constant = ((range.low[read] as number) + (range.high[read] as number)) / 2;
      if (heard.has(read) || constant === 0) continue;
      for (let column = 0; column < outputs; column++) {
        sums[column] = (sums[column] as number) + constant * (kernel.data[read * outputs + column] as number);
      }
    }
  }
  const folded = Float32Array.from(made, (channel) => sums[channel] as number);
  return [...tensors, [`${name}/bias`, { shape: [folded.length], data: folded }]];
}

/** These channels and the first of the others, until their number is a multiple or there are no more. */
function roundUp(channels: Channels, offered: Channels, multiple: number): Channels {
  const missing = Math.ceil(channels.length / multiple) * multiple - channels.length;
  const there = new Set(channels);
  const others = offered.filter((channel) => !there.has(channel)).slice(0, missing);
  return [...channels, ...others].sort((a, b) => a - b);
}

function all(count: number): number[] {
  return Array.from({ length: count }, (_, channel) => channel);
}
