// Kernels between TensorFlow's layout and those of ONNX and PyTorch, and of TensorFlow Lite.

import { SsdliteError } from '../error.ts';
import { sizeOf, type Weights, type WeightTensor } from './weights.ts';

/** Side of the square blocks in which large kernels are transposed, so that reads and writes stay in the cache. */
const blockSize = 32;

/** `[h, w, in, out]` to `[out, in, h, w]`. */
export function hwioToOihw({ shape, data }: WeightTensor): WeightTensor {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape;
  const transposed = new Float32Array(sizeOf(shape));
  const window = height * width;
  for (let pixel = 0; pixel < window; pixel++) {
    for (let firstOutput = 0; firstOutput < outputs; firstOutput += blockSize) {
      const endOutput = Math.min(firstOutput + blockSize, outputs);
      for (let firstInput = 0; firstInput < inputs; firstInput += blockSize) {
        const endInput = Math.min(firstInput + blockSize, inputs);
        for (let output = firstOutput; output < endOutput; output++) {
          let from = (pixel * inputs + firstInput) * outputs + output;
          let to = (output * inputs + firstInput) * window + pixel;
          for (let input = firstInput; input < endInput; input++, from += outputs, to += window) {
            transposed[to] = data[from] as number;
          }
        }
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

/** `[h, w, in, out]` to `[out, h, w, in]`. */
export function hwioToOhwi({ shape, data }: WeightTensor): WeightTensor {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape;
  const rows = height * width * inputs;
  const { data: transposed } = hwioToOihw({ shape: [1, 1, rows, outputs], data });
  return { shape: [outputs, height, width, inputs], data: transposed };
}

/** `[out, in, h, w]` to `[h, w, in, out]`. */
export function oihwToHwio({ shape, data }: WeightTensor): WeightTensor {
  const [outputs = 1, inputs = 1, height = 1, width = 1] = shape;
  const transposed = new Float32Array(sizeOf(shape));
  const window = height * width;
  for (let output = 0, from = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let pixel = 0; pixel < window; pixel++, from++) {
        transposed[(pixel * inputs + input) * outputs + output] = data[from] as number;
      }
    }
  }
  return { shape: [height, width, inputs, outputs], data: transposed };
}

/** Depthwise `[channels, 1, h, w]` to `[h, w, channels, 1]`. */
export function depthwiseToHwio(tensor: WeightTensor): WeightTensor {
  const { shape, data } = oihwToHwio(tensor);
  const [height = 1, width = 1, , channels = 1] = shape;
  return { shape: [height, width, channels, 1], data };
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
