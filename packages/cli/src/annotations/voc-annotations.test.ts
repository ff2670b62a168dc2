// Pascal VOC's XML files as COCO's annotations.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readVoc } from './voc-annotations.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-voc-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pictures = [{ name: 'JPEGImages/2007_000032.jpg', width: 500, height: 281 }];

const object = (name: string, corners: readonly number[], more = '') =>
  `<object><name>${name}</name>${more}<bndbox><xmin>${corners[0]}</xmin><ymin>${corners[1]}</ymin><xmax>${corners[2]}</xmax><ymax>${corners[3]}</ymax></bndbox></object>`;

async function read(
  objects: string,
  text = `<annotation><filename>2007_000032.jpg</filename>${objects}</annotation>`,
) {
  const path = join(folder, '2007_000032.xml');
  writeFileSync(path, text);
  return readVoc([path], { folder, pictures });
}

describe('VOC files', () => {
  test('have corners counted from 1, the last pixel included', async () => {
    const { dataset, problems } = await read(
      object('person', [1, 1, 500, 281]) + object('aeroplane', [11, 21, 20, 40]),
    );
    expect(dataset).toEqual({
      images: [{ id: 1, file_name: 'JPEGImages/2007_000032.jpg', width: 500, height: 281 }],
      categories: [
        { id: 1, name: 'aeroplane' },
        { id: 2, name: 'person' },
      ],
      annotations: [
        { id: 1, image_id: 1, category_id: 2, bbox: [0, 0, 500, 281], area: 140500, iscrowd: 0 },
        { id: 2, image_id: 1, category_id: 1, bbox: [10, 20, 10, 20], area: 200, iscrowd: 0 },
      ],
    });
    expect(problems.list()).toEqual([]);
  });

  test('that have a corner at 0 count from 0, all of them', async () => {
    const { dataset } = await read(object('person', [0, 10, 40, 50]) + object('person', [10, 20, 20, 40]));
    expect(dataset.annotations.map(({ bbox }) => bbox)).toEqual([
      [0, 10, 40, 40],
      [10, 20, 10, 20],
    ]);
  });

  test('make crowds of what is difficult, and read no parts of objects for objects', async () => {
    const part =
      '<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>';
    const { dataset } = await read(object('person', [11, 21, 20, 40], `<difficult>1</difficult>${part}`));
    expect(dataset.annotations).toMatchObject([{ iscrowd: 1, bbox: [10, 20, 10, 20] }]);
  });

  test('know entities and character data, as names may hold them', async () => {
    const { dataset } = await read(
      object('salt &amp; pepper', [1, 1, 9, 9]) + object('<![CDATA[<dog>]]>', [1, 1, 9, 9]),
    );
    expect(dataset.categories.map(({ name }) => name)).toEqual(['<dog>', 'salt & pepper']);
  });

  test.each([
    ['are cut off', '<annotation><object>', /2007_000032\.xml: Missing end tag for element object/],
    ['are of something else', '<html></html>', /its root is <html>, not <annotation>/],
  ])('that %s are told', async (_, text, message) => {
    const { problems } = await read('', text);
    const [problem] = problems.list();
    expect([problem?.code, problem?.examples[0]]).toEqual(['BROKEN_LABEL', expect.stringMatching(message)]);
  });

  test('tell objects without name or box', async () => {
    const { problems, dataset } = await read(
      `${object('', [1, 1, 2, 2])}<object><name>dog</name></object>${object('cat', [1, 1, Number.NaN, 2])}`,
    );
    expect(dataset.annotations).toEqual([]);
    expect(problems.list()[0]?.examples).toEqual([
      '2007_000032.xml: object 1 has no name',
      '2007_000032.xml: object 2 (dog) has no whole bndbox',
      '2007_000032.xml: object 3 (cat) has no whole bndbox',
    ]);
  });
});
