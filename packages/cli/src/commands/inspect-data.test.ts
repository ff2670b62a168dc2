// `ssdlite inspect-data`, run in this process.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, describe, expect, test } from 'vitest';
import { commandLine } from '../fixtures/command-line.ts';

const here = commandLine();

const dataset = {
  images: [
    { id: 1, file_name: 'one.png', width: 100, height: 80 },
    { id: 2, file_name: 'two.png', width: 100, height: 80 },
  ],
  categories: [{ id: 7, name: 'dog' }],
  annotations: [{ id: 1, image_id: 1, category_id: 7, bbox: [10, 10, 40, 40], area: 1600, iscrowd: 0 }],
};

const put = (name: string, content: string | Buffer): void => writeFileSync(join(here.folder, name), content);

async function putPicture(name: string, background: string, width = 100): Promise<void> {
  const create = { width, height: 80, channels: 3, background } as const;
  put(`pictures/${name}`, await sharp({ create }).png().toBuffer());
}

beforeEach(async () => {
  mkdirSync(join(here.folder, 'pictures'));
  put('data.json', JSON.stringify(dataset));
  await putPicture('one.png', 'red');
  await putPicture('two.png', 'blue');
});

const args = ['inspect-data', 'data.json', '--images', 'pictures'];

describe('inspect-data', () => {
  test('counts, and says that nothing is wrong', async () => {
    const { exitCode, stdout, stderr } = await here.ssdlite(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(`Format       COCO
Pictures     2, 1 without annotations
Categories   1
Annotations  1
A picture    0.5 on average, 1 at most

category  objects  pictures  small  medium  large  crowds
dog             1         1      0       1      0       0

Nothing is wrong.
`);
  });

  test('names what is wrong with annotations and pictures', async () => {
    const far = { ...dataset.annotations[0], id: 2, bbox: [200, 10, 40, 40] };
    const images = [...dataset.images, { id: 3, file_name: 'gone.png', width: 9, height: 9 }];
    put('data.json', JSON.stringify({ ...dataset, images, annotations: [...dataset.annotations, far] }));
    await putPicture('two.png', 'red');
    await putPicture('three.png', 'green');
    await putPicture('one.png', 'red', 120);
    const { exitCode, stdout } = await here.ssdlite(args);
    expect(exitCode).toBe(1);
    expect(stdout.split('\n\n').at(-1)).toBe(`error BOX_OUTSIDE: boxes wholly outside of their image, 1
    annotations[1] (id 2): 200, 10, 40, 40 in 100 x 80
error PICTURE_SIZE: pictures of another size than the annotations say, 1
    one.png: 120 x 80, not 100 x 80
error PICTURE_MISSING: pictures that are not in the folder, 1
    gone.png
note PICTURE_UNLISTED: pictures in the folder that are not in the annotations, 1
    three.png
`);
  });

  test('finds pictures that are there twice, cannot be read, or are cut off', async () => {
    await putPicture('two.png', 'red');
    expect((await here.ssdlite(args)).stdout).toContain(
      'note PICTURE_DUPLICATE: pictures that are another, byte for byte, 1\n    two.png and one.png\n',
    );
    put('pictures/two.png', 'no picture');
    expect((await here.ssdlite(args)).stdout).toContain(
      'error PICTURE_UNREADABLE: pictures that cannot be read, 1',
    );
    const noise = Buffer.from(Array.from({ length: 100 * 80 * 3 }, (_, at) => (at * 7919) % 251));
    const whole = await sharp(noise, { raw: { width: 100, height: 80, channels: 3 } })
      .png()
      .toBuffer();
    put('pictures/two.png', whole.subarray(0, whole.length / 2));
    expect((await here.ssdlite(args)).exitCode).toBe(0);
    const decoded = await here.ssdlite([...args, '--decode']);
    expect([decoded.exitCode, decoded.stdout]).toEqual([1, expect.stringContaining('PICTURE_UNREADABLE')]);
  });

  test('writes JSON and a page with pictures', async () => {
    const { stdout } = await here.ssdlite([...args, '--json', '-', '--report', 'page.html']);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'COCO', counts: { images: 2 }, problems: [] });
    const [, json = ''] =
      /id="report">(.*)<\/script>/.exec(readFileSync(join(here.folder, 'page.html'), 'utf8')) ?? [];
    const report = JSON.parse(json);
    expect([report.kind, report.title]).toEqual(['dataset', 'Data set data.json']);
    expect(report.pictures).toEqual([
      {
        name: 'one.png',
        width: 100,
        height: 80,
        note: '1 annotation',
        group: 'A sample',
        boxes: [{ box: [10, 10, 40, 40], kind: 'plain', label: 'dog' }],
        source: expect.stringMatching(/^data:image\/jpeg;base64,/),
      },
    ]);
  });

  test("reads YOLO's label files and Pascal VOC's", async () => {
    mkdirSync(join(here.folder, 'labels'));
    put('labels/one.txt', '0 0.5 0.5 0.5 0.5\n0 0.9 0.5 0.5 0.5\n0 a b c d\n');
    put('labels/classes.txt', 'dog\n');
    const yolo = await here.ssdlite(['inspect-data', 'labels', '--images', 'pictures']);
    expect(yolo.exitCode).toBe(1);
    expect(yolo.stdout).toContain('Format       YOLO\n');
    expect(yolo.stdout).toContain(
      "labels that cannot be read, 1\n    one.txt:3: '0 a b c d' is not all numbers",
    );
    expect(yolo.stdout).toContain('BOX_BEYOND_EDGE');
    mkdirSync(join(here.folder, 'xml'));
    const box = '<bndbox><xmin>11</xmin><ymin>11</ymin><xmax>50</xmax><ymax>50</ymax></bndbox>';
    put(
      'xml/one.xml',
      `<annotation><filename>one.png</filename><object><name>dog</name>${box}</object></annotation>`,
    );
    const voc = await here.ssdlite(['inspect-data', 'xml', '--images', 'pictures']);
    expect([voc.exitCode, voc.stdout]).toEqual([
      0,
      expect.stringMatching(/Pascal VOC[\s\S]*dog +1 +1 +0 +1 /),
    ]);
  });

  test.each([
    [['inspect-data', 'gone.json'], 'FILE_NOT_FOUND'],
    [
      ['inspect-data', 'data.json', '--names', 'names.txt'],
      '--names is given, but COCO annotations hold names',
    ],
    [['inspect-data', 'pictures'], "The folder 'pictures' holds no annotations"],
    [['inspect-data', 'data.json', '--images', 'gone'], "there is no folder 'gone'"],
    [['inspect-data', 'data.json', '--report', 'gone/page.html'], 'WRITE_FAILED'],
    [['inspect-data', 'data.json', '--report', './data.json'], "'./data.json', which is to be read"],
    [['inspect-data', 'data.json', '--report', 'a', '--json', 'a'], "'a', which --json writes"],
  ])('%j is refused', async (argv, message) => {
    const { exitCode, stderr } = await here.ssdlite(argv);
    expect([exitCode > 0, stderr]).toEqual([true, expect.stringContaining(message)]);
    expect(readdirSync(here.folder).sort()).toEqual(['data.json', 'pictures']);
  });

  test('is stopped by its signal', async () => {
    const { exitCode, stdout } = await here.ssdlite(args, { signal: AbortSignal.abort() });
    expect([exitCode, stdout]).toEqual([130, '']);
  });
});
