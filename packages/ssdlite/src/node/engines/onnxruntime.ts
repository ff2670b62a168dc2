// ONNX Runtime in Node (npm onnxruntime-node): the fastest engine here, its binary inside the npm package.

import { toOnnx } from '@ssdlite/layers/onnx';
import type { Engine } from '../../engine.ts';
import type { NodeEngineOptions } from './engine-options.ts';

/**
 * By default the threads of a session wait for one another in busy loops. On a machine that does anything else at the same time
 * (decodes the next picture, say) they then wait for a thread that cannot run: two to three times as slow, measured with one busy core of
 * two. Sleeping costs a tenth at most on a quiet machine.
 */
const sleepBetweenLayers = { session: { intra_op: { allow_spinning: '0' } } };

/** Loads onnxruntime-node. */
export async function onnxRuntimeEngine({ threads }: NodeEngineOptions): Promise<Engine> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  return {
    name: 'onnxruntime-node',
    inputLayout: 'nchw',
    async compile(network, weights) {
      const session = await InferenceSession.create(toOnnx({ network, weights }), {
        graphOptimizationLevel: 'all',
        extra: sleepBetweenLayers,
        ...(threads !== undefined && { intraOpNumThreads: threads }),
      });
      const { channels } = network.input;
      return {
        async run(image, { batch, height, width }) {
          const results = await session.run({
            image: new Tensor('float32', image, [batch, channels, height, width]),
          });
          return Object.fromEntries(
            Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]),
          );
        },
        dispose: () => session.release(),
      };
    },
  };
}
