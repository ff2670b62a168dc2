// TensorFlow.js in Node: wasm, which is always there, and tfjs-node, which some users have.

import { type Tfjs, tfjsBackend, tfjsProgram } from '@ssdlite/layers/tfjs';
import type { Engine } from '../../engine.ts';

/** Loads TensorFlow.js' wasm backend (SIMD; one thread in Node). */
export async function tfjsWasmEngine(): Promise<Engine> {
  const [tf] = await Promise.all([import('@tensorflow/tfjs-core'), import('@tensorflow/tfjs-backend-wasm')]);
  return tfjsEngine('tfjs-wasm', tf, 'wasm');
}

/** Loads tfjs-node, if the user has installed it. */
export async function tfjsNodeEngine(): Promise<Engine> {
  await restoreNodeUtil();
  // By a variable, so that nothing resolves the optional package before it is wanted.
  const optionalPackage: string = '@tensorflow/tfjs-node';
  const tf: Tfjs = await import(optionalPackage);
  return tfjsEngine('tfjs-node', tf, 'tensorflow');
}

async function tfjsEngine(name: string, tf: Tfjs, backendName: string): Promise<Engine> {
  const backend = await tfjsBackend(tf, backendName);
  return {
    name,
    inputLayout: 'nhwc',
    async compile(network, weights) {
      const program = tfjsProgram({ backend, network, weights });
      return {
        run: (image, size) => program.run(image, size),
        async dispose() {
          program.dispose();
        },
      };
    },
  };
}

/** tfjs-node 4.22 calls functions of `node:util` that Node 23 took out. */
async function restoreNodeUtil(): Promise<void> {
  const { default: util } = await import('node:util');
  const removed = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, value] of Object.entries(removed)) {
    if (!(name in util)) Object.defineProperty(util, name, { value, configurable: true });
  }
}
