// The engines of the browser by name. A new one gets a row here, and a worker beside the others.

import type { BrowserEngineEntry } from './browser-engine.ts';
import { readWasm } from './wasm/read-wasm.ts';
import { probeWebgl } from './webgl/webgl-context.ts';
import { probeWebgpu } from './webgpu-adapter.ts';

/** Best first. */
export const browserEngines: readonly BrowserEngineEntry[] = [
  {
    name: 'tfjs-webgpu',
    probe: probeWebgpu,
    load: async () => (await import('./tfjs-webgpu.ts')).tfjsWebgpuEngine(),
    // Written out in full for bundlers, which look for exactly this form.
    makeWorker: () => new Worker(new URL('../worker/tfjs-webgpu.js', import.meta.url), { type: 'module' }),
    next: "Serve the page by https, use a browser with WebGPU, or leave the choice to engine: 'auto'.",
  },
  {
    name: 'tfjs-webgl',
    probe: probeWebgl,
    load: async () => (await import('./tfjs-webgl.ts')).tfjsWebglEngine(),
    makeWorker: () => new Worker(new URL('../worker/tfjs-webgl.js', import.meta.url), { type: 'module' }),
    next: "Use a browser with WebGL 2, or leave the choice to engine: 'auto'.",
  },
  {
    name: 'tfjs-wasm',
    probe: () => (typeof WebAssembly === 'object' ? {} : { missing: 'this browser has no WebAssembly' }),
    async load(options) {
      const [{ tfjsWasmEngine }, wasm] = await Promise.all([import('./tfjs-wasm.ts'), readWasm(options)]);
      return tfjsWasmEngine({ ...wasm, threads: options.threads });
    },
    makeWorker: () => new Worker(new URL('../worker/tfjs-wasm.js', import.meta.url), { type: 'module' }),
    async prepareWorker(options) {
      const wasm = await readWasm(options);
      return { options: { ...wasm, threads: options.threads }, transfer: [wasm.binary.buffer] };
    },
    next: 'Use a browser of the last five years.',
  },
];
