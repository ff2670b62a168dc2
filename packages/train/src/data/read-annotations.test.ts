// Annotations with everything that people's files have wrong.

import { type CocoAnnotation, type CocoDataset, loadGroundTruth } from '@ssdlite/coco-eval';
import { expect, test } from 'vitest';
import { datasetError, labelledImages, type ReadAnnotationsOptions } from './read-annotations.ts';

const images = [
  { id: 7, file_name: 'a.jpg', width: 200, height: 100 },
  { id: 8, file_name: 'b.jpg', width: 100, height: 100 },
];
const categories = [
  { id: 3, name: 'cup' },
  { id: 5, name: 'Spoon' },
  { id: 9, name: 'fork' },
];

function annotation(
  id: number,
  categoryId: number,
  bbox: readonly number[],
  more: object = {},
): CocoAnnotation {
  return { id, image_id: 7, category_id: categoryId, bbox, area: 100, iscrowd: 0, ...more };
}

const good = [annotation(1, 3, [20, 10, 100, 50]), annotation(2, 5, [0, 0, 200, 100], { image_id: 8 })];

function read(
  annotations: readonly CocoAnnotation[],
  options: ReadAnnotationsOptions = {},
  more: Partial<CocoDataset> = {},
) {
  try {
    return labelledImages(
      loadGroundTruth({ images, categories, annotations, ...more }, { type: 'bbox' }),
      options,
    );
  } catch (error) {
    throw datasetError(error);
  }
}

test('Boxes become fractions of their picture, categories with boxes become columns from 1', () => {
  const { classes, categoryIds, images: labelled, boxCounts, problems } = read(good);
  expect([classes, categoryIds, boxCounts]).toEqual([
    ['cup', 'Spoon'],
    [3, 5],
    [1, 1],
  ]);
  expect(labelled[0]).toMatchObject({ id: 7, fileName: 'a.jpg', width: 200, height: 100 });
  expect([...(labelled[0]?.boxes ?? [])].map((value) => Math.round(value * 1000) / 1000)).toEqual([
    0.1, 0.1, 0.6, 0.6,
  ]);
  expect([...(labelled[0]?.classes ?? [])]).toEqual([1]);
  // Annotation 2 reaches 100 pixels beyond the picture of 100 pixels.
  expect([...(labelled[1]?.boxes ?? [])]).toEqual([0, 0, 1, 1]);
  expect(problems.map(({ code, message }) => [code, message])).toEqual([
    ['CLASS_UNUSED', "No box is of the category 'fork': it becomes no class."],
    [
      'BOX_CLIPPED',
      "The box of annotation 2 on 'b.jpg' reaches 100 pixels beyond it: cut off at the border.",
    ],
  ]);
});

test('Classes that are asked for come in that order; what is of others is background', () => {
  const { classes, images: labelled } = read(good, { classes: ['spoon'] });
  expect(classes).toEqual(['Spoon']);
  expect(labelled.map((image) => [...image.classes])).toEqual([[], [1]]);
});

test('Boxes without area, outside, of crowds, and of nothing listed are named and counted', () => {
  const { images: labelled, problems } = read([
    ...good,
    annotation(3, 3, [10, 10, 0, 20]),
    annotation(4, 3, [10, 10, 5, 0]),
    annotation(5, 3, [300, 10, 20, 20]),
    annotation(6, 3, [0, 0, 50, 50], { iscrowd: 1 }),
    annotation(8, 77, [0, 0, 50, 50]),
    annotation(9, 3, [0, 0, 50, 50], { image_id: 99 }),
    annotation(10, 3, [-0.4, 0, 200.6, 50]),
  ]);
  const counted = Object.fromEntries(problems.map(({ code, count }) => [code, count]));
  expect(counted).toEqual({
    CLASS_UNUSED: 1,
    BOX_CLIPPED: 1,
    BOX_EMPTY: 2,
    BOX_OUTSIDE: 1,
    CROWD: 1,
    ANNOTATION_UNUSED: 2,
  });
  expect(problems.find(({ code }) => code === 'BOX_EMPTY')?.message).toBe(
    "The box of annotation 3 on 'a.jpg' has no area: it is 0 x 20 pixels (and 1 more of this kind): left out.",
  );
  expect([...(labelled[0]?.boxWeights ?? [])]).toEqual([1, 0, 1]);
});

test.each([
  [
    'a box that is not finite',
    [annotation(1, 3, [Number.NaN, 0, 10, 10])],
    {},
    /\[NaN, 0, 10, 10\]|not finite|NaN/,
  ],
  [
    'boxes as fractions',
    [annotation(1, 3, [0.1, 0.1, 0.5, 0.5]), annotation(2, 3, [0.2, 0.1, 0.5, 0.5])],
    {},
    /fractions/,
  ],
  [
    'boxes as corners',
    [1, 2, 3, 4, 5].map((id) => annotation(id, 3, [120, 60, 180, 95])),
    {},
    /look like left, top, right, bottom; the first is \[120, 60, 180, 95\]/,
  ],
  ['no box at all', [], {}, /There is no box to learn from/],
  ['a picture without name', good, { images: [{ id: 7, width: 10, height: 10 }] }, /id 7 has no file_name/],
  [
    'a picture without size',
    good,
    { images: [{ id: 7, file_name: 'a.jpg' }] },
    /id 7 has no width and height/,
  ],
  [
    'two pictures of one id',
    good,
    { images: [...images, { ...images[0], id: 7 }] as never },
    /Two pictures have the id 7/,
  ],
])('Refused is %s', (_, annotations, more, message) => {
  expect(() => read(annotations, {}, more)).toThrow(
    expect.objectContaining({ name: 'SsdliteError', code: 'DATASET_INVALID' }),
  );
  expect(() => read(annotations, {}, more)).toThrow(message);
});

test('Refused are classes that are asked for and not there, or without examples', () => {
  expect(() => read(good, { classes: ['cups'] })).toThrow(expect.objectContaining({ code: 'UNKNOWN_CLASS' }));
  expect(() => read(good, { classes: ['cups'] })).toThrow("Did you mean 'cup'?");
  expect(() => read(good, { classes: ['cup', 'fork'] })).toThrow("No usable box is of 'fork'.");
});

test('What is no annotations at all is a matter of the data set, too', () => {
  expect(() => {
    try {
      loadGroundTruth('[]', { type: 'bbox' });
    } catch (error) {
      throw datasetError(error);
    }
  }).toThrow(expect.objectContaining({ name: 'SsdliteError', code: 'DATASET_INVALID' }));
});
