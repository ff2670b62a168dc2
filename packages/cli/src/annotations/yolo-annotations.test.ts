// YOLO's label files as COCO's annotations: a picture of 200 x 100 pixels, so that fractions are easily pixels.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { soundDataset } from './converted-annotations.ts';
import { readYolo } from './yolo-annotations.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-yolo-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pictures = [
  { name: 'train/1.jpg', width: 200, height: 100 },
  { name: 'train/empty.jpg', width: 200, height: 100 },
];

async function read(files: Record<string, string>, names: readonly string[] | undefined = ['cat', 'dog']) {
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
  return readYolo(paths, { folder, pictures, names });
}

describe('label files', () => {
  test('are boxes in pixels, of categories from 1, on pictures by their path', async () => {
    const { dataset, isNamed, problems } = await read({
      'train/1.txt': '1 0.5 0.5 0.5 0.4\n0 0.25 0.75 0.5 0.5\r\n\n',
    });
    expect(dataset).toEqual({
      images: [
        { id: 1, file_name: 'train/1.jpg', width: 200, height: 100 },
        { id: 2, file_name: 'train/empty.jpg', width: 200, height: 100 },
      ],
      categories: [
        { id: 1, name: 'cat' },
        { id: 2, name: 'dog' },
      ],
      annotations: [
        { id: 1, image_id: 1, category_id: 2, iscrowd: 0, bbox: [50, 30, 100, 40], area: 4000 },
        { id: 2, image_id: 1, category_id: 1, iscrowd: 0, bbox: [0, 50, 100, 50], area: 5000 },
      ],
    });
    expect([isNamed, problems.list()]).toEqual([true, []]);
  });

  test('may hold polygons: a triangle of half its box', async () => {
    const { dataset } = await read({ 'train/1.txt': '0 0 0 0.5 0 0 1' });
    expect(dataset.annotations).toEqual([
      {
        id: 1,
        image_id: 1,
        category_id: 1,
        iscrowd: 0,
        bbox: [0, 0, 100, 100],
        area: 5000,
        segmentation: [[0, 0, 100, 0, 0, 100]],
      },
    ]);
  });

  test('without names have numbers for names', async () => {
    const { dataset, isNamed } = await readYolo([], { folder, pictures, names: undefined });
    expect([dataset.categories, isNamed]).toEqual([[], false]);
    const used = await read({ 'train/1.txt': '2 0.5 0.5 0.5 0.4' }, undefined);
    expect(used.dataset.categories.map(({ name }) => name)).toEqual(['cat', 'dog']);
  });

  test.each([
    ['x 0.5 0.5 0.5 0.4', "'x 0.5 0.5 0.5 0.4' is not all numbers"],
    ['1.5 0.5 0.5 0.5 0.4', 'the class 1.5 is no number from 0 on'],
    ['2 0.5 0.5 0.5 0.4', 'the class 2 has no name: there are 2'],
    ['0 0.5 0.5 0.5 0.4 0.9', 'there are six numbers: with scores these are detections, not annotations'],
    ['0 0.5 0.5', 'there are 3 numbers, not a class and four, or a class and a polygon'],
    ['0 100 50 20 20', '100 is no fraction of the picture'],
  ])('with the line "%s" are told by file and line', async (line, what) => {
    const converted = await read({ 'train/1.txt': `0 0.5 0.5 0.5 0.5\n${line}\n` });
    expect(converted.dataset.annotations).toHaveLength(1);
    expect(converted.problems.list()).toMatchObject([
      { code: 'BROKEN_LABEL', count: 1, examples: [`train/1.txt:2: ${what}`] },
    ]);
    expect(() => soundDataset(converted)).toThrow(
      `There are labels that cannot be read (1): train/1.txt:2: ${what}.`,
    );
  });

  test('without a picture are told', async () => {
    const { problems } = await read({ 'train/gone.txt': '0 0.5 0.5 0.5 0.5' });
    expect(problems.list()).toMatchObject([{ code: 'LABEL_WITHOUT_PICTURE', examples: ['train/gone.txt'] }]);
  });
});
