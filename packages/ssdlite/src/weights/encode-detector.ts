// From a detector's weights in memory and its facts to a weights file and its manifest.

import {
  describe,
  encodeWeights,
  type NetworkDescription,
  type WeightEncoding,
  type Weights,
  writeSafetensors,
} from '@ssdlite/layers';
import { ssdNetwork } from '../network/ssd-network.ts';
import { type Manifest, manifestFormat, parseManifest, type ScoreConverter } from './manifest.ts';
import { sha256 } from './sha256.ts';

/** What a manifest says besides what follows from the weights file itself. */
export type DetectorFacts = Omit<
  Manifest,
  'format' | 'kind' | 'weights' | 'preprocessing' | 'scoreConverter'
> & {
  /** Default `sigmoid`. */
  readonly scoreConverter?: ScoreConverter;
};

/** A weights file and its manifest, ready for `writeDetectorWeights` and `loadDetectorWeights`. */
export interface EncodedDetector {
  readonly manifest: Manifest;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Writes a detector's weights as a safetensors file, named after the facts, with its manifest. Box heads stay float16 in `hybrid`.
 *
 * @param weights with batch norm folded: `foldedWeights` of the facts' architecture
 * @throws SsdliteError `INVALID_ARGUMENT` for an unknown encoding, `WEIGHTS_DAMAGED` for facts that no manifest may state
 * @example
 * const encoded = await encodeDetector(weights, { ...manifest, name: 'mine' }, 'float16');
 * await writeDetectorWeights('weights', encoded);
 */
export async function encodeDetector(
  weights: Weights,
  facts: DetectorFacts,
  encoding: WeightEncoding,
): Promise<EncodedDetector> {
  const { name, architecture, labels, metrics, levels, thresholds, source, licence, notes } = facts;
  const description = describe(ssdNetwork(architecture));
  const tensors = encodeWeights(weights, {
    encoding,
    description,
    float16Layers: float16Layers(description),
  });
  const bytes = writeSafetensors({ tensors, metadata: { format: manifestFormat, name } });
  const manifest: Manifest = {
    format: manifestFormat,
    kind: 'detector',
    name,
    architecture,
    labels,
    weights: { file: `${name}.safetensors`, bytes: bytes.length, sha256: await sha256(bytes), encoding },
    preprocessing: { range: [-1, 1], resize: 'bilinear-tf1' },
    scoreConverter: facts.scoreConverter ?? 'sigmoid',
    metrics,
    ...(levels && { levels }),
    ...(thresholds && { thresholds }),
    ...(source && { source }),
    ...(licence !== undefined && { licence }),
    notes,
  };
  // Through JSON and back: what is written is what would be read.
  return { manifest: parseManifest(JSON.parse(JSON.stringify(manifest))), bytes };
}

/** Layers that `hybrid` keeps in float16 besides those that it always does: the box heads, where int8 would move boxes. */
export function float16Layers({ layers }: Pick<NetworkDescription, 'layers'>): string[] {
  return layers.map((layer) => layer.name).filter((layer) => layer.startsWith('box_head_'));
}
