// Crops as TF Object Detection's ssd_random_crop makes them: their statistics over thousands of runs, and small cases by hand.

import { expect, test } from 'vitest';
import { readGolden } from '../fixtures/read-golden.ts';
import type { LabelledPicture } from './labelled-picture.ts';
import { seededRandom } from './random.ts';
import { cropCases, cropTo, randomCrop, ssdRandomCrop } from './random-crop.ts';

interface Estimate {
  readonly mean: number;
  /** Standard error. */
  readonly se: number;
}

interface CropStatistics {
  readonly runs: number;
  readonly whole: Estimate;
  readonly area: Estimate;
  readonly areaWhenCropped: Estimate;
  readonly boxesKept: Estimate;
  readonly noBoxLeft: Estimate;
  readonly aspectWhenCropped: Estimate;
  readonly logAspectWhenCropped: Estimate;
  readonly centreYWhenCropped: Estimate;
  readonly centreXWhenCropped: Estimate;
  readonly meanKeptBoxArea: Estimate;
  readonly keptPerBox: readonly number[];
}

type Figure = Exclude<keyof CropStatistics, 'runs' | 'keptPerBox'>;

const golden = readGolden<{
  readonly height: number;
  readonly width: number;
  readonly boxes: readonly (readonly number[])[];
  readonly ssdRandomCrop: CropStatistics;
  readonly singleCaseAlwaysCrop: readonly (CropStatistics & { readonly minObjectCovered: number })[];
}>('tf-od/crop-statistics');

const flipGolden = readGolden<{
  readonly ssdRandomCropWithoutBoxes: Pick<CropStatistics, 'runs' | 'whole' | 'area' | 'areaWhenCropped'>;
}>('tf-od/flip');

/** A picture whose pixels say where they are, with boxes numbered by class. */
function picture(boxes: readonly (readonly number[])[]): LabelledPicture {
  const { height, width } = golden;
  const data = new Uint8Array(height * width * 3);
  for (let at = 0; at < data.length; at += 3) {
    const x = (at / 3) % width;
    const y = Math.floor(at / 3 / width);
    data.set([x & 255, y & 255, (x >> 8) | ((y >> 8) << 4)], at);
  }
  return {
    pixels: { data, height, width },
    boxes: Float32Array.from(boxes.flat()),
    classes: Int32Array.from(boxes, (_, index) => index + 1),
  };
}

/** Means and their standard errors over many crops of one picture. */
function statisticsOf(whole: LabelledPicture, runs: number, crop: (run: number) => LabelledPicture) {
  const values: Partial<Record<Figure, number[]>> = {};
  const kept = new Array<number>(whole.classes.length).fill(0);
  const note = (figure: Figure, value: number): void => {
    values[figure] ??= [];
    values[figure].push(value);
  };
  const { height, width } = whole.pixels;
  for (let run = 0; run < runs; run++) {
    const { pixels, boxes, classes } = crop(run);
    const isWhole = pixels.height === height && pixels.width === width;
    const area = (pixels.height * pixels.width) / (height * width);
    note('whole', Number(isWhole));
    note('area', area);
    note('boxesKept', classes.length);
    note('noBoxLeft', Number(classes.length === 0));
    for (const id of classes) kept[id - 1] = (kept[id - 1] ?? 0) + 1;
    if (classes.length > 0) {
      let sum = 0;
      for (let at = 0; at < boxes.length; at += 4) {
        const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = boxes.subarray(at, at + 4);
        sum += (ymax - ymin) * (xmax - xmin);
      }
      note('meanKeptBoxArea', sum / classes.length);
    }
    if (isWhole) continue;
    const [low = 0, middle = 0, high = 0] = pixels.data;
    const x = low | ((high & 15) << 8);
    const y = middle | ((high >> 4) << 8);
    note('areaWhenCropped', area);
    note('aspectWhenCropped', pixels.width / pixels.height);
    note('logAspectWhenCropped', Math.log(pixels.width / pixels.height));
    note('centreYWhenCropped', (y + pixels.height / 2) / height);
    note('centreXWhenCropped', (x + pixels.width / 2) / width);
  }
  const estimates = Object.fromEntries(
    Object.entries(values).map(([figure, numbers]) => [figure, estimate(numbers)]),
  ) as Partial<Record<Figure, Estimate>>;
  return { runs, estimates, keptPerBox: kept.map((count) => count / runs) };
}

