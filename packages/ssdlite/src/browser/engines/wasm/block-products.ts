// Int8 kernels on TensorFlow.js' WebAssembly backend: they lie in its memory as they came, and are multiplied as they are.

import type { BlockProducts } from '@ssdlite/layers/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { pixelProduct } from './pixel-product.ts';

/**
 * Undefined where XNNPACK does better: with threads, and without fused multiply-adds.
 *
 * @param backend of any program; its memory is that which its module exports
 */
export function blockProducts(backend: BackendWasm): BlockProducts | undefined {
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
    upload({ values, scales }) {
      const kernel = allocate(scales.length + Math.ceil(values.length / 4));
      const address = backend.getMemoryOffset(kernel.dataId);
      // Only now: it is another buffer once memory has grown.
      new Float32Array(memory.buffer, address).set(scales);
      new Int8Array(memory.buffer, address + scales.byteLength).set(values);
      return kernel;
    },
    multiply({ x, kernel, bias, inputs, outputs, activation }) {
      const pixels = x.shape.slice(0, -1);
      const out = backend.makeOutput([...pixels, outputs], 'float32');
      const panel = allocate(8 * inputs);
      const scales = backend.getMemoryOffset(kernel.dataId);
      multiply({
        x: backend.getMemoryOffset(x.dataId),
        values: scales + 4 * Math.ceil(inputs / 32) * outputs,
        scales,
        bias: backend.getMemoryOffset(bias.dataId),
        out: backend.getMemoryOffset(out.dataId),
        panel: backend.getMemoryOffset(panel.dataId),
        pixels: pixels.reduce((product, side) => product * side, 1),
        inputs,
        outputs,
        low: activation === 'relu6' ? 0 : Number.NEGATIVE_INFINITY,
        high: activation === 'relu6' ? 6 : Number.POSITIVE_INFINITY,
      });
      backend.disposeData(panel.dataId);
      return out;
    },
  };
}
