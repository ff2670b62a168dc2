// `ssdlite eval`, run in this process on real photos with a few annotations.

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluate } from '@ssdlite/coco-eval';
import { beforeEach, describe, expect, test } from 'vitest';
import { commandLine, photos } from '../fixtures/command-line.ts';

const here = commandLine();

const box = (id: number, image: number, category: number, bbox: readonly number[]) => ({
  id,
  image_id: image,
  category_id: category,
  bbox,
  area: (bbox[2] ?? 0) * (bbox[3] ?? 0),
  iscrowd: 0,
});

/** Boxes around what is to be seen; of the bicycle one that is far off. */
const annotations = {
  images: [
    { id: 1, file_name: 'bike-shop.jpg', width: 500, height: 334 },
    { id: 2, file_name: 'tiled-shower.jpg', width: 640, height: 480 },
    { id: 3, file_name: 'vanity.jpg', width: 640, height: 480 },
  ],
  categories: [
    { id: 1, name: 'person' },
    { id: 2, name: 'bicycle' },
    { id: 61, name: 'cake' },
    { id: 81, name: 'sink' },
  ],
  annotations: [box(1, 1, 1, [102, 64, 173, 239]), box(2, 1, 2, [0, 0, 20, 20])],
};

const args = ['eval', '--images', 'pictures', '--annotations', 'truth.json'];
const put = (content: object, name = 'truth.json') =>
  writeFileSync(join(here.folder, name), JSON.stringify(content));
const read = (name: string): string => readFileSync(join(here.folder, name), 'utf8');

beforeEach(async () => {
  mkdirSync(join(here.folder, 'pictures'));
  for (const { file_name: name } of annotations.images) {
    await copyFile(join(photos, name), join(here.folder, 'pictures', name));
  }
  const sharp = (await import('sharp')).default;
  const images = annotations.images.map(async (image) => {
    const { width, height } = await sharp(join(photos, image.file_name)).metadata();
    return { ...image, width, height };
  });
  put({ ...annotations, images: await Promise.all(images) });
});

