// Where padding is decided, once for all interpreters.

import type { Padding } from './layers.ts';

/** Output size of one axis, and the zeros before and after it. */
export interface AxisPadding {
  readonly output: number;
  readonly before: number;
  readonly after: number;
}

/**
 * Padding of one axis (height or width), in pixels.
 *
 * `same` is TensorFlow's rule: output = ceil(input / stride), total = max((output - 1) * stride + kernel - input, 0), the smaller
 * half before. So at stride 2 an even size is padded (0, 1) and an odd one (1, 1).
 *
 * @example
 * padAxis({ input: 300, kernelSize: 3, strides: 2, padding: 'same' }); // { output: 150, before: 0, after: 1 }
 */
export function padAxis(options: {
  readonly input: number;
  readonly kernelSize: number;
  readonly strides: number;
  readonly padding: Padding;
}): AxisPadding {
  const { input, kernelSize, strides, padding } = options;
  const [before, after] = zeros(input, kernelSize, strides, padding);
  const output = Math.floor((input + before + after - kernelSize) / strides) + 1;
  return { output, before, after };
}

function zeros(input: number, kernelSize: number, strides: number, padding: Padding): [number, number] {
  switch (padding) {
    case 'valid':
      return [0, 0];
    case 'symmetric':
      return [Math.floor(kernelSize / 2), Math.floor(kernelSize / 2)];
    case 'bottom-right':
      return [0, 1];
    case 'same': {
      const output = Math.ceil(input / strides);
      const total = Math.max((output - 1) * strides + kernelSize - input, 0);
      const before = Math.floor(total / 2);
      return [before, total - before];
    }
  }
}
