// The classifier's promises to its users, with MobileNets that Keras saved (their weights are made up, so are their answers).

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createClassifier, type NodeClassifier, SsdliteError } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photo } from './photos.ts';

const files = new URL('../../shared/goldens/keras/files/', import.meta.url);
const absent = !existsSync(files);
if (absent) process.stderr.write('classifier: ../shared/goldens is absent, skipped\n');
const weights = new URL('mobilenetv2-035-96-seed1.h5', files);
const labels = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

describe.skipIf(absent)('a classifier', () => {
  let classifier: NodeClassifier;

  beforeAll(async () => {
    classifier = await createClassifier({ weights, labels });
  });
  afterAll(() => classifier.dispose());

  test('knows its input size from the file', () => {
    expect(classifier.inputSize).toEqual({ height: 96, width: 96 });
  });

  test('gives the most probable classes first, and all of them sum to 1', async () => {
    const all = await classifier.classify(photo, { top: 10 });
    expect(all).toHaveLength(10);
    for (const [rank, { label, index, probability }] of all.entries()) {
      expect(label).toBe(labels[index]);
      expect(probability).toBeLessThanOrEqual(all[rank - 1]?.probability ?? 1);
    }
    expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    expect(await classifier.classify(photo, { top: 2 })).toEqual(all.slice(0, 2));
  });

  test('answers alike on every engine, and from every form of the file', async () => {
    const expected = await classifier.classify(photo, { top: 10 });
    const others = await Promise.all([
      createClassifier({ weights, labels, engine: 'tfjs-wasm' }),
      createClassifier({ weights: await readFile(weights), labels }),
      createClassifier({
        weights: new URL('mobilenetv2-035-96-seed1-tfjs-layers/model.json', files),
        labels,
      }),
    ]);
    for (const other of others) {
      const answers = await other.classify(photo, { top: 10 });
      expect(answers.map(({ index }) => index)).toEqual(expected.map(({ index }) => index));
      for (const [rank, { probability }] of answers.entries()) {
        expect(probability).toBeCloseTo(expected[rank]?.probability ?? -1, 5);
      }
      await other.dispose();
    }
  });

  test('refuses labels that are not one per class, and what is not a number of classes', async () => {
    await expect(createClassifier({ weights, labels: ['a', 'b'] })).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      message: expect.stringContaining('2 labels for 10 classes'),
    });
    await expect(classifier.classify(photo, { top: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('is of no use after dispose', async () => {
    const mine = await createClassifier({ weights, labels });
    await mine.dispose();
    await mine.dispose();
    await expect(mine.classify(photo)).rejects.toMatchObject({ code: 'DETECTOR_DISPOSED' });
  });
});

test('Weights that are not there, or are no weights, are named', async () => {
  await expect(createClassifier({ weights: 'nowhere.h5' })).rejects.toMatchObject({
    code: 'WEIGHTS_NOT_FOUND',
    message: expect.stringContaining('nowhere.h5'),
  });
  const picture = await createClassifier({ weights: fileURLToPath(`file://${photo}`) }).catch(
    (error: unknown) => error,
  );
  expect(picture).toBeInstanceOf(SsdliteError);
});

test('A text is not taken for safetensors because of a brace at the ninth byte', async () => {
  const text = new TextEncoder().encode('{"a": 1,{"format": "layers-model"}');
  await expect(createClassifier({ weights: text })).rejects.toMatchObject({
    code: expect.stringMatching(/^WEIGHTS_/),
    message: expect.stringContaining('model.json'),
  });
});
