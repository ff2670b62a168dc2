// How wrong the logits of an anchor are: sigmoid cross-entropy, focal loss, softmax cross-entropy; and their slopes.

import type { LossConfig } from '../trainer-config.ts';

/** The logits of one anchor: `columns` numbers from `at` on. */
export interface AnchorLogits {
  readonly logits: Float32Array;
  readonly at: number;
  readonly columns: number;
  /** The column that should be 1; -1 for none. */
  readonly target: number;
}

/** A loss over the columns of an anchor. */
export interface ClassificationLoss {
  loss(anchor: AnchorLogits): number;
  /** Writes d loss / d logits times `factor` over the same places of `into`. */
  gradient(anchor: AnchorLogits, factor: number, into: Float32Array): void;
}

/** The loss that a configuration names. */
export function classificationLoss(config: LossConfig): ClassificationLoss {
  switch (config.classification) {
    case 'sigmoid':
      return sigmoidCrossEntropy;
    case 'softmax':
      return softmaxCrossEntropy;
    case 'focal':
      return focalLoss(config);
  }
}

/** Sum over the columns of max(x, 0) - x * target + log(1 + exp(-|x|)). */
const sigmoidCrossEntropy: ClassificationLoss = {
  loss({ logits, at, columns, target }) {
    let sum = 0;
    // One logarithm of a product instead of a sum of logarithms: factors are between 1 and 2, so 512 of them fit in a float64.
    let product = 1;
    for (let i = 0; i < columns; i++) {
      const x = logits[at + i] as number;
      if (x > 0) {
        sum += x;
        product *= 1 + Math.exp(-x);
      } else {
        product *= 1 + Math.exp(x);
      }
      if ((i & 511) === 511) {
        sum += Math.log(product);
        product = 1;
      }
    }
    sum += Math.log(product);
    return target < 0 ? sum : sum - (logits[at + target] as number);
  },
  gradient({ logits, at, columns, target }, factor, into) {
    for (let i = 0; i < columns; i++) into[at + i] = factor * sigmoid(logits[at + i] as number);
    if (target >= 0) into[at + target] = factor * (sigmoid(logits[at + target] as number) - 1);
  },
};

/** Logarithm of the sum of exponentials, minus the target's logit (torchvision's for SSDLite). */
const softmaxCrossEntropy: ClassificationLoss = {
  loss(anchor) {
    const { logits, at, target } = anchor;
    const { largest, sum } = exponentials(anchor);
    return Math.log(sum) + largest - (logits[at + target] as number);
  },
  gradient(anchor, factor, into) {
    const { logits, at, columns, target } = anchor;
    const { largest, sum } = exponentials(anchor);
    for (let i = 0; i < columns; i++) {
      const probability = Math.exp((logits[at + i] as number) - largest) / sum;
      into[at + i] = factor * (probability - (i === target ? 1 : 0));
    }
  },
};

/** Sum over the columns of (1 - p_t)^gamma * alpha_t * cross-entropy (Lin et al. 2017; TF-OD's SigmoidFocalClassificationLoss). */
function focalLoss({ focalAlpha: alpha, focalGamma: gamma = 2 }: LossConfig): ClassificationLoss {
  const share = (isTarget: boolean): number => (alpha === undefined ? 1 : isTarget ? alpha : 1 - alpha);
  const [targetShare, otherShare] = [share(true), share(false)];
  return {
    loss({ logits, at, columns, target }) {
      let sum = 0;
      for (let i = 0; i < columns; i++) {
        // With z the logit of being right, p_t = sigmoid(z).
        const isTarget = i === target;
        const z = isTarget ? (logits[at + i] as number) : -(logits[at + i] as number);
        sum += (isTarget ? targetShare : otherShare) * sigmoid(-z) ** gamma * softplus(-z);
      }
      return sum;
    },
    gradient({ logits, at, columns, target }, factor, into) {
      for (let i = 0; i < columns; i++) {
        const isTarget = i === target;
        const z = isTarget ? (logits[at + i] as number) : -(logits[at + i] as number);
        const wrong = sigmoid(-z);
        // d/dz of wrong^gamma * softplus(-z)
        const slope = -(wrong ** gamma) * (wrong + gamma * (1 - wrong) * softplus(-z));
        into[at + i] = factor * (isTarget ? targetShare * slope : -otherShare * slope);
      }
    },
  };
}

function exponentials({ logits, at, columns }: AnchorLogits): { largest: number; sum: number } {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < columns; i++) largest = Math.max(largest, logits[at + i] as number);
  let sum = 0;
  for (let i = 0; i < columns; i++) sum += Math.exp((logits[at + i] as number) - largest);
  return { largest, sum };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** log(1 + exp(x)) */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