function estimate(numbers: readonly number[]): Estimate {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  return { mean, se: Math.sqrt(variance / numbers.length) };
}

/** Within four joint standard errors, as the goldens ask. */
function expectAlike(ours: ReturnType<typeof statisticsOf>, theirs: Partial<CropStatistics>): void {
  const apart: string[] = [];
  for (const [figure, { mean, se }] of Object.entries(ours.estimates)) {
    const other = theirs[figure as Figure];
    if (!other) continue;
    const joint = Math.hypot(se, other.se);
    if (Math.abs(mean - other.mean) > 4 * joint + 1e-9)
      apart.push(`${figure}: ${mean}, expected ${other.mean} ± ${joint}`);
  }
  for (const [box, share] of (theirs.keptPerBox ?? []).entries()) {
    const runs = [ours.runs, theirs.runs ?? ours.runs];
    const joint = Math.sqrt(share * (1 - share) * runs.reduce((sum, each) => sum + 1 / each, 0));
    const got = ours.keptPerBox[box] ?? 0;
    if (Math.abs(got - share) > 4 * joint)
      apart.push(`box ${box} is kept ${got} of the time, expected ${share}`);
  }
  expect(apart).toEqual([]);
}

test('5,000 crops have the areas, shapes, places and boxes that TF-OD gives them', () => {
  const whole = picture(golden.boxes);
  expectAlike(
    statisticsOf(whole, 5000, (run) => ssdRandomCrop(whole, seededRandom(1, run))),
    golden.ssdRandomCrop,
  );
});

test.each(golden.singleCaseAlwaysCrop)(
  'So does the case that covers $minObjectCovered of a box',
  (theirs) => {
    const whole = picture(golden.boxes);
    const { runs, minObjectCovered } = theirs;
    expectAlike(
      statisticsOf(whole, runs, (run) =>
        randomCrop(whole, { minObjectCovered, random: seededRandom(2, run) }),
      ),
      theirs,
    );
  },
);

test('Without boxes a crop has to cover enough of the picture, so that more pictures stay whole', () => {
  const whole = picture([]);
  const theirs = flipGolden.ssdRandomCropWithoutBoxes;
  const ours = statisticsOf(whole, theirs.runs, (run) => ssdRandomCrop(whole, seededRandom(3, run)));
  expectAlike(ours, theirs);
  expect(ours.estimates.noBoxLeft?.mean).toBe(1);
});

test('The goldens cover the seven cases', () => {
  expect(golden.singleCaseAlwaysCrop.map(({ minObjectCovered }) => minObjectCovered)).toEqual(cropCases);
});

const square: LabelledPicture = {
  pixels: {
    data: Uint8Array.from({ length: 4 * 4 * 3 }, (_, at) => Math.floor(at / 3)),
    height: 4,
    width: 4,
  },
  boxes: Float32Array.of(0, 0, 0.5, 0.5, 0.25, 0.25, 1, 1, 0.75, 0, 1, 0.25),
  classes: Int32Array.of(1, 2, 3),
  boxWeights: Float32Array.of(1, 0, 1),
};

test('A window of 2 x 2 pixels takes its pixels, and of the boxes what lies in it', () => {
  const { pixels, boxes, classes, boxWeights } = cropTo(square, { x: 1, y: 1, width: 2, height: 2 }, 0);
  expect([...pixels.data].filter((_, at) => at % 3 === 0)).toEqual([5, 6, 9, 10]);
  expect([...boxes]).toEqual([0, 0, 0.5, 0.5, 0, 0, 1, 1]);
  expect([...classes]).toEqual([1, 2]);
  expect([...(boxWeights ?? [])]).toEqual([1, 0]);
});

test('Boxes that the window covers too little are left out; the share counts, not the size', () => {
  const classesAt = (share: number) => [
    ...cropTo(square, { x: 1, y: 1, width: 2, height: 2 }, share).classes,
  ];
  // Box 1 has a quarter of its area in the window, box 2 four ninths.
  expect(classesAt(0.25)).toEqual([1, 2]);
  expect(classesAt(0.3)).toEqual([2]);
  expect(classesAt(0.5)).toEqual([]);
});
