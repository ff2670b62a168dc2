// TensorFlow.js' kernels in WebGL 2, in a context of their own: it can be lost, rebuilt and given back without touching any other.

import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import { clearWebGLContext } from '@tensorflow/tfjs-backend-webgl/dist/canvas_util.js';
import { GPGPUContext } from '@tensorflow/tfjs-backend-webgl/dist/gpgpu_context.js';
import { addConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Add.js';
import { concatConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Concat.js';
import { fusedConv2DConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/FusedConv2D.js';
import { fusedDepthwiseConv2DConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/FusedDepthwiseConv2D.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Reshape.js';
import type { BrowserEngine } from './browser-engine.ts';
import { checkTfjsCore } from './check-tfjs-core.ts';
import { tfjsEngine } from './tfjs-engine.ts';
import { makeWebglContext } from './webgl-context.ts';

/** Starts the engine. */
export async function tfjsWebglEngine(): Promise<BrowserEngine> {
  checkTfjsCore();
  const gl = makeWebglContext();
  if (!gl) throw new Error('This browser has no WebGL 2.');
  const backend = new MathBackendWebGL(new GPGPUContext(gl as unknown as WebGLRenderingContext));
  // TensorFlow.js remembers the last context for whoever asks next: that must not be ours.
  clearWebGLContext(2);
  return tfjsEngine({
    name: 'tfjs-webgl',
    backendName: 'webgl',
    backend,
    kernels: [addConfig, concatConfig, fusedConv2DConfig, fusedDepthwiseConv2DConfig, reshapeConfig],
    release() {
      backend.dispose();
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  });
}
