// Convolutions of single pixels on WebGL: a product of matrices, over packed textures as they lie.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvolutionInputs, runConvolution } from './packed-shader.ts';

/** Two channels of two pixels, to two channels. */
const step = (ahead: number): string => `
      {
        vec4 pixels = xTexel(row, i + ${ahead});
        vec4 weights = kernelTexel(i + ${ahead}, column);
        sum += pixels.xxzz * weights.xyxy;
        sum += pixels.yyww * weights.zwzw;
      }`;

// Going round costs as much as a step.
const code = `
    int i = 0;
    for (; i + 3 < xColumns; i += 4) {${[0, 1, 2, 3].map(step).join('')}
    }
    for (; i < xColumns; i++) {${step(0)}
    }`;

/**
 * @param inputs kernel: `[1, 1, channels, out]`
 * @returns `[n, h, w, out]`
 */
export function pointwiseConvolution(
  backend: MathBackendWebGL,
  inputs: ConvolutionInputs,
  activation: string,
): TensorInfo {
  const outputShape = [...inputs.x.shape.slice(0, 3), inputs.kernel.shape[3] ?? 1];
  return runConvolution(backend, inputs, { outputShape, uniforms: {}, activation, code });
}
