// Annotations and pictures in a folder, made in threads and without.

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cocoDataset } from './coco-dataset.ts';

const photos = fileURLToPath(new URL('../../../../examples/photos/', import.meta.url));
const config = { size: { height: 60, width: 80 } };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-train-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Two photos, labelled. */
function labelled(more: readonly object[] = []): { annotations: string; images: string } {
  for (const name of ['bike-shop.jpg', 'cake.jpg']) copyFileSync(join(photos, name), join(folder, name));
  const annotations = join(folder, 'labels.json');
  const images = [
    { id: 1, file_name: 'bike-shop.jpg', width: 500, height: 334 },
    { id: 2, file_name: 'cake.jpg', width: 640, height: 480 },
    ...more,
  ];
  const boxes = [
    { id: 1, image_id: 1, category_id: 1, bbox: [102, 64, 173, 239], area: 1000, iscrowd: 0 },
    { id: 2, image_id: 2, category_id: 1, bbox: [10, 10, 100, 100], area: 1000, iscrowd: 0 },
  ];
  writeFileSync(
    annotations,
    JSON.stringify({ images, annotations: boxes, categories: [{ id: 1, name: 'thing' }] }),
  );
  return { annotations, images: folder };
}

test('Samples are the same whether threads make them or not, and however many there are', async () => {
  const paths = labelled();
  const alone = await cocoDataset({ ...paths, config, workers: 0 });
  const threads = await cocoDataset({ ...paths, config, workers: 2 });
  try {
    const asked = [0, 1, 0, 1, 1].map((index, epoch) => ({ index, epoch }));
    const made = await Promise.all(asked.map(({ index, epoch }) => threads.sample(index, { epoch })));
    for (const [at, { index, epoch }] of asked.entries()) {
      expect(made[at]).toEqual(await alone.sample(index, { epoch }));
      expect(made[at]?.pixels).toMatchObject({ height: 60, width: 80 });
    }
    expect(alone.classes).toEqual(['thing']);
  } finally {
    await threads.dispose();
    await threads.dispose();
  }
});

test('A broken picture has its own error, from a thread too, and the others still come', async () => {
  const paths = labelled([{ id: 3, file_name: 'broken.jpg', width: 10, height: 10 }]);
  writeFileSync(join(folder, 'broken.jpg'), 'no picture');
  const dataset = await cocoDataset({ ...paths, config, workers: 1 });
  await expect(dataset.sample(2, { epoch: 0 })).rejects.toMatchObject({
    name: 'SsdliteError',
    code: 'IMAGE_UNREADABLE',
    message: expect.stringContaining('broken.jpg'),
  });
  expect((await dataset.sample(1, { epoch: 0 })).imageId).toBe(2);
  await dataset.dispose();
});

test('Missing pictures are named and left out; if many are missing, the folder is the wrong one', async () => {
  const twenty = Array.from({ length: 18 }, (_, index) => {
    copyFileSync(join(photos, 'cake.jpg'), join(folder, `more-${index}.jpg`));
    return { id: 10 + index, file_name: `more-${index}.jpg`, width: 640, height: 480 };
  });
  const paths = labelled([...twenty, { id: 99, file_name: 'gone.jpg', width: 10, height: 10 }]);
  const dataset = await cocoDataset({ ...paths, workers: 0 });
  expect(dataset.length).toBe(20);
  expect(dataset.problems).toEqual([
    { code: 'IMAGE_MISSING', count: 1, message: `The folder '${folder}' has no 'gone.jpg': left out.` },
  ]);
  const elsewhere = cocoDataset({ ...paths, images: photos });
  await expect(elsewhere).rejects.toMatchObject({ code: 'DATASET_INVALID', value: 'more-0.jpg' });
});

test('Errors of the annotations file are errors of the data set, with its path', async () => {
  writeFileSync(join(folder, 'bad.json'), '{"images": [');
  const paths = { annotations: join(folder, 'bad.json'), images: folder };
  await expect(cocoDataset(paths)).rejects.toMatchObject({ name: 'SsdliteError', code: 'DATASET_INVALID' });
  await expect(cocoDataset(paths)).rejects.toThrow('bad.json');
  const missing = cocoDataset({ ...paths, annotations: join(folder, 'none.json') });
  await expect(missing).rejects.toThrow(/none\.json.*no such file/);
  await expect(cocoDataset({ ...labelled(), workers: -1 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});
