// What of a network's weights is trained, what is measured, and what is held small.

import {
  describe,
  foldBatchNorm,
  type LayerDescription,
  type Network,
  SsdliteError,
  type Weights,
} from '@ssdlite/layers';
import type { BatchNormStatistics } from './pass.ts';

/** A tensor that follows its gradient. */
export interface TrainedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether L2 holds it small. */
  readonly isRegularized: boolean;
}

/** The tensors of the layers that are trained. */
export interface TrainedTensors {
  readonly trained: readonly TrainedTensor[];
  /** Moving means and variances; none if batch norm is frozen. */
  readonly statistics: readonly string[];
}

/**
 * Lists what is trained.
 *
 * L2 is on all ordinary kernels and on the depthwise ones outside of the backbone, as in TF-OD's SSDLite; never on vectors.
 */
export function trainedTensors(
  network: Network,
  options: {
    readonly trainedLayers: ReadonlySet<string>;
    readonly backbone: ReadonlySet<string>;
    readonly statistics: BatchNormStatistics;
  },
): TrainedTensors {
  const { trainedLayers, backbone, statistics } = options;
  const layers = describe(network).layers.filter(({ name }) => trainedLayers.has(name));
  const trained = layers.flatMap((layer): TrainedTensor[] => {
    const own = layer.weights.map(({ name, shape }) => {
      const isKernel = name === `${layer.name}/kernel`;
      const isExempt = layer.kind === 'DepthwiseConv2D' && backbone.has(layer.name);
      return { name, shape, isRegularized: isKernel && !isExempt };
    });
    return [...own, ...normalization(layer, statistics).map((spec) => ({ ...spec, isRegularized: false }))];
  });
  const measured =
    statistics === 'frozen'
      ? []
      : layers.flatMap(({ batchNorm }) => batchNorm?.statistics.map(({ name }) => name) ?? []);
  return { trained, statistics: measured };
}

/** gamma and beta; or, folded, the bias that they become. */
function normalization({ name, weights, batchNorm }: LayerDescription, statistics: BatchNormStatistics) {
  if (!batchNorm) return [];
  if (statistics === 'batch') return batchNorm.trainable;
  const bias = `${name}/bias`;
  const [gamma] = batchNorm.trainable;
  return weights.some((weight) => weight.name === bias) || !gamma ? [] : [{ name: bias, shape: gamma.shape }];
}

/**
 * Weights in the form in which they are trained: the trained layers with batch norm's four vectors (statistics `batch`), all others folded.
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` if a tensor is missing; folded weights have no batch norm to train (`restoreBatchNorm`)
 */
export function weightsForTraining(
  network: Network,
  options: {
    readonly weights: Weights;
    readonly trainedLayers: ReadonlySet<string>;
    readonly statistics: BatchNormStatistics;
  },
): Weights {
  const { weights, trainedLayers, statistics } = options;
  const isKept = ({ name }: LayerDescription): boolean => statistics === 'batch' && trainedLayers.has(name);
  const { layers } = describe(network);
  const folded = foldBatchNorm({ layers: layers.filter((layer) => !isKept(layer)) }, weights);
  const kept = layers.filter(isKept).flatMap((layer) => {
    const { batchNorm } = layer;
    const specs = [...layer.weights, ...(batchNorm?.trainable ?? []), ...(batchNorm?.statistics ?? [])];
    return specs.map(({ name }) => {
      const tensor = weights.get(name);
      if (tensor) return [name, tensor] as const;
      throw new SsdliteError(
        'WEIGHTS_MISMATCH',
        `The weights have no tensor '${name}', which batch norm is trained with.`,
        {
          value: name,
          next: "Restore it with restoreBatchNorm, or train with batchNorm.statistics 'frozen'.",
        },
      );
    });
  });
  return new Map([...folded, ...kept]);
}
