// The other changes of a picture, on pictures small enough to check by hand.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readGolden } from '../fixtures/read-golden.ts';
import { augment } from './augment.ts';
import { flip } from './flip.ts';
import { jitterColors } from './jitter-colors.ts';
import type { LabelledPicture } from './labelled-picture.ts';
import { drawMosaic, joinMosaic } from './mosaic.ts';
import { type Random, seededRandom, shuffled } from './random.ts';
import { resize } from './resize.ts';

const noOther = (): Promise<LabelledPicture> => Promise.reject(new Error('No other picture is needed here'));

test('A picture is mirrored as by TF-OD, pixels and boxes', () => {
  const { image, boxes, flippedImage, flippedBoxes } = readGolden<{
    readonly image: readonly (readonly (readonly number[])[])[];
    readonly boxes: readonly (readonly number[])[];
    readonly flippedImage: readonly (readonly (readonly number[])[])[];
    readonly flippedBoxes: readonly (readonly number[])[];
  }>('tf-od/flip');
  // The golden has two channels.
  const rgb = (rows: typeof image) =>
    Float32Array.from(rows.flatMap((row) => row.flatMap(([a = 0, b = 0]) => [a, b, 0])));
  const flipped = flip({
    pixels: { data: rgb(image), height: 2, width: 3 },
    boxes: Float32Array.from(boxes.flat()),
    classes: Int32Array.of(1, 2, 3),
  });
  expect([...flipped.pixels.data]).toEqual([...rgb(flippedImage)]);
  for (const [at, value] of flippedBoxes.flat().entries()) expect(flipped.boxes[at]).toBeCloseTo(value, 6);
});

test('Equal seeds give equal numbers, other seeds and other orders of them others', () => {
  const first = (...seeds: number[]) => seededRandom(...seeds).uniform();
  expect(first(1, 2)).toBe(first(1, 2));
  expect(
    new Set([first(1, 2), first(2, 1), first(1), first(1, 3), first(0), first(2 ** 40), first(-1)]).size,
  ).toBe(7);
  const random = seededRandom(7);
  const draws = Array.from({ length: 10_000 }, () => random.below(10));
  for (let digit = 0; digit < 10; digit++) {
    expect(draws.filter((each) => each === digit).length).toBeGreaterThan(850);
  }
});

test('An order at random has every number once', () => {
  fc.assert(
    fc.property(fc.nat({ max: 50 }), fc.integer(), (count, seed) => {
      const order = shuffled(count, seededRandom(seed));
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
    }),
  );
});

test('Resizing keeps values in 0 to 255, and the detector changes nothing more of the result', () => {
  const pixels = { data: Uint8Array.of(0, 10, 20, 100, 110, 120), height: 1, width: 2 };
  // TensorFlow 1's rule: source = target * 2 / 4, clamped at the last pixel.
  const wide = resize(pixels, { height: 1, width: 4 });
  expect([...wide.data]).toEqual([0, 10, 20, 50, 60, 70, 100, 110, 120, 100, 110, 120]);
  expect([...resize(wide, { height: 1, width: 4 }).data]).toEqual([...wide.data]);
});

/** Draws these numbers one after the other. */
function drawing(...numbers: number[]): Random {
  const uniform = (): number => numbers.shift() ?? 0;
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    below: (count) => Math.floor(uniform() * count),
  };
}

