// The weights of a run that found most so far, as a detector takes them: one manifest, and the weights file that it names.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WeightEncoding, Weights } from '@ssdlite/layers';
import { type DetectorFacts, encodeDetector } from 'ssdlite';
import { manifestText } from 'ssdlite/node';
import { writeDurably } from './write-durably.ts';

/**
 * Puts weights into a folder in place of those that are there. The weights file has a name of its own and the manifest comes after it, so that
 * whatever moment the process ends at, the folder holds a whole pair.
 *
 * @param options.step of the run: part of the weights file's name
 * @throws SsdliteError `WRITE_FAILED`; the pair before is still there then
 */
export async function writeBestWeights(
  folder: string,
  options: {
    readonly facts: DetectorFacts;
    readonly weights: Weights;
    readonly step: number;
    readonly encoding: WeightEncoding;
  },
): Promise<{ readonly weights: string; readonly manifest: string; readonly bytes: number }> {
  const { facts, weights, step, encoding } = options;
  const { manifest, bytes } = await encodeDetector(weights, facts, encoding);
  const file = `${facts.name}-${step}.safetensors`;
  const weightsPath = join(folder, file);
  const manifestPath = join(folder, `${facts.name}.json`);
  await writeDurably(weightsPath, bytes);
  await writeDurably(manifestPath, manifestText({ ...manifest, weights: { ...manifest.weights, file } }));
  for (const name of await readdir(folder)) {
    if (name.endsWith('.safetensors') && name !== file) await rm(join(folder, name), { force: true });
  }
  return { weights: weightsPath, manifest: manifestPath, bytes: bytes.length };
}
