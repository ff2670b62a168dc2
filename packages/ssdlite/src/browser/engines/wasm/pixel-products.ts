// Convolutions of single pixels on TensorFlow.js' WebAssembly backend, by a function of our own over kernels that lie in its memory as
// they came: int8 numbers and their scales, or float32.

import type { PixelProducts } from '@ssdlite/layers/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { pixelProduct } from './pixel-product.ts';

/** Pixels whose numbers are worked on together, so that they stay in the processor's cache from column to column. */
const mostPixels = 512;

/**
 * Undefined where XNNPACK does better: with threads, and without fused multiply-adds.
 *
 * @param backend of any program; its memory is that which its module exports
 */
export function pixelProducts(backend: BackendWasm): PixelProducts | undefined {
  const { asm } = backend.wasm as { readonly asm?: { readonly memory?: unknown } };
  const memory = asm?.memory;
  // Memory that threads share is not exported.
  if (!(memory instanceof WebAssembly.Memory)) return undefined;
  let multiply: ReturnType<typeof pixelProduct>;
  try {
    multiply = pixelProduct(memory);
  } catch {
    return undefined;
  }
  const allocate = (length: number) => backend.makeOutput([length], 'float32');
  return {
    minOutputs: 8,
    uploadInt8({ values, scales }) {
      const kernel = allocate(scales.length + Math.ceil(values.length / 4));
      const address = backend.getMemoryOffset(kernel.dataId);
      // Only now: it is another buffer once memory has grown.
      new Float32Array(memory.buffer, address).set(scales);
      new Int8Array(memory.buffer, address + scales.byteLength).set(values);
      return kernel;
    },
    multiply({ x, kernel, isInt8, bias, inputs, outputs, activation }) {
      const shape = x.shape.slice(0, -1);
      const out = backend.makeOutput([...shape, outputs], 'float32');
      const panel = allocate(8 * inputs);
      const [from, to, weights] = [x, out, kernel].map(({ dataId }) => backend.getMemoryOffset(dataId)) as [
        number,
        number,
        number,
      ];
      const count = shape.reduce((product, side) => product * side, 1);
      for (let first = 0; first < count; first += mostPixels) {
        multiply({
          x: from + 4 * first * inputs,
          // The scales of an int8 kernel come first.
          scales: isInt8 ? weights : 0,
          values: isInt8 ? weights + 4 * Math.ceil(inputs / 32) * outputs : weights,
          bias: backend.getMemoryOffset(bias.dataId),
          out: to + 4 * first * outputs,
          panel: backend.getMemoryOffset(panel.dataId),
          pixels: Math.min(mostPixels, count - first),
          inputs,
          outputs,
          low: activation === 'relu6' ? 0 : Number.NEGATIVE_INFINITY,
          high: activation === 'relu6' ? 6 : Number.POSITIVE_INFINITY,
        });
      }
      backend.disposeData(panel.dataId);
      return out;
    },
  };
}
