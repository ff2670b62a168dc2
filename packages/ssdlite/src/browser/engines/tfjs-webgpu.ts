// TensorFlow.js' kernels in WebGPU, on a device of their own.

import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu.js';
import { addConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Add.js';
import { concatConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Concat.js';
import { fusedConv2DConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/FusedConv2D.js';
import { fusedDepthwiseConv2DConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/FusedDepthwiseConv2D.js';
import { gatherV2Config } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/GatherV2.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Reshape.js';
import { env } from '@tensorflow/tfjs-core';
import type { BrowserEngine } from './browser-engine.ts';
import { checkTfjsCore } from './check-tfjs-core.ts';
import { tfjsEngine } from './tfjs-engine.ts';
import { requestAdapter } from './webgpu-adapter.ts';
import { WebgpuPictures } from './webgpu-pictures.ts';

const kernels = [
  addConfig,
  concatConfig,
  fusedConv2DConfig,
  fusedDepthwiseConv2DConfig,
  gatherV2Config,
  reshapeConfig,
];

/** What TensorFlow.js' kernels want of a device, as far as the adapter goes. */
const limits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxTextureDimension2D',
] as const satisfies (keyof GPUSupportedLimits)[];

/** Starts the engine. */
export async function tfjsWebgpuEngine(): Promise<BrowserEngine> {
  checkTfjsCore();
  const adapter = await requestAdapter();
  if (!adapter) throw new Error('This browser has no WebGPU adapter.');
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
  });
  const backend = new WebGPUBackend(device, adapter.info);
  const pictures = new WebgpuPictures(backend);
  const lost = new AbortController();
  device.lost.then(({ message }) => {
    lost.abort(`the WebGPU device was lost${message ? ` (${message})` : ''}`);
  });
  return tfjsEngine({
    name: 'tfjs-webgpu',
    backendName: 'webgpu',
    backend,
    kernels,
    device: {
      place: (part, normalization) => pictures.place(part, normalization),
      maxPictureSide: device.limits.maxTextureDimension2D,
      async compileAhead(dispatch) {
        // The flag is global, so it is set for this one call, in which nothing else runs.
        const before = env().getBool('WEBGPU_ENGINE_COMPILE_ONLY');
        env().set('WEBGPU_ENGINE_COMPILE_ONLY', true);
        try {
          dispatch();
        } finally {
          env().set('WEBGPU_ENGINE_COMPILE_ONLY', before);
        }
        await backend.checkCompileCompletionAsync();
      },
      lost: { signal: lost.signal, now: () => lost.signal.aborted },
      release() {
        backend.dispose();
        device.destroy();
      },
    },
  });
}
