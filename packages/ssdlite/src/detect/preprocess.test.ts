import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { minusOneToOne } from '@ssdlite/backbone';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pixels } from '../pixels.ts';
import { place, toImageBox } from './placement.ts';
import { type InputLayout, preprocess } from './preprocess.ts';

const plain = { scale: [1, 1, 1], shift: [0, 0, 0] } as const;

function resize(
  pixels: Pixels,
  options: {
    input: { height: number; width: number };
    layout?: InputLayout;
    region?: { x: number; y: number; width: number; height: number };
    letterbox?: boolean;
    normalization?: typeof minusOneToOne;
  },
): number[] {
  const { input, layout = 'nhwc', letterbox = false, normalization = plain } = options;
  const region = options.region ?? { x: 0, y: 0, width: pixels.width, height: pixels.height };
  const target = new Float32Array(input.height * input.width * 3).fill(Number.NaN);
  const placement = place(region, { input, letterbox });
  preprocess(pixels, { placement, layout, normalization, target, offset: 0 });
  return [...target];
}

const grey = (width: number, height: number, values: number[]): Pixels => ({
  data: Uint8Array.from(values),
  width,
  height,
  channels: 1,
});
/** The first of three equal channels. */
const red = (numbers: number[]): number[] => numbers.filter((_, index) => index % 3 === 0);

describe('the bilinear rule of TensorFlow 1', () => {
  test('starts at the first pixel, without half-pixel centres: 2 pixels to 4 are 0, 50, 100, 100', () => {
    expect(red(resize(grey(2, 1, [0, 100]), { input: { height: 1, width: 4 } }))).toEqual([0, 50, 100, 100]);
  });

  test('skips pixels when it shrinks: 4 to 2 are the first and the third', () => {
    expect(red(resize(grey(4, 1, [10, 20, 30, 40]), { input: { height: 1, width: 2 } }))).toEqual([10, 30]);
  });

  test('places samples in float32, as the kernel does', () => {
    // tf.image.resize_bilinear of TensorFlow 2.15 on 641 pixels, black and white in turn, to 300. In float64: 175.95, 68, 96.9.
    const stripes = grey(
      641,
      1,
      Array.from({ length: 641 }, (_, x) => (x % 2) * 255),
    );
    const resized = red(resize(stripes, { input: { height: 1, width: 300 } }));
    expect([resized[273], resized[280], resized[246]]).toEqual([
      175.93505859375, 68.0145263671875, 96.88568115234375,
    ]);
  });

  test('agrees with tf.image.resizeBilinear for any sizes', () => {
    const side = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (height, width, toHeight, toWidth, seed) => {
        const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 71 + seed) % 256);
        const ours = resize(
          { data, width, height, channels: 3 },
          { input: { height: toHeight, width: toWidth } },
        );
        const theirs = tf.tidy(() =>
          tf.image
            .resizeBilinear(
              tf.tensor3d(Array.from(data), [height, width, 3]),
              [toHeight, toWidth],
              false,
              false,
            )
            .dataSync(),
        );
        for (const [i, value] of theirs.entries())
          expect(Math.abs((ours[i] ?? 0) - value)).toBeLessThan(1e-2);
      }),
      { numRuns: 50 },
    );
  });
});

test('0 and 255 become -1 and 1', () => {
  const numbers = resize(grey(2, 1, [0, 255]), {
    input: { height: 1, width: 2 },
    normalization: minusOneToOne,
  });
  expect(red(numbers)).toEqual([-1, 1]);
});

test('Channels lie apart in nchw and together in nhwc; alpha is left out', () => {
  const pixels: Pixels = { data: Uint8Array.of(1, 2, 3, 99, 4, 5, 6, 99), width: 2, height: 1, channels: 4 };
  const input = { height: 1, width: 2 };
  expect(resize(pixels, { input })).toEqual([1, 2, 3, 4, 5, 6]);
  expect(resize(pixels, { input, layout: 'nchw' })).toEqual([1, 4, 2, 5, 3, 6]);
});

test('A region is read as if the rest were not there', () => {
  const pixels = grey(4, 2, [0, 1, 2, 3, 10, 11, 12, 13]);
  const region = { x: 1, y: 1, width: 2, height: 1 };
  expect(red(resize(pixels, { input: { height: 1, width: 4 }, region }))).toEqual([11, 11.5, 12, 12]);
});

describe('letterbox', () => {
  const input = { height: 4, width: 4 };

  test('puts the picture in the middle and leaves grey around it', () => {
    const numbers = red(resize(grey(2, 1, [7, 9]), { input, letterbox: true }));
    expect(numbers).toEqual([0, 0, 0, 0, 7, 8, 9, 9, 7, 8, 9, 9, 0, 0, 0, 0]);
  });

  test('is undone for boxes, which are clipped to the picture', () => {
    const placement = place({ x: 0, y: 0, width: 200, height: 100 }, { input, letterbox: true });
    expect(toImageBox(Float32Array.of(0.25, 0, 0.5, 0.5), 0, placement)).toEqual({
      x: 0,
      y: 0,
      width: 100,
      height: 50,
    });
    expect(toImageBox(Float32Array.of(0, 0.5, 1, 2), 0, placement)).toEqual({
      x: 100,
      y: 0,
      width: 100,
      height: 100,
    });
  });
});

test('A box of a region comes back in pixels of the whole picture', () => {
  const placement = place(
    { x: 50, y: 20, width: 100, height: 40 },
    { input: { height: 300, width: 300 }, letterbox: false },
  );
  expect(toImageBox(Float32Array.of(0.5, 0.25, 1.5, 0.75), 0, placement)).toEqual({
    x: 75,
    y: 40,
    width: 50,
    height: 20,
  });
});

test('A box outside of the picture is none', () => {
  const placement = place(
    { x: 0, y: 0, width: 10, height: 10 },
    { input: { height: 300, width: 300 }, letterbox: false },
  );
  expect(toImageBox(Float32Array.of(1.1, 0, 1.5, 1), 0, placement)).toBeUndefined();
  expect(toImageBox(Float32Array.of(0.5, 0.5, 0.5, 0.5), 0, placement)).toBeUndefined();
});
