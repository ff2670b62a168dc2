// TensorFlow.js' kernels in WebGL 2, in a context of their own: it can be lost, rebuilt and given back without touching any other.

import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import { clearWebGLContext } from '@tensorflow/tfjs-backend-webgl/dist/canvas_util.js';
import { GPGPUContext } from '@tensorflow/tfjs-backend-webgl/dist/gpgpu_context.js';
import { addConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Add.js';
import { concatConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Concat.js';
import { gatherV2Config } from '@tensorflow/tfjs-backend-webgl/dist/kernels/GatherV2.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Reshape.js';
import { env } from '@tensorflow/tfjs-core';
import type { BrowserEngine } from './browser-engine.ts';
import { checkTfjsCore } from './check-tfjs-core.ts';
import { tfjsEngine } from './tfjs-engine.ts';
import { conv2dKernel, depthwiseConv2dKernel } from './webgl/convolution-kernels.ts';
import { makeWebglContext } from './webgl/webgl-context.ts';
import { placeOnWebgl } from './webgl/webgl-pictures.ts';

const kernels = [addConfig, concatConfig, conv2dKernel, depthwiseConv2dKernel, gatherV2Config, reshapeConfig];

/** Starts the engine. */
export async function tfjsWebglEngine(): Promise<BrowserEngine> {
  checkTfjsCore();
  const gl = makeWebglContext();
  if (!gl) throw new Error('This browser has no WebGL 2.');
  const context = new GPGPUContext(gl as unknown as WebGLRenderingContext);
  const backend = new MathBackendWebGL(context);
  // TensorFlow.js remembers the last context for whoever asks next: that must not be ours.
  clearWebGLContext(2);
  const lost = new AbortController();
  const tellLost = () => {
    stopPolling(context);
    lost.abort('the WebGL context was lost');
  };
  gl.canvas.addEventListener('webglcontextlost', tellLost);
  return tfjsEngine({
    name: 'tfjs-webgl',
    backendName: 'webgl',
    backend,
    kernels,
    device: {
      place: (part, normalization) => placeOnWebgl(backend, part, normalization),
      maxPictureSide: Number(gl.getParameter(gl.MAX_TEXTURE_SIZE)),
      async compileAhead(dispatch) {
        // The flag is global, so it is set for this one call, in which nothing else runs.
        const before = env().getBool('ENGINE_COMPILE_ONLY');
        env().set('ENGINE_COMPILE_ONLY', true);
        try {
          dispatch();
        } finally {
          env().set('ENGINE_COMPILE_ONLY', before);
        }
        await backend.checkCompileCompletionAsync();
        backend.getUniformLocations();
      },
      lost: {
        signal: lost.signal,
        now() {
          // The event comes later.
          if (gl.isContextLost()) tellLost();
          return lost.signal.aborted;
        },
      },
      release() {
        backend.dispose();
        // The backend leaves alone what it was handed, which would complain of what is still bound, and forgets one buffer.
        Object.assign(context, { program: null, outputTexture: null });
        context.dispose();
        gl.deleteBuffer(context.vertexBuffer);
        gl.getExtension('WEBGL_lose_context')?.loseContext();
      },
    },
  });
}

/** Reads under way would ask a lost context forever whether it is done. */
function stopPolling(context: GPGPUContext): void {
  (context as unknown as { itemsToPoll: unknown[] }).itemsToPoll = [];
}