test('Colours change by factors: twice as bright, half the contrast, grey', () => {
  const pixels = { data: Uint8Array.of(10, 20, 30, 50, 60, 70), height: 1, width: 2 };
  // Each change draws how much (1: all the way up) and whether (under the chance).
  const changed = (jitter: object, ...numbers: number[]) =>
    [
      ...jitterColors(
        pixels,
        { brightness: 0, contrast: 0, saturation: 0, hue: 0, chance: 0.5, ...jitter },
        drawing(...numbers),
      ).data,
    ].map((value) => Math.round(value * 100) / 100);
  expect(changed({ brightness: 1 }, 1, 0)).toEqual([20, 40, 60, 100, 120, 140]);
  // Mean brightness is 0.299 r + 0.587 g + 0.114 b: 38.15 over both pixels.
  expect(changed({ contrast: 0.5 }, 0, 1, 0, 0)).toEqual([24.08, 29.08, 34.08, 44.08, 49.08, 54.08]);
  expect(changed({ saturation: 1 }, 0, 1, 0, 1, 0, 0)).toEqual([18.15, 18.15, 18.15, 58.15, 58.15, 58.15]);
  expect(changed({ brightness: 1 }, 1, 0.6)).toEqual([10, 20, 30, 50, 60, 70]);
  // A third of a turn moves red to green to blue.
  const red = { data: Uint8Array.of(90, 0, 0), height: 1, width: 1 };
  const turned = jitterColors(
    red,
    { brightness: 0, contrast: 0, saturation: 0, hue: 1 / 3 },
    drawing(0, 1, 0, 1, 0, 1, 1, 0),
  );
  expect([...turned.data].map(Math.round)).toEqual([0, 90, 0]);
});

test('Four pictures meet in one point, with their boxes', () => {
  const windows = drawMosaic({ height: 10, width: 20 }, drawing(0.5, 0));
  expect(windows).toEqual([
    { y: 0, x: 0, height: 5, width: 6 },
    { y: 0, x: 6, height: 5, width: 14 },
    { y: 5, x: 0, height: 5, width: 6 },
    { y: 5, x: 6, height: 5, width: 14 },
  ]);
  const parts = windows.map((window, index) => ({
    window,
    picture: {
      pixels: { data: new Float32Array(window.height * window.width * 3).fill(index), ...window },
      boxes: index === 3 ? Float32Array.of(0, 0.5, 1, 1) : new Float32Array(0),
      classes: index === 3 ? Int32Array.of(4) : new Int32Array(0),
    },
  }));
  const { pixels, boxes, classes } = joinMosaic(parts, { height: 10, width: 20 });
  const at = (y: number, x: number) => pixels.data[(y * 20 + x) * 3];
  expect([at(4, 5), at(4, 6), at(5, 5), at(5, 6)]).toEqual([0, 1, 2, 3]);
  expect([...boxes].map((value) => Math.round(value * 100) / 100)).toEqual([0.5, 0.65, 1, 1]);
  expect([...classes]).toEqual([4]);
});

const checkered: LabelledPicture = {
  pixels: {
    data: Uint8Array.from({ length: 40 * 30 * 3 }, (_, at) => (at * 7) % 256),
    height: 30,
    width: 40,
  },
  boxes: Float32Array.of(0.2, 0.2, 0.8, 0.7),
  classes: Int32Array.of(5),
};

test('Augmentation is at the size asked for, in range, and the same again with the same seed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.boolean(), async (seed, mosaic) => {
      const config = { colors: {}, mosaic: mosaic ? 1 : 0 };
      const run = () =>
        augment(checkered, {
          config,
          random: seededRandom(seed),
          size: { height: 24, width: 32 },
          other: async () => checkered,
        });
      const [once, again] = [await run(), await run()];
      expect(once).toEqual(again);
      expect(once.pixels).toMatchObject({ height: 24, width: 32 });
      expect(once.pixels.data.every((value) => value >= 0 && value <= 255)).toBe(true);
      expect(once.boxes.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(once.boxes.length).toBe(once.classes.length * 4);
    }),
    { numRuns: 100 },
  );
});

test('Without augmentation a picture is only resized', async () => {
  const options = { random: seededRandom(1), size: { height: 30, width: 40 }, other: noOther };
  const { pixels, boxes } = await augment(checkered, { ...options, config: { flip: false, crop: false } });
  expect([...pixels.data]).toEqual([...checkered.pixels.data]);
  expect([...boxes]).toEqual([...checkered.boxes]);
});
