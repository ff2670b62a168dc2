// Convolutions as TensorFlow.js' kernels, with shaders of our own where they are depthwise or of single pixels.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import { fusedConv2DConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/FusedConv2D.js';
import {
  backend_util,
  type FusedConv2DAttrs,
  type FusedConv2DInputs,
  type KernelConfig,
  type KernelFunc,
} from '@tensorflow/tfjs-core';
import { depthwiseConvolution } from './depthwise-convolution.ts';
import type { ConvolutionInputs } from './packed-shader.ts';
import { pointwiseConvolution } from './pointwise-convolution.ts';

/** `FusedConv2D`. */
export const conv2dKernel: KernelConfig = {
  ...fusedConv2DConfig,
  kernelFunc(call) {
    const { inputs, info, activation, backend } = callOf(call);
    const { filterHeight, filterWidth, strideHeight, padInfo } = info;
    const isPointwise = [filterHeight, filterWidth, strideHeight].every((size) => size === 1);
    if (!isPointwise || padInfo.bottom > 0) return fusedConv2DConfig.kernelFunc(call);
    return pointwiseConvolution(backend, inputs, activation);
  },
};

/** `FusedDepthwiseConv2D`, of a kernel a channel. */
export const depthwiseConv2dKernel: KernelConfig = {
  kernelName: 'FusedDepthwiseConv2D',
  backendName: 'webgl',
  kernelFunc(call) {
    const { inputs, info, activation, backend } = callOf(call, { depthwise: true });
    return depthwiseConvolution(backend, inputs, { info, activation });
  },
};

interface ConvolutionCall {
  readonly inputs: ConvolutionInputs;
  readonly info: backend_util.Conv2DInfo;
  readonly activation: string;
  readonly backend: MathBackendWebGL;
}

function callOf(call: Parameters<KernelFunc>[0], { depthwise = false } = {}): ConvolutionCall {
  const { x, filter: kernel, bias } = call.inputs as FusedConv2DInputs;
  const { strides, pad, dilations, activation } = call.attrs as unknown as FusedConv2DAttrs;
  type Shape = [number, number, number, number];
  return {
    inputs: { x, kernel, bias },
    info: backend_util.computeConv2DInfo(
      x.shape as Shape,
      kernel.shape as Shape,
      strides,
      dilations,
      pad,
      'floor',
      depthwise,
    ),
    activation,
    backend: call.backend as MathBackendWebGL,
  };
}
