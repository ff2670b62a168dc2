// TensorFlow.js' kernels in WebAssembly: on the processor, with SIMD, and with threads where the page is cross-origin isolated.

import { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { _fusedMatMulConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/_FusedMatMul.js';
import { addConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Add.js';
import { concatConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Concat.js';
import { fusedConv2DConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/FusedConv2D.js';
import { fusedDepthwiseConv2DConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/FusedDepthwiseConv2D.js';
import { gatherV2Config } from '@tensorflow/tfjs-backend-wasm/dist/kernels/GatherV2.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Reshape.js';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { engine } from '@tensorflow/tfjs-core';
import type { BrowserEngine } from './browser-engine.ts';
import { checkTfjsCore } from './check-tfjs-core.ts';
import { type TfjsEngineOptions, tfjsEngine } from './tfjs-engine.ts';
import { instantiateWasm, type WasmStart } from './wasm/instantiate-wasm.ts';
import { pixelProducts } from './wasm/pixel-products.ts';

const kernels: readonly KernelConfig[] = [
  addConfig,
  concatConfig,
  fusedConv2DConfig,
  _fusedMatMulConfig,
  fusedDepthwiseConv2DConfig,
  gatherV2Config,
  reshapeConfig,
];

/**
 * The kernels hold on to one instance of the WebAssembly module for the whole page, so all detectors share it, and it is left where
 * another TensorFlow.js program finds it, and taken from there if it was first.
 */
let starting: Promise<Pick<TfjsEngineOptions, 'backend' | 'pixelProducts'>> | undefined;

/** Starts the engine. */
export async function tfjsWasmEngine(options: WasmStart): Promise<BrowserEngine> {
  checkTfjsCore();
  starting ??= start(options).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return tfjsEngine({ name: 'tfjs-wasm', backendName: 'wasm', kernels, ...(await starting) });
}

async function start(options: WasmStart): NonNullable<typeof starting> {
  const { registry } = engine();
  if (!registry.wasm) {
    const wasm = await instantiateWasm(options);
    // Another program may have started its own meanwhile.
    registry.wasm ??= new BackendWasm(wasm);
  }
  const backend = registry.wasm as BackendWasm;
  for (const kernel of kernels) kernel.setupFunc?.(backend);
  return { backend, pixelProducts: pixelProducts(backend) };
}
