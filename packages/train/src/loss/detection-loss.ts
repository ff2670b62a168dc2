// The loss of a batch and its gradients with respect to the network's outputs (TF-OD meta_architectures/ssd_meta_arch.py, loss).

import type { Targets } from '../targets/assign-targets.ts';
import { mineHardExamples, tfOdHardNegatives } from '../targets/mine-hard-examples.ts';
import type { LossConfig } from '../trainer-config.ts';
import { type AnchorLogits, classificationLoss } from './classification-loss.ts';
import { smoothL1, smoothL1Gradient } from './smooth-l1.ts';

/** TF-OD's for ssdlite_mobilenet_v2_coco. */
export const tfOdLoss: LossConfig = { classification: 'sigmoid', hardNegatives: tfOdHardNegatives };

/** What the network put out for a batch. */
export interface BatchPredictions {
  /** `[batch, anchors, 4]`: ty, tx, th, tw. */
  readonly boxes: Float32Array;
  /** `[batch, anchors, columns]`. */
  readonly logits: Float32Array;
}

export interface DetectionLoss {
  readonly classification: number;
  readonly localization: number;
  /** Anchors matched to a box, in the whole batch. */
  readonly positives: number;
  /** Anchors that count, per picture. */
  readonly selected: readonly Int32Array[];
  /** d (classification + localization) / d output; the choice of anchors is a constant. */
  readonly gradients: Readonly<Record<'boxes' | 'logits', Float32Array>>;
}

/**
 * Judges a batch. Both losses are sums over the anchors that count, divided by the weight of all matched anchors of the batch (before
 * any are left out by mining), or by 1.
 *
 * @param options.targets one per picture
 * @param options.anchors `[anchors, 4]`, corners (ymin, xmin, ymax, xmax)
 */
export function detectionLoss(
  { boxes, logits }: BatchPredictions,
  options: {
    readonly targets: readonly Targets[];
    readonly anchors: Float32Array;
    readonly config: LossConfig;
  },
): DetectionLoss {
  const { targets, anchors, config } = options;
  const count = anchors.length / 4;
  const columns = logits.length / (targets.length * count);
  const { classificationWeight = 1, localizationWeight = 1, smoothL1Delta: delta = 1 } = config;
  const matched = targets.reduce((sum, { weights }) => sum + total(weights), 0);
  const normalizer = Math.max(matched, 1);
  const ofClasses = classificationLoss(config);
  const classShare = classificationWeight / normalizer;
  const boxShare = localizationWeight / normalizer / (config.normalizeByCodeSize ? 4 : 1);
  const gradients = { boxes: new Float32Array(boxes.length), logits: new Float32Array(logits.length) };
  let classification = 0;
  let localization = 0;
  const selected = targets.map((target, image) => {
    const first = image * count;
    const isPositive = new Map(Array.from(target.positives, (anchor, index) => [anchor, index]));
    const weightOf = (anchor: number): number => {
      const index = isPositive.get(anchor);
      return index === undefined ? 1 : (target.weights[index] as number);
    };
    const logitsOf = (anchor: number): AnchorLogits => {
      const column = target.columns[anchor] as number;
      const noTarget = column === 0 && config.backgroundAsZeros === true;
      return { logits, at: (first + anchor) * columns, columns, target: noTarget ? -1 : column };
    };
    const losses = new Float32Array(count);
    for (let anchor = 0; anchor < count; anchor++) {
      losses[anchor] = ofClasses.loss(logitsOf(anchor)) * weightOf(anchor);
    }
    const chosen = config.hardNegatives
      ? mineHardExamples({
          losses,
          codes: boxes.subarray(first * 4, (first + count) * 4),
          anchors,
          targets: target,
          config: config.hardNegatives,
        })
      : Int32Array.from(losses, (_, anchor) => anchor);
    for (const anchor of chosen) {
      classification += (losses[anchor] as number) * classShare;
      ofClasses.gradient(logitsOf(anchor), weightOf(anchor) * classShare, gradients.logits);
      const index = isPositive.get(anchor);
      if (index === undefined) continue;
      const factor = boxShare * weightOf(anchor);
      for (let i = 0; i < 4; i++) {
        const at = (first + anchor) * 4 + i;
        const difference = (boxes[at] as number) - (target.codes[index * 4 + i] as number);
        localization += smoothL1(difference, delta) * factor;
        gradients.boxes[at] = smoothL1Gradient(difference, delta) * factor;
      }
    }
    return chosen;
  });
  const positives = targets.reduce((sum, target) => sum + target.positives.length, 0);
  return { classification, localization, positives, selected, gradients };
}

function total(numbers: Float32Array): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
