import { expect, test } from 'vitest';
import { MemoryStore } from './seen-store.ts';

const seen = (count: number) => ({
  count,
  columns: new Int32Array(count),
  scores: new Float64Array(count),
  boxes: new Float32Array(count * 4),
  regions: [],
  magnification: 1,
});

test('Memory holds what was used last, up to its bound', async () => {
  // 100 boxes are 2,800 bytes and 512 for the rest.
  const store = new MemoryStore({ maxBytes: 7000 });
  for (const key of ['a', 'b']) await store.set(key, seen(100));
  await store.get('a');
  await store.set('c', seen(100));
  expect(await store.get('b')).toBeUndefined();
  expect((await store.get('a'))?.count).toBe(100);
  expect((await store.get('c'))?.count).toBe(100);
});

test('What memory has no room for is taken from behind', async () => {
  const behind = new MemoryStore();
  const store = new MemoryStore({ maxBytes: 1, behind });
  await store.set('a', seen(5));
  expect((await store.get('a'))?.count).toBe(5);
  expect(await store.get('b')).toBeUndefined();
});

test('The same key again takes no room twice', async () => {
  const store = new MemoryStore({ maxBytes: 7000 });
  for (let turn = 0; turn < 10; turn++) await store.set('a', seen(100));
  await store.set('b', seen(100));
  expect((await store.get('a'))?.count).toBe(100);
});
