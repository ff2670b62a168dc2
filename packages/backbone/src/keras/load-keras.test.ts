// Models that Keras saved, in every form, answer as they answer in Keras.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe as describeNetwork, foldBatchNorm } from '@ssdlite/layers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifierNetwork } from '../classifier-network.ts';
import { requireHead } from '../classifier-weights.ts';
import { runOnnx, runTfjs } from '../fixtures/run-network.ts';
import { loadKeras } from './load-keras.ts';

const read = (name: string): Uint8Array =>
  new Uint8Array(gunzipSync(readFileSync(new URL(`../fixtures/keras-files/${name}.gz`, import.meta.url))));

/** Pixels of a 32 x 32 picture, 0 to 255. */
const pixels = Float32Array.from({ length: 32 * 32 * 3 }, (_, index) => (index * 37) % 256);

/** What `model.predict` of Keras gave for these pixels. */
const answers: [file: string, probabilities: [number, number, number]][] = [
  ['keras2.h5', [0.0018770966, 0.361920476, 0.6362023354]],
  ['keras2.keras', [0.0018770966, 0.361920476, 0.6362023354]],
  ['keras2.weights.h5', [0.0018770966, 0.361920476, 0.6362023354]],
  ['keras2-v1.h5', [0.3488258719, 0.3651787639, 0.2859954238]],
  ['keras3.h5', [0.0018770694, 0.3619062006, 0.6362167597]],
  ['keras3.keras', [0.0018770694, 0.3619062006, 0.6362167597]],
  ['keras3.weights.h5', [0.0018770694, 0.3619062006, 0.6362167597]],
  ['keras3-v1.h5', [0.3664365709, 0.3250142932, 0.3085491657]],
];

describe.each(answers)('%s', (file, expected) => {
  test('gives the probabilities that Keras gives, on both interpreters', async () => {
    const loaded = await loadKeras({ bytes: read(file), inputSize: { height: 32, width: 32 } });
    const { config, weights, normalization } = requireHead(loaded);
    expect(config).toMatchObject({ classes: 3, inputSize: { height: 32, width: 32 } });
    const network = classifierNetwork(config);
    const image = pixels.map(
      (value, index) =>
        value * (normalization.scale[index % 3] as number) + (normalization.shift[index % 3] as number),
    );
    const folded = foldBatchNorm(describeNetwork(network), weights);
    for (const run of [runTfjs, runOnnx]) {
      const { probabilities = [] } = await run({ network, weights: folded, image, batch: 1 });
      for (const [index, probability] of expected.entries()) {
        // Keras' own versions differ by 1.5e-5 on these weights.
        expect(Math.abs((probabilities[index] ?? Number.NaN) - probability)).toBeLessThan(1e-4);
      }
    }
  });
});

describe('what cannot be read', () => {
  test.each([
    ['random bytes', Uint8Array.from({ length: 4096 }, (_, index) => (index * 97) % 251)],
    ['nothing', new Uint8Array()],
    ['JSON that is no model', new TextEncoder().encode('{"format": "graph-model"}')],
    ['an archive that is cut short', read('keras3.keras').subarray(0, 2000)],
    ['an HDF5 file that is cut short', read('keras2.h5').subarray(0, 20_000)],
  ])('%s is refused with a code and what to do', async (_, bytes) => {
    await expect(loadKeras({ bytes })).rejects.toMatchObject({
      name: 'SsdliteError',
      code: expect.stringMatching(/^WEIGHTS_/),
      next: expect.stringMatching(/\w/),
    });
  });

  test('an HDF5 file with a number that is none names the tensor', async () => {
    const bytes = Uint8Array.from(read('keras2.weights.h5'));
    // The first kernel of the head lies as plain float32 somewhere in the file: find it by its own bytes and damage it.
    const { weights } = requireHead(await loadKeras({ bytes, inputSize: { height: 32, width: 32 } }));
    const kernel = weights.get('predictions/kernel')?.data ?? new Float32Array();
    const needle = Buffer.from(kernel.buffer, kernel.byteOffset, 16);
    const at = Buffer.from(bytes.buffer).indexOf(needle);
    expect(at).toBeGreaterThan(0);
    new DataView(bytes.buffer).setFloat32(at, Number.NaN, true);
    await expect(loadKeras({ bytes, inputSize: { height: 32, width: 32 } })).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      message: expect.stringContaining('NaN'),
    });
  });

  test('a flipped byte anywhere in a header raises nothing but our own error, or is harmless', async () => {
    const bytes = read('keras2-v1.h5');
    await fc.assert(
      fc.asyncProperty(fc.nat(8191), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = (damaged[at] as number) ^ change;
        await loadKeras({ bytes: damaged }).catch((error: unknown) => {
          expect(error).toMatchObject({ name: 'SsdliteError' });
        });
      }),
      { numRuns: 40 },
    );
  });
});
