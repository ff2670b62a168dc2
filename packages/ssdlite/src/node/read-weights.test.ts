import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readWeightsFiles } from './read-weights.ts';

const folder = await mkdtemp(join(tmpdir(), 'read-weights-'));
afterAll(() => rm(folder, { recursive: true }));

test.each(['nothing', 'nothing.json', 'nothing.safetensors', 'nothing.h5'])(
  '%s is told to be missing',
  async (name) => {
    const path = join(folder, name);
    await expect(readWeightsFiles(path)).rejects.toMatchObject({
      code: 'WEIGHTS_NOT_FOUND',
      message: expect.stringContaining(`There is no file '${path}'.`),
      value: path,
    });
  },
);

test('A file of another kind is told apart from one that is missing', async () => {
  const path = join(folder, 'notes.txt');
  await writeFile(path, 'weights');
  await expect(readWeightsFiles(path)).rejects.toMatchObject({ code: 'WEIGHTS_UNSUPPORTED', value: path });
});

test('Weights without their manifest say where it is looked for', async () => {
  const path = join(folder, 'alone.safetensors');
  await writeFile(path, 'weights');
  await expect(readWeightsFiles(path)).rejects.toMatchObject({
    code: 'WEIGHTS_NOT_FOUND',
    next: expect.stringContaining(join(folder, 'alone.json')),
  });
});
