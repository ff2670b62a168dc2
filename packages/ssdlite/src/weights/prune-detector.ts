// A detector without its dead channels.

import {
  type PruneOptions,
  type PruneResult,
  pruneNetwork,
  SsdliteError,
  type WeightEncoding,
} from '@ssdlite/layers';
import { ssdNetwork } from '../network/ssd-network.ts';
import { type DetectorFacts, type EncodedDetector, encodeDetector } from './encode-detector.ts';
import type { DetectorWeights } from './load-weights.ts';

export interface PruneDetectorOptions extends PruneOptions {
  /** Name of the weights and of their files. Default: the old one and `-pruned`. */
  readonly name?: string;
  /**
   * Default `float32`, which keeps the outputs. `hybrid` rounds int8 kernels anew, because channels that shared a scale are gone, and
   * changes outputs as int8 does.
   */
  readonly encoding?: WeightEncoding;
}

export interface PrunedDetector extends EncodedDetector {
  /** What was taken out of which convolution. */
  readonly pruned: PruneResult<never>['pruned'];
  /** For one picture. */
  readonly multiplyAdds: PruneResult<never>['multiplyAdds'];
}

/**
 * Takes dead channels out of a detector: what is left finds the same (see `pruneNetwork`). The manifest carries what is gone, so that the
 * files load wherever others do.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for weights that were pruned before
 * @example
 * const { manifest, bytes, multiplyAdds } = await pruneDetector(await readDetectorWeights());
 */
export async function pruneDetector(
  { manifest, weights }: DetectorWeights,
  options: PruneDetectorOptions = {},
): Promise<PrunedDetector> {
  const { name = `${manifest.name}-pruned`, encoding = 'float32', ...limits } = options;
  const { architecture, notes } = manifest;
  if (architecture.pruned) {
    throw new SsdliteError('INVALID_ARGUMENT', `The weights '${manifest.name}' are pruned already.`, {
      value: manifest.name,
      next: 'Prune the weights that they were made from.',
    });
  }
  const { pruned, weights: left, multiplyAdds } = pruneNetwork(ssdNetwork(architecture), weights, limits);
  const saved = (1 - multiplyAdds.after / multiplyAdds.before) * 100;
  const facts: DetectorFacts = {
    ...manifest,
    name,
    architecture: { ...architecture, ...(Object.keys(pruned).length > 0 && { pruned }) },
    // What was measured holds for the same numbers only.
    metrics: encoding === 'float32' ? manifest.metrics : [],
    notes: [...notes, `Pruned: dead channels are taken out, ${saved.toFixed(1)} % of the multiply-adds.`],
  };
  return { ...(await encodeDetector(left, facts, encoding)), pruned, multiplyAdds };
}
