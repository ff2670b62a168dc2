// Pixels to the network's input: TensorFlow 1's bilinear resize, then numbers from -1 to 1 (TF-OD: (2 / 255) * x - 1).

import type { Normalization } from '@ssdlite/backbone';
import type { Pixels } from '../pixels.ts';
import type { Placement } from './placement.ts';

/** Order of numbers in a network's input: channel by channel, or pixel by pixel. */
export type InputLayout = 'nchw' | 'nhwc';

/** Pixels as a decoder gives them, or as augmentation leaves them: numbers from 0 to 255, not all whole. */
export type PixelNumbers = Omit<Pixels, 'data'> & { readonly data: Pixels['data'] | Float32Array };

export interface PreprocessOptions {
  readonly placement: Placement;
  readonly layout: InputLayout;
  readonly normalization: Normalization;
  /** Receives height * width * 3 numbers, from `offset` on. */
  readonly target: Float32Array;
  readonly offset: number;
}

/**
 * Resizes a region of a picture into the network's input.
 *
 * The rule is that of `tf.image.resize_bilinear` in TensorFlow 1, with which the weights were trained: source = target * in / out,
 * without half-pixel centres and without smoothing. What a letterbox leaves free is 0, mid grey.
 */
export function preprocess(pixels: PixelNumbers, options: PreprocessOptions): void {
  const { placement, layout, normalization, target, offset } = options;
  const { region, content, input, flip } = placement;
  const { data, width: imageWidth, channels } = pixels;
  const columns = sample({
    from: region.x,
    length: region.width,
    limit: imageWidth,
    count: content.width,
    flip,
  });
  const rows = sample({
    from: region.y,
    length: region.height,
    limit: pixels.height,
    count: content.height,
    flip: false,
  });
  const [redScale, greenScale, blueScale] = normalization.scale;
  const [redShift, greenShift, blueShift] = normalization.shift;
  const area = input.height * input.width;
  // Distance between neighbours on a row, and between the channels of one pixel.
  const [step, plane] = layout === 'nchw' ? [1, area] : [3, 1];
  const letterboxed = content.width !== input.width || content.height !== input.height;
  if (letterboxed) target.fill(0, offset, offset + area * 3);

  if (content.height > region.height) {
    // Neighbouring rows of the target lie between the same two rows of the picture: each is blended along its length once.
    let top = { row: -1, values: new Float64Array(content.width * 3) };
    let bottom = { row: -1, values: new Float64Array(content.width * 3) };
    for (let y = 0; y < content.height; y++) {
      const low = rows.low[y] as number;
      const high = rows.high[y] as number;
      if (top.row !== low && bottom.row === low) [top, bottom] = [bottom, top];
      if (top.row !== low) blendRow(pixels, columns, Object.assign(top, { row: low }));
      if (bottom.row !== high) blendRow(pixels, columns, Object.assign(bottom, { row: high }));
      const above = top.values;
      const below = bottom.values;
      const down = rows.fraction[y] as number;
      let to = offset + ((content.y + y) * input.width + content.x) * step;
      for (let at = 0; at < above.length; at += 3, to += step) {
        const red = above[at] as number;
        const green = above[at + 1] as number;
        const blue = above[at + 2] as number;
        target[to] = (red + ((below[at] as number) - red) * down) * redScale + redShift;
        target[to + plane] = (green + ((below[at + 1] as number) - green) * down) * greenScale + greenShift;
        target[to + 2 * plane] = (blue + ((below[at + 2] as number) - blue) * down) * blueScale + blueShift;
      }
    }
    return;
  }

  // Places in the data, so that the loop below only adds.
  const lefts = columns.low.map((place) => place * channels);
  const rights = columns.high.map((place) => place * channels);
  const shares = columns.fraction;
  const green = channels === 1 ? 0 : 1;
  const blue = channels === 1 ? 0 : 2;
  for (let y = 0; y < content.height; y++) {
    const top = (rows.low[y] as number) * imageWidth * channels;
    const bottom = (rows.high[y] as number) * imageWidth * channels;
    const down = rows.fraction[y] as number;
    let to = offset + ((content.y + y) * input.width + content.x) * step;
    for (let x = 0; x < content.width; x++, to += step) {
      const left = lefts[x] as number;
      const right = rights[x] as number;
      const across = shares[x] as number;
      const a = top + left;
      const b = top + right;
      const c = bottom + left;
      const d = bottom + right;
      const red = mix(
        data[a] as number,
        data[b] as number,
        data[c] as number,
        data[d] as number,
        across,
        down,
      );
      target[to] = red * redScale + redShift;
      target[to + plane] =
        mix(
          data[a + green] as number,
          data[b + green] as number,
          data[c + green] as number,
          data[d + green] as number,
          across,
          down,
        ) *
          greenScale +
        greenShift;
      target[to + 2 * plane] =
        mix(
          data[a + blue] as number,
          data[b + blue] as number,
          data[c + blue] as number,
          data[d + blue] as number,
          across,
          down,
        ) *
          blueScale +
        blueShift;
    }
  }
}

