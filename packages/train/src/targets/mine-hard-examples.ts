// Which anchors of a picture count: the positives, and the negatives that go most wrong (TF-OD core/losses.py, HardExampleMiner).

import { decodeBoxes } from 'ssdlite';
import type { HardNegativesConfig } from '../trainer-config.ts';
import type { Targets } from './assign-targets.ts';
import { suppressNearlyEqual } from './suppress-nearly-equal.ts';

/** TF-OD's for ssdlite_mobilenet_v2_coco. */
export const tfOdHardNegatives: HardNegativesConfig = {
  perPositive: 3,
  atLeast: 3,
  iouThreshold: 0.99,
  most: 3000,
};

/**
 * Chooses the anchors of one picture that count in both losses.
 *
 * In order of falling loss, anchors whose boxes are nearly those of a worse one go; of the rest all positives stay, and negatives up
 * to `perPositive` times the positives that are left. A positive can go too.
 *
 * @param options.losses `[anchors]`, classification loss
 * @param options.codes `[anchors, 4]`, predicted; decoded without clipping
 * @returns anchors in the order of falling loss
 */
export function mineHardExamples(options: {
  readonly losses: Float32Array;
  readonly codes: Float32Array;
  readonly anchors: Float32Array;
  readonly targets: Targets;
  readonly config: HardNegativesConfig;
}): Int32Array {
  const { losses, codes, anchors, targets, config } = options;
  // Ties go to the lower anchor: sorting is stable.
  const order = Int32Array.from(losses, (_, anchor) => anchor).sort(
    (a, b) => (losses[b] as number) - (losses[a] as number) || a - b,
  );
  const boxes = config.iouThreshold < 1 ? decodeBoxes(codes, anchors) : undefined;
  const kept = boxes ? suppressNearlyEqual(boxes, { order, ...config }) : order.subarray(0, config.most);
  const isPositive = new Uint8Array(losses.length);
  for (const anchor of targets.positives) isPositive[anchor] = 1;
  let positives = 0;
  for (const anchor of kept) positives += isPositive[anchor] as number;
  let room = Math.max(config.atLeast, Math.trunc(config.perPositive * positives));
  return kept.filter((anchor) => isPositive[anchor] === 1 || room-- > 0);
}
