import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderStore } from './folder-store.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-tune-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const seen = {
  count: 1,
  columns: Int32Array.of(3),
  scores: Float64Array.of(0.5),
  boxes: Float32Array.of(1, 2, 3, 4),
  regions: [{ x: 0, y: 0, width: 10, height: 10 }],
  magnification: 2,
};

test('What was seen is there in the next run, and nothing but whole files is left', async () => {
  const place = join(folder, 'deep/cache');
  const store = await FolderStore.open(place);
  expect(await store.get('a')).toBeUndefined();
  await store.set('a', seen);
  await store.set('a', seen);
  expect(await (await FolderStore.open(place)).get('a')).toEqual(seen);
  expect(readdirSync(place)).toEqual(['a.seen']);
});

test('A file that is cut short is as if it were not there, and is written anew', async () => {
  const store = await FolderStore.open(folder);
  await store.set('a', seen);
  const path = join(folder, 'a.seen');
  writeFileSync(path, readFileSync(path).subarray(0, 30));
  expect(await store.get('a')).toBeUndefined();
  await store.set('a', seen);
  expect(await store.get('a')).toEqual(seen);
});

test('A folder that cannot be made is refused', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(FolderStore.open(join(folder, 'file/cache'))).rejects.toMatchObject({ code: 'WRITE_FAILED' });
});
