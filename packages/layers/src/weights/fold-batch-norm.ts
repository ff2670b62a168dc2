// Folds batch norm into the convolution before it: w' = w * gamma / sqrt(variance + epsilon), b' = beta + (b - mean) * the same.

import type { BatchNormDescription, LayerDescription, NetworkDescription } from '../describe.ts';
import { SsdliteError } from '../error.ts';
import { weightOf } from './kernel-layout.ts';
import type { Weights, WeightTensor } from './weights.ts';

/**
 * Weights as inference runs them: `NAME/kernel` and `NAME/bias` for every normalised layer, in the order of `foldedWeights`.
 *
 * What is folded already (a layer without its four batch norm vectors, but with a bias) is passed on as it is. Arithmetic is float64.
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` if a tensor is missing or vectors have not one number per output channel
 * @example
 * const folded = foldBatchNorm(describe(network), trained);
 */
export function foldBatchNorm(description: Pick<NetworkDescription, 'layers'>, weights: Weights): Weights {
  const folded = new Map<string, WeightTensor>();
  for (const layer of description.layers) {
    const tensors = layer.batchNorm ? normalizedLayer(layer, layer.batchNorm, weights) : undefined;
    for (const { name } of layer.weights) folded.set(name, tensors?.get(name) ?? weightOf(weights, name));
    const biasName = `${layer.name}/bias`;
    const bias = tensors?.get(biasName);
    if (bias) folded.set(biasName, bias);
  }
  return folded;
}

function normalizedLayer(
  layer: LayerDescription,
  batchNorm: BatchNormDescription,
  weights: Weights,
): Map<string, WeightTensor> {
  const kernelName = `${layer.name}/kernel`;
  const biasName = `${layer.name}/bias`;
  const kernel = weightOf(weights, kernelName);
  const vectors = [...batchNorm.trainable, ...batchNorm.statistics].map(({ name }) => name);
  if (weights.has(biasName) && !vectors.some((name) => weights.has(name))) {
    return new Map([
      [kernelName, kernel],
      [biasName, weightOf(weights, biasName)],
    ]);
  }
  const channels = layer.outputShape.at(-1) ?? 0;
  const vector = (name: string): Float32Array => {
    const { shape, data } = weightOf(weights, name);
    if (shape.length === 1 && data.length === channels) return data;
    throw new SsdliteError('WEIGHTS_MISMATCH', `'${name}' has the shape [${shape.join(', ')}].`, {
      value: shape,
      next: `Layer '${layer.name}' needs [${channels}].`,
    });
  };
  const [gamma = [], beta = [], mean = [], variance = []] = vectors.map(vector);
  const ownBias = weights.has(biasName) ? vector(biasName) : undefined;
  const factors = new Float64Array(channels);
  const bias = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const factor = (gamma[c] ?? 0) / Math.sqrt((variance[c] ?? 0) + batchNorm.epsilon);
    factors[c] = factor;
    bias[c] = (beta[c] ?? 0) + ((ownBias?.[c] ?? 0) - (mean[c] ?? 0)) * factor;
  }
  return new Map([
    [kernelName, { shape: kernel.shape, data: scaleChannels(kernel, factors) }],
    [biasName, { shape: [channels], data: bias }],
  ]);
}

/** Output channels are the last axis, or the last but one of a depthwise kernel `[h, w, channels, 1]`: the fastest either way. */
function scaleChannels({ data }: WeightTensor, factors: Float64Array): Float32Array {
  const scaled = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += factors.length) {
    for (let c = 0; c < factors.length; c++)
      scaled[at + c] = (data[at + c] as number) * (factors[c] as number);
  }
  return scaled;
}
