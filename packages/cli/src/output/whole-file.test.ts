import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeOutputFolder, WholeFile, writeWholeFile } from './whole-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-whole-'));
  path = join(folder, 'found.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('A file is not there before it is whole, and alone when it is', async () => {
  const file = await WholeFile.open(path);
  await file.write('one, ');
  await file.write(new TextEncoder().encode('two'));
  expect(readdirSync(folder)).not.toContain('found.json');
  await file.commit();
  expect(readdirSync(folder)).toEqual(['found.json']);
  expect(readFileSync(path, 'utf8')).toBe('one, two');
});

test('A file that is discarded leaves what was there before', async () => {
  writeFileSync(path, 'old');
  const file = await WholeFile.open(path);
  await file.write('new');
  await file.discard();
  expect(readdirSync(folder)).toEqual(['found.json']);
  expect(readFileSync(path, 'utf8')).toBe('old');
});

test('Two files for one place do not meet: the last to end stays', async () => {
  const [first, second] = [await WholeFile.open(path), await WholeFile.open(path)];
  await first.write('first');
  await second.write('second');
  await second.commit();
  await first.commit();
  expect(readFileSync(path, 'utf8')).toBe('first');
});

test('A link stays a link, and what it leads to is written', async () => {
  writeFileSync(join(folder, 'real.json'), 'old');
  symlinkSync('real.json', path);
  await writeWholeFile(path, 'new');
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, 'real.json'), 'utf8')).toBe('new');
});

test('A device is written, not replaced', async () => {
  await writeWholeFile('/dev/null', 'nothing');
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
});

test('A place that is a folder, or below none, is refused with what to do', async () => {
  await expect(writeWholeFile(folder, '')).rejects.toMatchObject({
    code: 'WRITE_FAILED',
    next: 'Name a file.',
  });
  await expect(writeWholeFile(join(folder, 'absent/a'), '')).rejects.toMatchObject({
    code: 'WRITE_FAILED',
    message: expect.stringContaining(join(folder, 'absent')),
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('A folder is made with those above it, and may be there already', async () => {
  const deep = join(folder, 'a/b/c');
  await makeOutputFolder(deep);
  await makeOutputFolder(deep);
  expect(readdirSync(deep)).toEqual([]);
});

test('A folder that cannot be made is refused', async () => {
  writeFileSync(path, '');
  mkdirSync(join(folder, 'a'));
  for (const place of [path, join(path, 'b'), '/proc/ssdlite']) {
    await expect(makeOutputFolder(place)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  }
});
