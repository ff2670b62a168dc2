// What inputs name, on a small tree of files.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expandInputs } from './expand-inputs.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-inputs-'));
  mkdirSync(join(folder, 'trip/day 1/.thumbnails'), { recursive: true });
  mkdirSync(join(folder, 'empty'));
  for (const name of [
    'a.jpg',
    'notes.txt',
    'trip/10.jpg',
    'trip/9.JPEG',
    'trip/._9.jpg',
    'trip/day 1/b.webp',
    'trip/day 1/.thumbnails/b.jpg',
    '[x].jpg',
  ]) {
    writeFileSync(join(folder, name), '');
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const expand = (inputs: readonly string[], { recursive = false, stdin = Readable.from([]) } = {}) =>
  expandInputs(inputs, { io: { cwd: folder, stdin }, recursive });
const namesOf = async (inputs: readonly string[], options = {}) =>
  (await expand(inputs, options)).map(({ name }) => name);

/** The error of the only picture. */
const errorOf = async (input: string, options = {}): Promise<unknown> => {
  const [source, ...rest] = await expand([input], options);
  expect(rest).toEqual([]);
  return source?.read({}).catch((error: unknown) => error);
};

describe('files', () => {
  test('are taken whatever they are called', async () => {
    expect(await namesOf(['notes.txt', 'a.jpg'])).toEqual(['notes.txt', 'a.jpg']);
  });

  test('are taken literally if their name looks like a pattern and they are there', async () => {
    expect(await namesOf(['[x].jpg'])).toEqual(['[x].jpg']);
  });

  test('named twice come once', async () => {
    expect(await namesOf(['a.jpg', './a.jpg', join(folder, 'a.jpg'), '*.jpg'])).toEqual(['a.jpg', '[x].jpg']);
  });

  test('may be named by a file URL', async () => {
    const url = pathToFileURL(join(folder, 'trip/day 1/b.webp')).href;
    expect(await expand([url])).toMatchObject([{ name: url, fileName: 'b.webp' }]);
  });

  test('that are not there come as sources that fail', async () => {
    expect(await namesOf(['absent.jpg', 'a.jpg'])).toEqual(['absent.jpg', 'a.jpg']);
    expect(await errorOf('absent.jpg')).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      message: expect.stringContaining('absent.jpg'),
    });
  });
});

describe('folders', () => {
  test('give their pictures by number, without hidden files and those below', async () => {
    expect(await namesOf(['trip'])).toEqual(['trip/9.JPEG', 'trip/10.jpg']);
    expect(await namesOf(['trip/'])).toEqual(['trip/9.JPEG', 'trip/10.jpg']);
    expect(await namesOf(['.'])).toEqual(['[x].jpg', 'a.jpg']);
  });

  test('give those below too if asked, without hidden folders', async () => {
    expect(await namesOf(['trip'], { recursive: true })).toEqual([
      'trip/9.JPEG',
      'trip/10.jpg',
      'trip/day 1/b.webp',
    ]);
  });

  test('that link in a circle end, and give nothing twice', async () => {
    symlinkSync(join(folder, 'trip'), join(folder, 'trip/day 1/again'));
    expect(await namesOf(['trip'], { recursive: true })).toHaveLength(3);
  });

  test('without pictures say so, and where pictures are', async () => {
    expect(await errorOf('empty')).toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    rmSync(join(folder, 'trip/10.jpg'));
    rmSync(join(folder, 'trip/9.JPEG'));
    expect(await errorOf('trip')).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      next: 'Those below it have 1: add --recursive.',
    });
  });
});

describe('patterns', () => {
  test('give the pictures that match', async () => {
    expect(await namesOf(['trip/**/*'])).toEqual(['trip/9.JPEG', 'trip/10.jpg', 'trip/day 1/b.webp']);
    expect(await namesOf([`${folder}/*.{jpg,png}`])).toEqual([`${folder}/[x].jpg`, `${folder}/a.jpg`]);
  });

  test('that match nothing, or no picture, say so', async () => {
    expect(await errorOf('*.png')).toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    expect(await errorOf('*.txt')).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      next: 'Of the 1 files that match none has the extension of a picture.',
    });
  });
});

describe('URLs', () => {
  test.each([
    ['https://example.com/a%20b/c%20d.png?size=1#top', 'c d.png'],
    ['https://example.com/', 'picture.jpg'],
    ['https://example.com/%2e%2e%2fup.jpg', '..-up.jpg'],
    ['https://example.com/100%.jpg', '100%.jpg'],
    ['data:image/png;base64,AAAA', 'picture.jpg'],
  ])('%s goes out as %s', async (url, fileName) => {
    const [source] = await expand([url]);
    expect(source?.fileName).toBe(fileName);
    expect(source?.path).toBeUndefined();
  });
});

describe('usage that is refused', () => {
  const terminal = Object.assign(Readable.from([]), { isTTY: true });

  test.each<[string, string[], object]>([
    ['no input', [], {}],
    ['standard input twice', ['-', '-'], {}],
    ['a terminal as standard input', ['-'], { stdin: terminal }],
  ])('%s', async (_, inputs, options) => {
    await expect(expand(inputs, options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
