// The shipped weights against the package that they come from: the same bytes again, the same scores, and what the encoding costs.

import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { cocoWeights } from '@ssdlite/coco-weights';
import { createDetector, manifestText, type NodeDetector } from 'ssdlite/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { photos as samplePhotos } from '../photos.ts';
import { loadGraphModel } from './graph-model.ts';
import { importCocoWeights } from './import-coco-weights.mjs';

/** Fifty pictures that are not in the repository; without them the sample photos have to do. */
const manyPhotos = new URL('../../../shared/data/coco-train50/images/', import.meta.url);
const hasMany = existsSync(manyPhotos);
if (!hasMany)
  process.stderr.write(
    `coco-weights: ${fileURLToPath(manyPhotos)} is absent, measured on the sample photos.\n`,
  );
const photos = hasMany
  ? readdirSync(manyPhotos).map((name) => fileURLToPath(new URL(name, manyPhotos)))
  : samplePhotos;

/** The logit of a score of 0.1. */
const logitOfTenth = Math.log(0.1 / 0.9);

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

test('the shipped files are what the import makes, byte for byte', async () => {
  const { manifest, bytes } = await importCocoWeights();
  expect(await readFile(cocoWeights.manifest, 'utf8')).toBe(manifestText(manifest));
  expect(Buffer.compare(await readFile(cocoWeights.weights), bytes)).toBe(0);
  expect(bytes.length).toBeLessThanOrEqual(5_100_000);
});

describe('on photos', () => {
  let original: NodeDetector;

  beforeAll(async () => {
    original = await createDetector({ weights: await importCocoWeights({ encoding: 'float32' }) });
    return () => original.dispose();
  });

  test('float32 weights give the scores of the graph model', async () => {
    const graphModel = await loadGraphModel();
    let worst = 0;
    for (const photo of samplePhotos.slice(0, 4)) {
      const expected = await graphModel(photo);
      const { logits } = await original.predict(photo);
      expect(logits.length).toBe(expected.length);
      for (const [index, logit] of logits.entries()) {
        worst = Math.max(worst, Math.abs(sigmoid(logit) - sigmoid(expected[index] ?? Number.NaN)));
      }
    }
    expect(worst).toBeLessThan(1e-4);
  });

  test('the shipped weights stay within a fidelity of 0.06', async () => {
    const shipped = await createDetector();
    let sum = 0;
    let count = 0;
    for (const photo of photos) {
      const [a, b] = [await original.predict(photo), await shipped.predict(photo)];
      for (const [index, logit] of a.logits.entries()) {
        if (index % 91 === 0 || logit < logitOfTenth) continue;
        sum += (logit - (b.logits[index] ?? 0)) ** 2;
        count++;
      }
    }
    await shipped.dispose();
    const fidelity = Math.sqrt(sum / count);
    expect(fidelity).toBeLessThan(0.06);
  });
});
