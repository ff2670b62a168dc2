// What is in the weights of a network: ranges, zeros, dead kernels, and how much of the output each channel carries.

import type { Network } from '../layers.ts';
import { type ChannelRanges, channelRanges } from '../prune/channel-ranges.ts';
import { type Step, toSteps } from '../steps.ts';
import { weightOf } from '../weights/kernel-layout.ts';
import type { Weights } from '../weights/weights.ts';

export interface InspectOptions {
  /** Weights of at most this share of their layer's largest count as zero. Default 0.001. */
  readonly threshold?: number;
  /**
   * By name of the layer: how much each of its output channels varies over pictures, as standard deviation. Then `carried` is what
   * channels do carry, not what they can.
   */
  readonly deviations?: ReadonlyMap<string, ArrayLike<number>>;
}

/** One convolution. */
export interface ConvolutionReport {
  readonly name: string;
  readonly kind: 'Conv2D' | 'DepthwiseConv2D';
  /** Output channels; of a depthwise convolution also the number of its kernels. */
  readonly channels: number;
  /** Least and greatest weight, batch norm folded. */
  readonly weights: readonly [least: number, greatest: number];
  /** The same of the biases; undefined where there are none. */
  readonly biases: readonly [least: number, greatest: number] | undefined;
  /** Weights of at most this size count as zero. */
  readonly zero: number;
  /** Share of such weights, 0 to 1. */
  readonly sparsity: number;
  /** Output channels of which every weight counts as zero. */
  readonly dead: readonly number[];
  /** Output channels that have one value for every picture: dead ones, and those that ReLU6 never lets through. */
  readonly constant: readonly number[];
  /**
   * By output channel: its share, 0 to 1, of what the layers that read it get. A channel counts by the square of its range (or of its
   * measured deviation) times the weights that read it. Undefined where something else than convolutions reads it.
   */
  readonly carried: readonly number[] | undefined;
}

/** A range this small is rounding. */
const constantRange = 1e-6;

/**
 * Reports on every convolution of a network, in the order in which they run.
 *
 * @param weights with batch norm folded
 * @example
 * inspectWeights(network, weights).filter(({ dead }) => dead.length > 0);
 */
export function inspectWeights(
  network: Network,
  weights: Weights,
  { threshold = 1e-3, deviations }: InspectOptions = {},
): ConvolutionReport[] {
  const { steps, outputs } = toSteps(network);
  const ranges = channelRanges(network, weights);
  const shown = new Set(Object.values(outputs));
  return [...steps.entries()].flatMap(([index, { name, operation }]): ConvolutionReport[] => {
    if (operation.kind !== 'conv2d' && operation.kind !== 'depthwiseConv2d') return [];
    const { low, high } = ranges[index + 1] as ChannelRanges;
    const { data } = weightOf(weights, `${name}/kernel`);
    const channels = low.length;
    const zero = data.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0) * threshold;
    const lives = new Uint8Array(channels);
    let zeros = 0;
    for (let at = 0; at < data.length; at++) {
      if (Math.abs(data[at] as number) <= zero) zeros++;
      else lives[at % channels] = 1;
    }
    const spans = high.map((greatest, channel) => greatest - (low[channel] as number));
    const biases = weights.get(`${name}/bias`)?.data;
    return [
      {
        name,
        kind: operation.kind === 'conv2d' ? 'Conv2D' : 'DepthwiseConv2D',
        channels,
        weights: range(data),
        biases: biases && range(biases),
        zero,
        sparsity: zeros / data.length,
        dead: channelsWhere(channels, (channel) => lives[channel] === 0),
        constant: channelsWhere(channels, (channel) => (spans[channel] as number) <= constantRange),
        carried: shown.has(index + 1)
          ? undefined
          : shares(deviations?.get(name) ?? spans, readersOf(steps, index + 1), weights),
      },
    ];
  });
}

/**
 * How many channels it takes, the strongest first, to carry this share of what all carry.
 *
 * @example
 * channelsCarrying([0.5, 0.3, 0.2], 0.8); // 2
 */
export function channelsCarrying(carried: readonly number[], share: number): number {
  const strongest = carried.toSorted((a, b) => b - a);
  let count = 0;
  // Shares add up to 1 but for rounding.
  for (let sum = 0; count < strongest.length && sum < share - 1e-12; count++) sum += strongest[count] ?? 0;
  return count;
}

/** Through layers that only select channels. */
function readersOf(steps: readonly Step[], value: number): { step: Step; channels?: readonly number[] }[] {
  return [...steps.entries()].flatMap(([index, step]) => {
    if (!step.inputs.includes(value)) return [];
    const { operation } = step;
    if (operation.kind !== 'takeChannels') return [{ step }];
    return readersOf(steps, index + 1).map((reader) => ({ ...reader, channels: operation.channels }));
  });
}

function shares(
  deviations: ArrayLike<number>,
  readers: readonly { readonly step: Step; readonly channels?: readonly number[] }[],
  weights: Weights,
): number[] | undefined {
  const squares = new Float64Array(deviations.length);
  for (const { step, channels } of readers) {
    const { kind } = step.operation;
    if (kind !== 'conv2d' && kind !== 'depthwiseConv2d') return undefined;
    const { shape, data } = weightOf(weights, `${step.name}/kernel`);
    const [, , inputs = 1, outputs = 1] = shape;
    for (let at = 0; at < data.length; at++) {
      const input = Math.floor(at / outputs) % inputs;
      const channel = channels?.[input] ?? input;
      squares[channel] = (squares[channel] as number) + (data[at] as number) ** 2;
    }
  }
  const powers = Array.from(squares, (square, channel) => square * (deviations[channel] as number) ** 2);
  const sum = powers.reduce((total, power) => total + power, 0);
  return sum > 0 ? powers.map((power) => power / sum) : powers;
}

function range(numbers: Float32Array): [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const number of numbers) {
    least = Math.min(least, number);
    greatest = Math.max(greatest, number);
  }
  return [least, greatest];
}

function channelsWhere(count: number, holds: (channel: number) => boolean): number[] {
  return Array.from({ length: count }, (_, channel) => channel).filter(holds);
}
