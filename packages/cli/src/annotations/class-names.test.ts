// Names of YOLO's classes, from where people have them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readNames } from './class-names.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-names-'));
  mkdirSync(join(folder, 'labels/val'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const labels = () => join(folder, 'labels/val');

describe('names', () => {
  test.each([
    ['labels/val/classes.txt', 'cat\r\ndog\n\n'],
    ['labels/obj.names', 'cat\ndog'],
    ['data.yaml', 'train: images\nnames: [cat, dog]\nnc: 2\n'],
    ['data.yaml', 'names:\n  0: cat\n  1: dog\n'],
  ])('are found in %s', async (file, text) => {
    writeFileSync(join(folder, file), text);
    expect(await readNames({ path: undefined, folder: labels() })).toEqual(['cat', 'dog']);
  });

  test('are those of the file that is named', async () => {
    writeFileSync(join(folder, 'classes.txt'), 'cat\ndog');
    writeFileSync(join(folder, 'mine.yml'), 'names: { 0: bird, 2: fish }');
    expect(await readNames({ path: join(folder, 'mine.yml'), folder: labels() })).toEqual([
      'bird',
      'class 1',
      'fish',
    ]);
  });

  test('are not there where nobody wrote them', async () => {
    expect(await readNames({ path: undefined, folder: labels() })).toBeUndefined();
  });

  test.each([
    ['empty.txt', '\n'],
    ['broken.yaml', 'names: [cat'],
    ['other.yaml', 'nc: 3'],
  ])('are refused from %s', async (file, text) => {
    const path = join(folder, file);
    writeFileSync(path, text);
    await expect(readNames({ path, folder: labels() })).rejects.toThrow('holds no names of classes');
  });

  test('are refused from a file that is not there', async () => {
    await expect(readNames({ path: join(folder, 'gone.txt'), folder: labels() })).rejects.toThrow(
      'cannot be read',
    );
  });
});
