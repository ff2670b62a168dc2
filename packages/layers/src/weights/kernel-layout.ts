// Kernels between TensorFlow's layout and the one of ONNX and PyTorch.

import { SsdliteError } from '../error.ts';
import { sizeOf, type Weights, type WeightTensor } from './weights.ts';

/** `[h, w, in, out]` to `[out, in, h, w]`. */
export function hwioToOihw({ shape, data }: WeightTensor): WeightTensor {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape;
  const transposed = new Float32Array(sizeOf(shape));
  const window = height * width;
  for (let pixel = 0; pixel < window; pixel++) {
    for (let input = 0; input < inputs; input++) {
      const row = (pixel * inputs + input) * outputs;
      for (let output = 0, to = input * window + pixel; output < outputs; output++, to += inputs * window) {
        transposed[to] = data[row + output] as number;
      }
    }
  }
  return { shape: [outputs, inputs, height, width], data: transposed };
}

/** Depthwise `[h, w, channels, 1]` to `[channels, 1, h, w]`. */
export function depthwiseToOihw({ shape, data }: WeightTensor): WeightTensor {
  const [height = 1, width = 1, channels = 1] = shape;
  return hwioToOihw({ shape: [height, width, 1, channels], data });
}

/**
 * The tensor of a name.
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` if there is none
 */
export function weightOf(weights: Weights, name: string): WeightTensor {
  const tensor = weights.get(name);
  if (tensor) return tensor;
  throw new SsdliteError('WEIGHTS_MISMATCH', `The weights have no tensor '${name}'.`, {
    value: name,
    next: 'Use weights of this architecture, with batch norm folded (foldBatchNorm).',
  });
}