describe('eval', () => {
  test('prints figures of what it writes, and leaves nothing else behind', async () => {
    const { exitCode, stdout, stderr } = await here.ssdlite([
      ...args,
      '--json',
      'found.json',
      '--figures',
      'figures.json',
      '--report',
      'report.html',
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(readdirSync(here.folder).sort()).toEqual([
      'figures.json',
      'found.json',
      'pictures',
      'report.html',
      'truth.json',
    ]);
    const found = JSON.parse(read('found.json'));
    expect(found[0]).toMatchObject({ image_id: 1, category_id: 1, score: expect.any(Number) });
    const { stats, perCategory } = evaluate(JSON.parse(read('truth.json')), found);
    expect(stdout).toContain(
      `Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = ${stats.AP?.toFixed(3)}`,
    );
    // The person is found, nearly exactly; the bicycle is not where the annotation says.
    expect(perCategory[0]?.stats.AP50).toBeCloseTo(1, 6);
    expect(perCategory[1]?.stats.AP50).toBe(0);
    expect(stdout).toMatch(/^person +[01]\.\d{3} +1\.000/m);
    expect(stdout).toMatch(
      /\d+ detections in 3 pictures, .* Written: found\.json, figures\.json, report\.html\./,
    );
    expect(JSON.parse(read('figures.json')).stats).toEqual(stats);
  });

  test('writes a report with the figures and with the pictures, made small', async () => {
    await here.ssdlite([...args, '--report', 'report.html', '--quiet']);
    const [, json = ''] = /id="report">(.*)<\/script>/.exec(read('report.html')) ?? [];
    const report = JSON.parse(json);
    expect(report.title).toBe('Evaluation of ssdlite-mobilenet-v2-coco');
    expect(report.facts).toContainEqual(['Annotations', 'truth.json']);
    expect(report.pictures[0].source).toMatch(/^data:image\/jpeg;base64,/);
  });

  test('stopped, it keeps what is done; called again, it goes on and gives what it would have given', async () => {
    const whole = await here.ssdlite([...args, '--json', 'whole.json']);
    const stop = new AbortController();
    const stopped = await here.ssdlite([...args, '--json', 'found.json'], {
      signal: stop.signal,
      terminal: true,
      onStderr: () => stop.abort(),
    });
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stderr).toMatch(/Stopped: \d of 3 pictures done and kept/);
    expect(existsSync(join(here.folder, 'found.json'))).toBe(false);
    const [partial = ''] = readdirSync(here.folder).filter((name) => name.endsWith('.partial'));
    const done = read(partial).split('\n').length - 2;
    expect(done).toBeGreaterThan(0);
    // As if the process had died in the middle of a line.
    appendFileSync(join(here.folder, partial), '{"imageId":3,"wid');
    const again = await here.ssdlite([...args, '--json', 'found.json']);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain(`Going on: ${done} of 3 pictures done before.`);
    expect(read('found.json')).toBe(read('whole.json'));
    expect(again.stdout.split('\n').slice(0, 12)).toEqual(whole.stdout.split('\n').slice(0, 12));
    expect(existsSync(join(here.folder, partial))).toBe(false);
  });

  test('goes on only with what was found under the same options', async () => {
    const stop = new AbortController();
    const options = { signal: stop.signal, terminal: true, onStderr: () => stop.abort() };
    await here.ssdlite([...args, '--json', 'found.json'], options);
    const [kept = ''] = readdirSync(here.folder).filter((name) => name.endsWith('.partial'));
    const before = read(kept);
    const { exitCode, stderr } = await here.ssdlite([...args, '--json', 'found.json', '--score', '0.5']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(read(kept)).toBe(before);
  });

  test('stopped before its first picture, it leaves nothing', async () => {
    const { exitCode } = await here.ssdlite([...args, '--json', 'found.json'], {
      signal: AbortSignal.abort(),
    });
    expect([exitCode, readdirSync(here.folder).sort()]).toEqual([130, ['pictures', 'truth.json']]);
  });

  test('that finds nothing says so, and has written that', async () => {
    const { exitCode, stderr } = await here.ssdlite([...args, '--json', 'found.json', '--score', '1']);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('The results are an empty list')]);
    expect(JSON.parse(read('found.json'))).toEqual([]);
    expect(readdirSync(here.folder).sort()).toEqual(['found.json', 'pictures', 'truth.json']);
  });

  test('pictures that are not there are refused, or left out on request', async () => {
    const { images } = JSON.parse(read('truth.json'));
    put({ ...annotations, images: [...images, { id: 4, file_name: 'gone.jpg', width: 9, height: 9 }] });
    const refused = await here.ssdlite(args);
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      "error IMAGE_NOT_FOUND: Of the 4 pictures of the annotations 1 are not in 'pictures', as 'gone.jpg'. Add --present-only to evaluate those that are there.\n",
    ]);
    const { exitCode, stdout } = await here.ssdlite([...args, '--present-only']);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('in 3 pictures')]);
  });

  test('a picture that cannot be read is named and left out of the figures', async () => {
    writeFileSync(join(here.folder, 'pictures/bike-shop.jpg'), 'no picture');
    const { exitCode, stdout, stderr } = await here.ssdlite(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('bike-shop.jpg');
    expect(stderr).toContain('the figures are of the 2 pictures that could be read');
    // Its two objects are not counted as missed: there is nothing left to find.
    expect(stdout).toContain('maxDets=100 ] = -1.000');
  });

  test('warns of annotations that seem to be of other pictures, and of what the detector cannot know', async () => {
    put({
      ...annotations,
      images: annotations.images.map((image) => ({ ...image, width: 9, height: 9 })),
      categories: [...annotations.categories, { id: 999, name: 'unicorn' }],
    });
    const { exitCode, stderr } = await here.ssdlite(args);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('3 pictures of another size than the annotations say (bike-shop.jpg has 500 x');
    expect(stderr).toContain('the detector does not know unicorn; their AP is 0');
  });

  test('evaluates only the classes that are asked for, and only the first pictures', async () => {
    const { stdout } = await here.ssdlite([...args, '--classes', 'person', '--limit', '1']);
    const lines = stdout.split('\n').slice(13);
    expect(lines.slice(0, 3)).toEqual([
      expect.stringMatching(/^category/),
      expect.stringMatching(/^person/),
      '',
    ]);
    expect(stdout).toContain('in 1 picture');
  });

  test("evaluates with YOLO's label files and Pascal VOC's as with COCO's JSON", async () => {
    const coco = await here.ssdlite(args);
    mkdirSync(join(here.folder, 'labels'));
    writeFileSync(
      join(here.folder, 'labels/bike-shop.txt'),
      // 500 x 334 pixels: the two boxes of the JSON.
      `0 ${(102 + 173 / 2) / 500} ${(64 + 239 / 2) / 334} ${173 / 500} ${239 / 334}\n1 ${10 / 500} ${10 / 334} ${20 / 500} ${20 / 334}\n`,
    );
    const yolo = ['eval', '--images', 'pictures', '--annotations', 'labels'];
    const nameless = await here.ssdlite(yolo);
    expect([nameless.exitCode, nameless.stderr]).toEqual([2, expect.stringContaining('Add --names FILE')]);
    writeFileSync(join(here.folder, 'names.txt'), 'person\nbicycle\ncake\nsink\n');
    const withNames = await here.ssdlite([...yolo, '--names', 'names.txt']);
    expect(withNames.stdout.split('\n').slice(0, 18)).toEqual(coco.stdout.split('\n').slice(0, 18));
    mkdirSync(join(here.folder, 'xml'));
    const object = (name: string, corners: readonly number[]) =>
      `<object><name>${name}</name><bndbox>${['xmin', 'ymin', 'xmax', 'ymax'].map((key, at) => `<${key}>${corners[at]}</${key}>`).join('')}</bndbox></object>`;
    const objects = object('person', [103, 65, 275, 303]) + object('bicycle', [1, 1, 20, 20]);
    writeFileSync(
      join(here.folder, 'xml/bike-shop.xml'),
      `<annotation><filename>bike-shop.jpg</filename>${objects}</annotation>`,
    );
    const voc = await here.ssdlite(['eval', '--images', 'pictures', '--annotations', 'xml']);
    expect(voc.stdout).toContain('in 1 picture');
    const personOf = ({ stdout }: { readonly stdout: string }) =>
      /^person.*$/m.exec(stdout)?.[0].split(/ +/).slice(0, 4);
    expect(personOf(voc)).toEqual(personOf(coco));
  });

  test.each([
    ['categories that no class is called', { categories: [{ id: 1, name: 'unicorn' }] }, 'INVALID_ARGUMENT'],
    ['images without names', { images: [{ id: 1 }] }, 'has no file_name'],
    ['no list of annotations', { annotations: 5 }, 'INVALID_ANNOTATIONS'],
  ])('refuses %s', async (_, change, message) => {
    put({ ...JSON.parse(read('truth.json')), ...change });
    const { exitCode, stderr, stdout } = await here.ssdlite(args);
    expect([exitCode > 0, stdout, stderr]).toEqual([true, '', expect.stringContaining(message)]);
  });

  test('finds out before the work that a report or a file cannot be written', async () => {
    for (const option of ['--report', '--json', '--figures']) {
      const { exitCode, stderr } = await here.ssdlite([...args, option, 'nowhere/file']);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('WRITE_FAILED')]);
    }
    expect(readdirSync(here.folder).sort()).toEqual(['pictures', 'truth.json']);
  });
});
