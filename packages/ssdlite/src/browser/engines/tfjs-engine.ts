// An engine from a TensorFlow.js backend and the few kernels that the network needs; nothing is registered globally.

import { kernelBackend, tfjsProgram } from '@ssdlite/layers/tfjs';
import type { KernelBackend, KernelConfig } from '@tensorflow/tfjs-core';
import type { BrowserEngine, BrowserEngineName } from './browser-engine.ts';

/** Makes the engine. */
export function tfjsEngine(options: {
  readonly name: BrowserEngineName;
  /** TensorFlow.js' name of it. */
  readonly backendName: string;
  readonly backend: KernelBackend;
  readonly kernels: readonly KernelConfig[];
  /** Gives the device back, where the engine has one of its own. */
  readonly release?: () => void;
}): BrowserEngine {
  const { name, backendName, backend, kernels, release } = options;
  const byName = new Map(kernels.map((kernel) => [kernel.kernelName, kernel]));
  const calls = kernelBackend({ name: backendName, backend, kernelOf: (kernel) => byName.get(kernel) });
  return {
    name,
    inputLayout: 'nhwc',
    async compile(network, weights) {
      const program = tfjsProgram({ backend: calls, network, weights });
      return {
        run: (image, size) => program.run(image, size),
        async dispose() {
          program.dispose();
          release?.();
        },
      };
    },
  };
}
