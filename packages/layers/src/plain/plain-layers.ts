// The interpreter without an engine: every layer as its definition says, loop in loop.

import type { Conv2dOptions, DepthwiseConv2dOptions, Layers } from '../layers.ts';
import { padAxis } from '../padding.ts';
import { weightOf } from '../weights/kernel-layout.ts';
import { sizeOf, type Weights } from '../weights/weights.ts';

/** A map or a row of numbers. */
export interface PlainValue {
  readonly data: Float32Array;
  /** `[batch, height, width, channels]`, `[batch, numbers]` or `[batch, rows, width]`. */
  readonly shape: readonly number[];
}

/** What a convolution multiplies at one place: `channel` of the output, and where the two numbers lie. */
type Multiply = (sums: Float64Array, places: { readonly pixel: number; readonly tap: number }) => void;

export class PlainLayers implements Layers<PlainValue> {
  readonly #weights: Weights;

  /** @param weights with batch norm folded */
  constructor(weights: Weights) {
    this.#weights = weights;
  }

  conv2d(name: string, x: PlainValue, options: Conv2dOptions): PlainValue {
    const { filters } = options;
    const { data } = x;
    const channels = x.shape[3] ?? 0;
    const kernel = this.#weight(name, 'kernel');
    return this.#convolve(name, x, { ...options, filters }, (sums, { pixel, tap }) => {
      for (let input = 0; input < channels; input++) {
        const value = data[pixel * channels + input] as number;
        if (value === 0) continue;
        const row = (tap * channels + input) * filters;
        for (let output = 0; output < filters; output++)
          sums[output] = (sums[output] as number) + value * (kernel[row + output] as number);
      }
    });
  }

  depthwiseConv2d(name: string, x: PlainValue, options: DepthwiseConv2dOptions): PlainValue {
    const { data } = x;
    const channels = x.shape[3] ?? 0;
    const kernel = this.#weight(name, 'kernel');
    return this.#convolve(name, x, { ...options, filters: channels }, (sums, { pixel, tap }) => {
      for (let channel = 0; channel < channels; channel++) {
        const product =
          (data[pixel * channels + channel] as number) * (kernel[tap * channels + channel] as number);
        sums[channel] = (sums[channel] as number) + product;
      }
    });
  }

  takeChannels(
    _: string,
    { data, shape }: PlainValue,
    { channels }: { readonly channels: readonly number[] },
  ): PlainValue {
    const count = shape.at(-1) ?? 1;
    const pixels = data.length / count;
    const taken = Float32Array.from(
      { length: pixels * channels.length },
      (_unused, place) =>
        data[
          Math.floor(place / channels.length) * count + (channels[place % channels.length] ?? 0)
        ] as number,
    );
    return { data: taken, shape: [...shape.slice(0, -1), channels.length] };
  }

  add(_: string, a: PlainValue, b: PlainValue): PlainValue {
    return { data: a.data.map((value, place) => value + (b.data[place] as number)), shape: a.shape };
  }

  globalAveragePool(_: string, { data, shape }: PlainValue): PlainValue {
    const [batch = 1, height = 1, width = 1, channels = 1] = shape;
    const pixels = height * width;
    const means = Float32Array.from({ length: batch * channels }, (_unused, place) => {
      const first = Math.floor(place / channels) * pixels * channels + (place % channels);
      let sum = 0;
      for (let pixel = 0; pixel < pixels; pixel++) sum += data[first + pixel * channels] as number;
      return sum / pixels;
    });
    return { data: means, shape: [batch, channels] };
  }

  dense(name: string, { data, shape }: PlainValue, { units }: { readonly units: number }): PlainValue {
    const [batch = 1, inputs = 1] = shape;
    const kernel = this.#weight(name, 'kernel');
    const bias = this.#weight(name, 'bias');
    const sums = Float32Array.from({ length: batch * units }, (_unused, place) => {
      const row = Math.floor(place / units) * inputs;
      const unit = place % units;
      let sum = bias[unit] as number;
      for (let input = 0; input < inputs; input++)
        sum += (data[row + input] as number) * (kernel[input * units + unit] as number);
      return sum;
    });
    return { data: sums, shape: [batch, units] };
  }

  softmax(_: string, { data, shape }: PlainValue): PlainValue {
    const width = shape.at(-1) ?? 1;
    const result = new Float32Array(data.length);
    for (let row = 0; row < data.length; row += width) {
      const values = data.subarray(row, row + width);
      const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const powers = values.map((value) => Math.exp(value - most));
      const sum = powers.reduce((a, b) => a + b, 0);
      result.set(
        powers.map((power) => power / sum),
        row,
      );
    }
    return { data: result, shape };
  }

  sigmoid(_: string, { data, shape }: PlainValue): PlainValue {
    return { data: data.map((value) => 1 / (1 + Math.exp(-value))), shape };
  }

  stackRows(_: string, maps: readonly PlainValue[], { width }: { readonly width: number }): PlainValue {
    const batch = maps[0]?.shape[0] ?? 1;
    const lengths = maps.map(({ data }) => data.length / batch);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const data = new Float32Array(batch * total);
    for (let picture = 0; picture < batch; picture++) {
      let at = picture * total;
      for (const [index, map] of maps.entries()) {
        const length = lengths[index] as number;
        data.set(map.data.subarray(picture * length, (picture + 1) * length), at);
        at += length;
      }
    }
    return { data, shape: [batch, total / width, width] };
  }

  /** Walks over the places of the output and the pixels that each sees; `multiply` adds what one of them gives. */
  #convolve(name: string, x: PlainValue, options: Conv2dOptions, multiply: Multiply): PlainValue {
    const [batch = 1, height = 1, width = 1] = x.shape;
    const { filters, kernelSize, strides = 1, padding = 'same', activation = 'linear' } = options;
    const bias = options.bias || options.batchNorm ? this.#weight(name, 'bias') : undefined;
    const down = padAxis({ input: height, kernelSize, strides, padding });
    const across = padAxis({ input: width, kernelSize, strides, padding });
    const shape = [batch, down.output, across.output, filters];
    const data = new Float32Array(sizeOf(shape));
    const sums = new Float64Array(filters);
    let at = 0;
    for (let place = 0; place < batch * down.output * across.output; place++) {
      const picture = Math.floor(place / (down.output * across.output));
      const top = (Math.floor(place / across.output) % down.output) * strides - down.before;
      const left = (place % across.output) * strides - across.before;
      if (bias) sums.set(bias);
      else sums.fill(0);
      for (let tap = 0; tap < kernelSize * kernelSize; tap++) {
        const row = top + Math.floor(tap / kernelSize);
        const column = left + (tap % kernelSize);
        if (row < 0 || column < 0 || row >= height || column >= width) continue;
        multiply(sums, { pixel: (picture * height + row) * width + column, tap });
      }
      for (const sum of sums) data[at++] = activation === 'relu6' ? Math.min(Math.max(sum, 0), 6) : sum;
    }
    return { data, shape };
  }

  #weight(name: string, tensor: 'kernel' | 'bias'): Float32Array {
    return weightOf(this.#weights, `${name}/${tensor}`).data;
  }
}
