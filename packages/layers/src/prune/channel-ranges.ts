// Which values each channel of a network can take at all, whatever the picture: interval arithmetic from layer to layer.

import type { DepthwiseConv2dOptions, Network } from '../layers.ts';
import { type Step, toSteps } from '../steps.ts';
import { weightOf } from '../weights/kernel-layout.ts';
import type { Weights, WeightTensor } from '../weights/weights.ts';

/** Least and greatest value by channel. What a map holds lies between them; it need not reach them. */
export interface ChannelRanges {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * The ranges of every value of a network, by the numbers that `toSteps` gives values: 0 is the image, i + 1 what step i makes.
 * Undefined from the first step on that is no map (stacked rows, dense layers).
 *
 * A depthwise kernel that is zero leaves a channel of which low and high are equal: relu6(bias). So does one whose bias is so low that
 * no input in 0 to 6 lifts it over zero.
 *
 * @param weights with batch norm folded
 * @param options.image what the network is fed with; default -1 to 1
 */
export function channelRanges(
  network: Network,
  weights: Weights,
  { image = [-1, 1] }: { readonly image?: readonly [low: number, high: number] } = {},
): readonly (ChannelRanges | undefined)[] {
  const { channels } = network.input;
  const values: (ChannelRanges | undefined)[] = [
    { low: new Float64Array(channels).fill(image[0]), high: new Float64Array(channels).fill(image[1]) },
  ];
  for (const step of toSteps(network).steps) {
    const inputs = step.inputs.map((value) => values[value]);
    values.push(inputs.every((input) => input !== undefined) ? rangesOf(step, inputs, weights) : undefined);
  }
  return values;
}

function rangesOf(
  { name, operation }: Step,
  inputs: readonly ChannelRanges[],
  weights: Weights,
): ChannelRanges | undefined {
  const [x, y] = inputs as [ChannelRanges, ChannelRanges];
  switch (operation.kind) {
    case 'conv2d':
    case 'depthwiseConv2d': {
      const { options } = operation;
      const kernel = weightOf(weights, `${name}/kernel`);
      const bias = options.bias || options.batchNorm ? weightOf(weights, `${name}/bias`).data : undefined;
      const read = padded(x, options);
      const sum = operation.kind === 'conv2d' ? dense(kernel, read, bias) : depthwise(kernel, read, bias);
      return options.activation === 'relu6' ? relu6(sum) : sum;
    }
    case 'takeChannels':
      return {
        low: Float64Array.from(operation.channels, (channel) => x.low[channel] as number),
        high: Float64Array.from(operation.channels, (channel) => x.high[channel] as number),
      };
    case 'add':
      return {
        low: x.low.map((low, channel) => low + (y.low[channel] as number)),
        high: x.high.map((high, channel) => high + (y.high[channel] as number)),
      };
    case 'globalAveragePool':
      return x;
    default:
      return undefined;
  }
}

/** Beyond the border a kernel reads zeros. */
function padded(x: ChannelRanges, { kernelSize, padding = 'same' }: DepthwiseConv2dOptions): ChannelRanges {
  if (kernelSize === 1 || padding === 'valid') return x;
  return { low: x.low.map((low) => Math.min(low, 0)), high: x.high.map((high) => Math.max(high, 0)) };
}

/** `[h, w, in, out]`. */
function dense(
  { shape, data }: WeightTensor,
  x: ChannelRanges,
  bias: Float32Array | undefined,
): ChannelRanges {
  const outputs = shape[3] ?? 1;
  const { length } = x.low;
  const low = Float64Array.from({ length: outputs }, (_, output) => bias?.[output] ?? 0);
  const high = low.slice();
  for (let row = 0; row * outputs < data.length; row++) {
    const least = x.low[row % length] as number;
    const most = x.high[row % length] as number;
    for (let output = 0; output < outputs; output++) {
      const weight = data[row * outputs + output] as number;
      low[output] = (low[output] as number) + weight * (weight > 0 ? least : most);
      high[output] = (high[output] as number) + weight * (weight > 0 ? most : least);
    }
  }
  return { low, high };
}

/** `[h, w, channels, 1]`. */
function depthwise({ data }: WeightTensor, x: ChannelRanges, bias: Float32Array | undefined): ChannelRanges {
  const { length } = x.low;
  const low = Float64Array.from({ length }, (_, channel) => bias?.[channel] ?? 0);
  const high = low.slice();
  for (let at = 0; at < data.length; at++) {
    const channel = at % length;
    const weight = data[at] as number;
    const least = weight * (x.low[channel] as number);
    const most = weight * (x.high[channel] as number);
    low[channel] = (low[channel] as number) + Math.min(least, most);
    high[channel] = (high[channel] as number) + Math.max(least, most);
  }
  return { low, high };
}

function relu6({ low, high }: ChannelRanges): ChannelRanges {
  const clamp = (value: number): number => Math.min(Math.max(value, 0), 6);
  return { low: low.map(clamp), high: high.map(clamp) };
}
