// What an inspection says of data sets that are wrong in one way each.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CocoEvalError } from '../error.ts';
import { inspectDataset, readInspection } from './inspect-dataset.ts';

const image = { id: 1, file_name: 'one.jpg', width: 100, height: 80 };
const category = { id: 7, name: 'dog' };
const box = { id: 1, image_id: 1, category_id: 7, bbox: [10, 10, 40, 40], area: 1600, iscrowd: 0 };

const inspect = (change: object) =>
  inspectDataset({ images: [image], categories: [category], annotations: [box], ...change });

const problems = (change: object) =>
  inspect(change).problems.map(({ code, count, examples }) => [code, count, examples]);

async function* inPieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

describe('an inspection', () => {
  test('counts objects, pictures, crowds and sizes by category, most objects first', () => {
    const {
      counts,
      perImage,
      sizes,
      categories,
      problems: found,
    } = inspectDataset({
      images: [image, { ...image, id: 2, file_name: 'two.jpg' }, { ...image, id: 3, file_name: 'three.jpg' }],
      categories: [{ id: 6, name: 'cat' }, category],
      annotations: [
        // 1024 is small and 1025 is medium: each object is counted once.
        { ...box, bbox: [0, 0, 32, 32], area: 1024 },
        { ...box, id: 2, bbox: [40, 0, 41, 25], area: 1025 },
        { ...box, id: 3, image_id: 2, bbox: [0, 0, 100, 80], area: 1, iscrowd: 1 },
        { ...box, id: 4, image_id: 2, category_id: 6 },
      ],
    });
    expect(counts).toEqual({ images: 3, categories: 2, annotations: 4, crowds: 1, emptyImages: 1 });
    expect(perImage).toEqual({ mean: 4 / 3, most: 2 });
    expect(sizes).toEqual(['small', 'medium', 'large']);
    expect(categories).toEqual([
      { id: 7, name: 'dog', images: 2, objects: 2, crowds: 1, sizes: [1, 1, 0] },
      { id: 6, name: 'cat', images: 1, objects: 1, crowds: 0, sizes: [0, 1, 0] },
    ]);
    expect(found).toEqual([]);
  });

  test.each<[string, object, [string, number, string[]][]]>([
    [
      'an image without a size',
      { images: [{ id: 1, file_name: 'one.jpg', width: 100 }] },
      [['BROKEN_IMAGE', 1, ['images[0] (id 1) has no height']]],
    ],
    [
      'ids that are texts',
      { annotations: [box, { ...box, image_id: '1' }] },
      [['BROKEN_ANNOTATION', 1, ['annotations[1] (id 1) has the image_id "1"']]],
    ],
    [
      'a box of three numbers, and one that is not finite',
      {
        annotations: [
          box,
          { ...box, id: 2, bbox: [1, 2, 3] },
          { ...box, id: 3, bbox: [0, 0, Number.POSITIVE_INFINITY, 1] },
        ],
      },
      [
        [
          'BROKEN_ANNOTATION',
          2,
          [
            'annotations[1] (id 2) has the bbox [1, 2, 3]',
            'annotations[2] (id 3) has the bbox [0, 0, Infinity, 1]',
          ],
        ],
      ],
    ],
    [
      'an image and a category that are there twice',
      { images: [image, image], categories: [category, category] },
      [
        ['DUPLICATE_IMAGE_ID', 1, ['images[1] has the id 1 once more']],
        ['DUPLICATE_CATEGORY_ID', 1, ['categories[1] has the id 7 once more']],
      ],
    ],
    [
      'an id that is there twice, and one that is 0',
      {
        annotations: [box, { ...box, bbox: [0, 0, 5, 5] }, { ...box, id: 0, bbox: [50, 50, 5, 5] }].map(
          (one) => ({ ...one, area: 1 }),
        ),
      },
      [
        ['DUPLICATE_ID', 1, ['annotations[1] (id 1)']],
        ['ID_ZERO', 1, ['annotations[2] (id 0)']],
      ],
    ],
    [
      'references into nowhere',
      { annotations: [box, { ...box, id: 2, image_id: 9 }, { ...box, id: 3, category_id: 9 }] },
      [
        ['UNKNOWN_IMAGE', 1, ['annotations[1] (id 2): image 9']],
        ['UNKNOWN_CATEGORY', 1, ['annotations[2] (id 3): category 9']],
      ],
    ],
    [
      'boxes without a size, outside, and beyond the edge; half a pixel is rounding',
      {
        annotations: [
          { ...box, id: 1, bbox: [10, 10, 0, 40], area: 0 },
          { ...box, id: 2, bbox: [100, 10, 40, 40] },
          { ...box, id: 3, bbox: [70, 10, 40, 40] },
          { ...box, id: 4, bbox: [-0.5, 0, 101, 80.5] },
        ],
      },
      [
        ['EMPTY_BOX', 1, ['annotations[0] (id 1): 10, 10, 0, 40 in 100 x 80']],
        ['BOX_OUTSIDE', 1, ['annotations[1] (id 2): 100, 10, 40, 40 in 100 x 80']],
        ['BOX_BEYOND_EDGE', 1, ['annotations[2] (id 3): 70, 10, 40, 40 in 100 x 80']],
      ],
    ],
    [
      'boxes that are fractions',
      { annotations: [1, 2].map((id) => ({ ...box, id, bbox: [0.1 * id, 0.1, 0.2, 0.2], area: 0.04 })) },
      [
        [
          'NORMALIZED_BOXES',
          2,
          ['annotations[0] (id 1): 0.1, 0.1, 0.2, 0.2', 'annotations[1] (id 2): 0.2, 0.1, 0.2, 0.2'],
        ],
      ],
    ],
    [
      'boxes that are corners',
      { annotations: [1, 2].map((id) => ({ ...box, id, bbox: [50 + 10 * id, 40, 95, 75] })) },
      [
        [
          'CORNER_BOXES',
          2,
          [
            'annotations[0] (id 1): 60, 40, 95, 75 in 100 x 80',
            'annotations[1] (id 2): 70, 40, 95, 75 in 100 x 80',
          ],
        ],
      ],
    ],
    [
      'segmentations that are none',
      {
        annotations: [
          { ...box, id: 1, segmentation: [[1, 2, 3, 4]] },
          { ...box, id: 2, bbox: [60, 10, 20, 20], area: 1, segmentation: { size: [100, 80], counts: 'a' } },
          { ...box, id: 3, bbox: [60, 40, 20, 20], area: 1, segmentation: 5 },
        ],
      },
      [
        [
          'BROKEN_SEGMENTATION',
          3,
          [
            'annotations[0] (id 1) has a polygon of 4 numbers',
            'annotations[2] (id 3) has the segmentation 5',
            'annotations[1] (id 2): 60, 10, 20, 20 in 100 x 80, mask 100 x 80',
          ],
        ],
      ],
    ],
    [
      'things that are annotated twice; a crowd is no such thing',
      {
        categories: [category, { id: 8, name: 'cat' }],
        annotations: [
          box,
          { ...box, id: 2 },
          { ...box, id: 3, category_id: 8 },
          { ...box, id: 4, iscrowd: 1 },
        ],
      },
      [
        [
          'TWO_CATEGORIES',
          2,
          [
            'annotations[2] (id 3) and annotations[0] (id 1), image 1',
            'annotations[2] (id 3) and annotations[1] (id 2), image 1',
          ],
        ],
        ['DUPLICATE_BOX', 1, ['annotations[1] (id 2) and annotations[0] (id 1), image 1']],
      ],
    ],
    [
      'names that are there twice, categories that are not used, areas larger than boxes',
      {
        images: [image, { ...image, id: 2 }],
        categories: [category, { id: 8, name: 'dog' }],
        annotations: [{ ...box, area: 2000 }],
      },
      [
        ['DUPLICATE_FILE_NAME', 1, ['one.jpg is the image 1, and 2 as well']],
        ['DUPLICATE_CATEGORY_NAME', 1, ['categories[1] (id 8) is called dog']],
        ['ODD_AREA', 1, ['annotations[0] (id 1): 10, 10, 40, 40 in 100 x 80, area 2000']],
        ['UNUSED_CATEGORY', 1, ['dog']],
      ],
    ],
  ])('names %s', (_, change, expected) => {
    expect(problems(change)).toEqual(expected);
  });

  test('tells the first five of many', () => {
    const annotations = Array.from({ length: 7 }, (_, id) => ({ ...box, id: id + 1, image_id: 9 }));
    const [problem] = inspect({ annotations }).problems;
    expect([problem?.count, problem?.examples.length]).toEqual([7, 5]);
  });

  test.each([
    ['a list', []],
    ['a number', 5],
    ['no annotations', { images: [], categories: [] }],
    ['annotations that are an object', { images: [], categories: [], annotations: {} }],
  ])('refuses %s', async (_, dataset) => {
    expect(() => inspectDataset(dataset)).toThrow(CocoEvalError);
    await expect(readInspection(inPieces(JSON.stringify(dataset)))).rejects.toThrow(CocoEvalError);
  });

  test('is the same from an object and from a stream, whatever stands in the records', async () => {
    const record = fc.oneof(
      fc.json().map((text) => JSON.parse(text)),
      fc.record(
        {
          id: fc.oneof(fc.nat(3), fc.string(), fc.double()),
          image_id: fc.nat(3),
          category_id: fc.nat(3),
          bbox: fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(90))),
          area: fc.oneof(fc.nat(), fc.string()),
          segmentation: fc.jsonValue(),
          file_name: fc.string(),
          width: fc.nat(100),
          height: fc.nat(100),
          name: fc.string(),
        },
        { requiredKeys: [] },
      ),
    );
    const list = fc.array(record, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.record({ images: list, categories: list, annotations: list }), async (dataset) => {
        const text = JSON.stringify(dataset);
        const fromStream = await readInspection(inPieces(text));
        expect(fromStream).toEqual(inspectDataset(JSON.parse(text)));
      }),
      { numRuns: 300 },
    );
  });
});