function mix(a: number, b: number, c: number, d: number, across: number, down: number): number {
  const top = a + (b - a) * across;
  return top + (c + (d - c) * across - top) * down;
}

/** A row of the source at the target's columns: red, green and blue of each in turn. */
function blendRow(
  { data, width, channels }: PixelNumbers,
  { low, high, fraction }: ReturnType<typeof sample>,
  { row, values }: { readonly row: number; readonly values: Float64Array },
): void {
  const start = row * width * channels;
  const green = channels === 1 ? 0 : 1;
  const blue = channels === 1 ? 0 : 2;
  for (let x = 0, to = 0; to < values.length; x++, to += 3) {
    const left = start + (low[x] as number) * channels;
    const right = start + (high[x] as number) * channels;
    const across = fraction[x] as number;
    const leftRed = data[left] as number;
    const leftGreen = data[left + green] as number;
    const leftBlue = data[left + blue] as number;
    values[to] = leftRed + ((data[right] as number) - leftRed) * across;
    values[to + 1] = leftGreen + ((data[right + green] as number) - leftGreen) * across;
    values[to + 2] = leftBlue + ((data[right + blue] as number) - leftBlue) * across;
  }
}

/** Where the target pixels of an axis lie in the source. */
export interface Sampling {
  /** Source of the first target pixel. */
  readonly from: number;
  /** Distance in the source between neighbours of the target. */
  readonly scale: number;
  /** Last source pixel that is looked at. */
  readonly last: number;
  /** Sum of a source pixel's place and of the one that takes its place in the mirror. */
  readonly ends: number;
}

/** How the source is sampled along an axis: source = from + target * scale, up to `last`. */
export function samplingOf(options: {
  readonly from: number;
  readonly length: number;
  readonly limit: number;
  readonly count: number;
}): Sampling {
  const { from, length, limit, count } = options;
  const last = Math.min(Math.ceil(from + length), limit) - 1;
  // In float32 as TensorFlow's kernel: 5 may become 4.9999995.
  return { from, scale: Math.fround(length / count), last, ends: Math.floor(from) + last };
}

/** For each target pixel of an axis its two source pixels, and how far it is from the first to the second. */
function sample(options: {
  readonly from: number;
  readonly length: number;
  readonly limit: number;
  readonly count: number;
  readonly flip: boolean;
}): { low: Int32Array; high: Int32Array; fraction: Float64Array } {
  const { count, flip } = options;
  const low = new Int32Array(count);
  const high = new Int32Array(count);
  const fraction = new Float64Array(count);
  const { from, scale, last, ends } = samplingOf(options);
  for (let i = 0; i < count; i++) {
    const source = from + Math.fround(i * scale);
    const whole = Math.min(Math.floor(source), last);
    low[i] = whole;
    high[i] = Math.min(whole + 1, last);
    fraction[i] = source - whole;
  }
  if (flip) {
    // The rule starts at the first pixel, so the mirrored picture is sampled, not the samples mirrored.
    for (const places of [low, high]) {
      for (let i = 0; i < count; i++) places[i] = ends - (places[i] as number);
    }
  }
  return { low, high, fraction };
}
